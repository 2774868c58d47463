package io.syncline.client.daemon;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the daemon's port shows to a browser: the page itself, which holds no secret, and so needs
 * no token.
 */
final class DevicePage {
    /** The page's document, in the build's output. */
    static final String DOCUMENT = "device.html";

    /** Sent with every answer: nothing but the page's own files may run, show or be asked. */
    static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                            + " font-src 'self'; connect-src 'self'; base-uri 'none';"
                            + " form-action 'none'; frame-ancestors 'none'",
                    "X-Content-Type-Options",
                    "nosniff",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Opener-Policy",
                    "same-origin",
                    "Cross-Origin-Resource-Policy",
                    "same-origin");

    /** The build puts a hash into each of these names. */
    private static final Pattern ASSET = Pattern.compile("assets/[A-Za-z0-9_-][A-Za-z0-9_.-]*");

    private static final String MARK = "mark.svg";

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "svg", "image/svg+xml",
                    "woff2", "font/woff2");

    /** A file's name in the build's output, and the headers that it is sent with. */
    record File(String name, String type, String caching) {}

    private final PageFiles files;

    DevicePage(PageFiles files) {
        this.files = files;
    }

    boolean isThere() {
        return files.file(DOCUMENT).isPresent();
    }

    /** Whether that is an address of the page, and not a request to the daemon. */
    static boolean holds(String path) {
        return path.equals("/") || path.equals("/" + MARK) || path.startsWith("/assets/");
    }

    /** The bytes of a file; empty where the build has none of that name. */
    Optional<byte[]> bytes(File file) {
        return files.file(file.name());
    }

    /** Which file that address names; empty where it names none. */
    Optional<File> at(String path) {
        String name = path.equals("/") ? DOCUMENT : path.substring(1);
        boolean asset = ASSET.matcher(name).matches();
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || !(asset || name.equals(DOCUMENT) || name.equals(MARK))) {
            return Optional.empty();
        }
        String caching = asset ? "private, max-age=31536000, immutable" : "no-cache";
        return Optional.of(new File(name, type, caching));
    }
}
