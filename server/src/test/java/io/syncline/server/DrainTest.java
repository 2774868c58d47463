package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stop as balancers and devices see it. */
final class DrainTest {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final TestServer server =
            new TestServer(
                    InstantSource.system(),
                    new NodeSettings("a", GRACE, Duration.ofSeconds(1), Optional.empty()));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    @Test
    void balancersAreToldBeforeAnybodyIsTurnedAway() throws Exception {
        server.get("/health/live", "").expect(200);
        server.get("/health/ready", "").expect(200);
        BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
        URI events =
                URI.create(server.server.url().toString().replace("http", "ws") + "/v1/events");
        var _ =
                http.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + server.token)
                        .buildAsync(
                                events,
                                new WebSocket.Listener() {
                                    @Override
                                    public CompletionStage<?> onClose(
                                            WebSocket socket, int status, String reason) {
                                        closes.add(status);
                                        return CompletableFuture.completedStage(null);
                                    }
                                })
                        .join();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server.server::close);
        while (server.get("/health/ready", "").status() != 503) {
            assertThat(stopped).isNotDone();
        }
        server.get("/health/ready", "").expect(ErrorCode.UNAVAILABLE);
        server.get("/health/live", "").expect(200);
        server.get("/v1/projects").expect(200);
        assertThat(closes).isEmpty();
        assertThat(closes.poll(10, TimeUnit.SECONDS)).isEqualTo(1012);
        stopped.get(10, TimeUnit.SECONDS);
    }
}
