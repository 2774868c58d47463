package io.syncline.server.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Shows metrics at {@code GET /metrics} to whoever can reach its address, over plain HTTP: they
 * tell how much happens, of nobody and nothing by name. Thread-safe.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Scrapes at once; further ones are told to come again. */
    private static final int SCRAPES_MAX = 4;

    private final HttpServer http;
    private final Supplier<String> scrape;
    private final Semaphore permits = new Semaphore(SCRAPES_MAX);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private MetricsServer(HttpServer http, Supplier<String> scrape) {
        this.http = http;
        this.scrape = scrape;
    }

    /**
     * Begins to listen.
     *
     * @param port 0: any free one
     * @throws SynclineException UNAVAILABLE where the address is taken or not of this machine
     */
    public static MetricsServer start(String host, int port, Supplier<String> scrape) {
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(host, port), 16);
        } catch (IOException | RuntimeException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot show metrics on " + host + ":" + port, e);
        }
        MetricsServer server = new MetricsServer(http, scrape);
        http.setExecutor(server.executor);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** The port that is listened on. */
    public int port() {
        return http.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")
                    || !exchange.getRequestURI().getPath().equals("/metrics")) {
                exchange.sendResponseHeaders(404, -1);
            } else if (permits.tryAcquire()) {
                try {
                    byte[] text = scrape.get().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", TYPE);
                    exchange.sendResponseHeaders(200, text.length);
                    exchange.getResponseBody().write(text);
                } finally {
                    permits.release();
                }
            } else {
                exchange.getResponseHeaders().set("Retry-After", "1");
                exchange.sendResponseHeaders(503, -1);
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
        executor.shutdownNow();
    }
}
