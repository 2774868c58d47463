package io.syncline.client.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The daemon's endpoint on loopback. Whoever can read the home's {@code control.json} may use it:
 * requests carry the random token that is in there. No request has a body that is read.
 */
final class ControlServer implements AutoCloseable {
    private static final int CONFLICTS_MAX = 1_000;

    private final Path file;
    private final Daemon daemon;
    private final byte[] token;
    private final HttpServer http;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    ControlServer(Path file, Daemon daemon) {
        this.file = file;
        this.daemon = daemon;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.token = Base64.getUrlEncoder().withoutPadding().encode(random);
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
                answer(exchange, 200, respond(exchange));
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

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private byte[] respond(HttpExchange exchange) {
        String given =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                        .orElse("");
        byte[] expected =
                ("Bearer " + new String(token, StandardCharsets.US_ASCII))
                        .getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
            throw new SynclineException(ErrorCode.UNAUTHENTICATED, "wrong control token");
        }
        Optional<Path> folder = folder(exchange);
        return switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()) {
            case "GET /status" -> StatusJson.CODEC.toBytes(daemon.status());
            case "GET /conflicts" -> conflicts(folder);
            case "POST /pause" -> each(folder, SyncedFolder::pause);
            case "POST /resume" -> each(folder, SyncedFolder::resume);
            case "POST /confirm" -> each(folder, SyncedFolder::confirm);
            case "POST /reject" -> each(folder, SyncedFolder::reject);
            case "POST /sync" -> each(folder, SyncedFolder::syncNow);
            case "POST /reload" -> done(daemon::reload);
            case "POST /stop" -> done(daemon::stop);
            default -> throw new SynclineException(ErrorCode.NOT_FOUND, "no such control request");
        };
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
