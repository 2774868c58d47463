package io.syncline.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.admin.AdminMessage.Kind;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes admin requests on loopback: {@code POST /TASK?OPTION=VALUE}, answered by {@link
 * AdminMessage}s. Requests carry the random token of the data folder's {@code admin.json}, and have
 * no body. A client that goes away stops its task.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

    private static final int TOKEN_BYTES = 32;

    /** Requests at once; further ones are refused. */
    private static final int REQUESTS_MAX = 16;

    private final Path data;
    private final AdminTasks tasks;
    private final byte[] token;
    private final HttpServer http;
    private final Semaphore permits = new Semaphore(REQUESTS_MAX);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closing;

    private AdminServer(Path data, AdminTasks tasks, byte[] token, HttpServer http) {
        this.data = data;
        this.tasks = tasks;
        this.token = token;
        this.http = http;
    }

    /** Begins to take requests, and says in the data folder where. */
    public static AdminServer start(Path data, AdminTasks tasks, SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        byte[] token = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        HttpServer http;
        try {
            http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot listen on loopback", e);
        }
        AdminServer server = new AdminServer(data, tasks, token, http);
        http.setExecutor(server.executor);
        http.createContext("/", server::handle);
        http.start();
        new AdminAddress(http.getAddress().getPort(), new String(token, StandardCharsets.US_ASCII))
                .store(data);
        return server;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            byte[] expected =
                    ("Bearer " + new String(token, StandardCharsets.US_ASCII))
                            .getBytes(StandardCharsets.UTF_8);
            boolean allowed =
                    given != null
                            && MessageDigest.isEqual(
                                    expected, given.getBytes(StandardCharsets.UTF_8));
            if (!allowed || !exchange.getRequestMethod().equals("POST")) {
                exchange.sendResponseHeaders(allowed ? 404 : 401, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.sendResponseHeaders(200, 0);
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(exchange.getResponseBody()))) {
                answer(exchange, out);
            }
        }
    }

    private static AdminRequest request(HttpExchange exchange) {
        Map<String, String> options = new HashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        if (query != null) {
            for (String option : query.split("&", -1)) {
                int sign = option.indexOf('=');
                if (sign > 0) {
                    options.put(option.substring(0, sign), decoded(option.substring(sign + 1)));
                }
            }
        }
        return new AdminRequest(exchange.getRequestURI().getPath().substring(1), options);
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "a malformed option", e);
        }
    }

    private void answer(HttpExchange exchange, DataOutputStream out) throws IOException {
        boolean permitted = permits.tryAcquire();
        try {
            AdminRequest request = request(exchange);
            if (!permitted) {
                throw new SynclineException(
                        ErrorCode.LIMITED, "more than " + REQUESTS_MAX + " admin requests at once");
            }
            AdminAnswer answer;
            try (ProgressSender progress = new ProgressSender(out, () -> closing)) {
                answer = tasks.run(request, progress);
            }
            for (String line : answer.lines()) {
                new AdminMessage(Kind.LINE, line).write(out);
            }
            new AdminMessage(Kind.DOCUMENT, answer.document()).write(out);
            new AdminMessage(Kind.END, answer.failure().map(ErrorCode::name).orElse("")).write(out);
        } catch (SynclineException e) {
            fail(e.code(), String.valueOf(e.getMessage()), out);
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("task", exchange.getRequestURI().getPath())
                    .log("a task failed");
            fail(ErrorCode.INTERNAL, String.valueOf(e), out);
        } finally {
            if (permitted) {
                permits.release();
            }
        }
    }

    private static void fail(ErrorCode code, String detail, DataOutputStream out)
            throws IOException {
        new AdminMessage(Kind.FAILURE, code.name() + " " + detail).write(out);
        new AdminMessage(Kind.END, code.name()).write(out);
    }

    /** Stops the tasks that run, at their next report, and takes no more. */
    @Override
    public void close() {
        closing = true;
        AdminAddress.remove(data);
        http.stop(0);
        executor.shutdownNow();
        executor.close();
    }
}
