package io.syncline.client.daemon;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The daemon's endpoint on loopback. Whoever can read the home's {@code control.json} may use it:
 * requests carry the random token that is in there. So may the device's page in a browser, by a
 * session of its own ({@link PageSessions}).
 *
 * <p>Other pages of the same browser may not: a name that was made to point to this machine isn't
 * one of loopback's ({@code Host}), what another page sends names it ({@code Origin}), and the
 * token is a header, which no browser adds by itself as it does with cookies.
 */
final class ControlServer implements AutoCloseable {
    private static final int CONFLICTS_MAX = 1_000;

    /** The longest body: the largest file with rules. A longer one is TOO_LARGE. */
    private static final int BODY_BYTES_MAX = Ignores.MAX_BYTES;

    private static final String BEARER = "Bearer ";

    /** What loopback is called by people, browsers and {@link ControlClient}. */
    private static final Set<String> HOSTS =
            Set.of("localhost", "127.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]");

    private final Path file;
    private final Daemon daemon;
    private final byte[] token;
    private final DevicePage page;
    private final PageSessions sessions;
    private final HttpServer http;

    /** A preview reads much of a disk: one at a time. */
    private final Semaphore previews = new Semaphore(1);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    ControlServer(Path file, Daemon daemon, PageFiles files) {
        this.file = file;
        this.daemon = daemon;
        SecureRandom random = new SecureRandom();
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.token = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        this.page = new DevicePage(files);
        this.sessions = new PageSessions(InstantSource.system(), random);
        try {
            http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot listen on loopback", e);
        }
        http.setExecutor(executor);
        http.createContext("/", this::handle);
    }

    void start() {
        http.start();
        ControlAddress address =
                new ControlAddress(
                        http.getAddress().getPort(), new String(token, StandardCharsets.US_ASCII));
        PrivateFile.write(file, ControlAddress.CODEC.toBytes(address));
    }

    @Override
    public void close() {
        PrivateFile.delete(file);
        http.stop(0);
        executor.shutdown();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                checkCaller(exchange.getRequestHeaders());
                String path = exchange.getRequestURI().getPath();
                if (exchange.getRequestMethod().equals("GET") && DevicePage.holds(path)) {
                    show(exchange, path);
                } else {
                    answer(exchange, 200, respond(exchange));
                }
            } catch (SynclineException e) {
                JsonWriter problem =
                        new JsonWriter()
                                .beginObject()
                                .member("error", e.code().name())
                                .member("detail", String.valueOf(e.getMessage()))
                                .endObject();
                answer(exchange, e.code().httpStatus(), problem.toBytes());
            }
        }
    }

    private void checkCaller(Headers headers) {
        String host = Optional.ofNullable(headers.getFirst("Host")).orElse("");
        String port = ":" + http.getAddress().getPort();
        String name = host.endsWith(port) ? host.substring(0, host.length() - port.length()) : host;
        String origin = headers.getFirst("Origin");
        if (!HOSTS.contains(name) || (origin != null && !origin.equals("http://" + host))) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "not from a page of this daemon");
        }
    }

    private void show(HttpExchange exchange, String path) throws IOException {
        DevicePage.File file = page.at(path).orElseThrow(ControlServer::nothing);
        byte[] bytes = page.bytes(file).orElseThrow(ControlServer::nothing);
        send(exchange, 200, file.type(), file.caching(), bytes);
    }

    private static SynclineException nothing() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is nothing at this address");
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        send(exchange, status, "application/json", "no-store", body);
    }

    private static void send(
            HttpExchange exchange, int status, String type, String caching, byte[] body)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        DevicePage.HEADERS.forEach(headers::set);
        headers.set("Content-Type", type);
        headers.set("Cache-Control", caching);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private byte[] respond(HttpExchange exchange) throws IOException {
        String given =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                        .filter(value -> value.startsWith(BEARER))
                        .map(value -> value.substring(BEARER.length()))
                        .orElse("");
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        if (request.equals("POST /session")) {
            return new JsonWriter()
                    .beginObject()
                    .member("token", sessions.redeem(given))
                    .endObject()
                    .toBytes();
        }
        if (MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8))) {
            return switch (request) {
                case "POST /ticket" -> ticket();
                case "POST /reload" -> done(daemon::reload);
                case "POST /stop" -> done(daemon::stop);
                default -> steer(request, exchange);
            };
        }
        if (!sessions.admits(given)) {
            throw new SynclineException(ErrorCode.UNAUTHENTICATED, "wrong control token");
        }
        return steer(request, exchange);
    }

    /** What the command line and the page may ask alike. */
    private byte[] steer(String request, HttpExchange exchange) throws IOException {
        Optional<Path> folder = folder(exchange);
        return switch (request) {
            case "GET /status" -> StatusJson.CODEC.toBytes(daemon.status());
            case "GET /conflicts" -> conflicts(folder);
            case "POST /pause" -> each(folder, SyncedFolder::pause);
            case "POST /resume" -> each(folder, SyncedFolder::resume);
            case "POST /confirm" -> each(folder, SyncedFolder::confirm);
            case "POST /reject" -> each(folder, SyncedFolder::reject);
            case "POST /sync" -> each(folder, SyncedFolder::syncNow);
            case "PUT /limits" -> limit(body(exchange));
            case "GET /ignore" -> IgnoreJson.rules(one(folder).ignoreFile().rules());
            case "POST /ignore/preview" -> preview(one(folder), body(exchange));
            case "PUT /ignore" -> save(one(folder), exchange);
            default -> throw new SynclineException(ErrorCode.NOT_FOUND, "no such control request");
        };
    }

    private byte[] ticket() {
        if (!page.isThere()) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND, "this build of syncline has no page to show");
        }
        return new JsonWriter()
                .beginObject()
                .member("ticket", sessions.ticket())
                .endObject()
                .toBytes();
    }

    private byte[] limit(String document) {
        BandwidthLimits limits =
                BandwidthLimitsJson.CODEC.fromBytes(document.getBytes(StandardCharsets.UTF_8));
        daemon.limit(limits);
        return BandwidthLimitsJson.CODEC.toBytes(limits);
    }

    private SyncedFolder one(Optional<Path> folder) {
        List<SyncedFolder> folders = daemon.folders(folder);
        if (folder.isEmpty() || folders.size() != 1) {
            throw SynclineException.invalid("which folder? name one");
        }
        return folders.getFirst();
    }

    private byte[] preview(SyncedFolder folder, String rules) {
        if (!previews.tryAcquire()) {
            throw new SynclineException(ErrorCode.LIMITED, "another preview is under way");
        }
        try {
            return IgnoreJson.preview(folder.ignoreFile().preview(rules));
        } finally {
            previews.release();
        }
    }

    private static byte[] save(SyncedFolder folder, HttpExchange exchange) throws IOException {
        String version =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Syncline-Version"))
                        .orElseThrow(
                                () -> SynclineException.invalid("Syncline-Version is missing"));
        String rules = body(exchange);
        folder.ignoreFile().save(rules, version);
        return IgnoreJson.rules(folder.ignoreFile().rules());
    }

    private static String body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (bytes.length > BODY_BYTES_MAX) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE, "a body has at most " + BODY_BYTES_MAX + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new SynclineException(ErrorCode.INVALID, "the body is no text in UTF-8", e);
        }
    }

    private static Optional<Path> folder(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null || !query.startsWith("folder=")
                ? Optional.empty()
                : Optional.of(Spelling.path(Spelling.decoded(query.substring(7))));
    }

    private byte[] each(Optional<Path> folder, Consumer<SyncedFolder> wish) {
        List<SyncedFolder> folders = daemon.folders(folder);
        return done(() -> folders.forEach(wish));
    }

    private static byte[] done(Runnable action) {
        action.run();
        return new JsonWriter().beginObject().endObject().toBytes();
    }

    private byte[] conflicts(Optional<Path> folder) {
        List<String> paths =
                daemon.folders(folder).stream()
                        .flatMap(one -> one.conflicts(CONFLICTS_MAX).stream())
                        .limit(CONFLICTS_MAX)
                        .map(LocalPath::toString)
                        .toList();
        return new JsonWriter()
                .beginObject()
                .array("conflicts", paths, JsonWriter::text)
                .endObject()
                .toBytes();
    }
}
