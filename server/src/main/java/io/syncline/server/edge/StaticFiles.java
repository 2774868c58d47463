package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The browser application, from the class path. A path without a dot in its last segment is an
 * address inside the application and gets {@code index.html}.
 *
 * <p>The build puts texts beside themselves in Brotli (RFC 7932), with {@value #BROTLI_ENDING}
 * behind the name: that takes seconds, and a sixth less than what the edge can do at once.
 */
final class StaticFiles {
    private static final String ROOT = "/io/syncline/web/static/";

    /** The document of the page that a device's daemon serves: of no use here. */
    private static final String DEVICE = "device.html";

    /** Words of safe characters between slashes: nothing that could leave the folder. */
    private static final Pattern PATH =
            Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*");

    /** Largest file that is served, and so the size of one entry of the cache. */
    private static final int FILE_BYTES_MAX = 8 << 20;

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
                    + " media-src 'self'; frame-src 'self'; worker-src 'self'; font-src 'self';"
                    + " connect-src 'self'; manifest-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";

    /** What neither the page nor a file that it shows has any use for. */
    private static final String PERMISSIONS =
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(),"
                    + " midi=(), display-capture=()";

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    /** Files that exist, so at most as many as the jar holds. */
    private final Map<String, File> cache = new ConcurrentHashMap<>();

    private static final String BROTLI = "br";

    private static final String BROTLI_ENDING = ".br";

    /** A file, and the same in Brotli where the build made that. */
    private record File(
            SharedBytes bytes, Optional<SharedBytes> brotli, String type, String etag) {}

    Answer answer(Call call, String path) throws IOException {
        String asked = path.substring(1);
        String last = asked.substring(asked.lastIndexOf('/') + 1);
        String name = last.contains(".") ? asked : "index.html";
        File file = find(name).orElseThrow(StaticFiles::notFound);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", file.etag());
        // The build puts a hash into the names below assets/.
        headers.put(
                "Cache-Control",
                name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Permissions-Policy", PERMISSIONS);
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Vary", "Accept-Encoding");
        if (call.header("If-None-Match")
                .filter(tags -> EntityTags.match(tags, file.etag()))
                .isPresent()) {
            return new Answer(304, headers, new Answer.None());
        }
        headers.put("Content-Type", file.type());
        Optional<SharedBytes> brotli =
                file.brotli()
                        .filter(_ ->
                                AcceptHeader.names(
                                        BROTLI, call.header("Accept-Encoding").orElse("")));
        if (brotli.isPresent()) {
            headers.put("Content-Encoding", BROTLI);
            headers.put("ETag", EntityTags.weak(file.etag()));
        }
        return new Answer(200, headers, new Answer.Bytes(brotli.orElse(file.bytes())));
    }

    private Optional<File> find(String name) throws IOException {
        File cached = cache.get(name);
        if (cached != null) {
            return Optional.of(cached);
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || name.equals(DEVICE) || !PATH.matcher(name).matches()) {
            return Optional.empty();
        }
        Optional<byte[]> bytes = read(name);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        String etag = "\"" + Hash.sha256(bytes.get()).toHex().substring(0, 32) + "\"";
        Optional<SharedBytes> brotli = read(name + BROTLI_ENDING).map(SharedBytes::new);
        File file = new File(new SharedBytes(bytes.get()), brotli, type, etag);
        cache.put(name, file);
        return Optional.of(file);
    }

    private static Optional<byte[]> read(String name) throws IOException {
        try (InputStream in = StaticFiles.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new IllegalStateException(name + " is larger than " + FILE_BYTES_MAX);
            }
            return Optional.of(bytes);
        }
    }

    private static SynclineException notFound() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is nothing at this address");
    }
}
