package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.deadline.Deadline;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each request has an end, and what lives isn't cut. */
class RequestDeadlineTest {
    private static final Duration TIME = Duration.ofMillis(500);
    private static final int STREAM_BYTES = 64 << 20;

    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Refusal> refused = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Edge edge = start(Duration.ofSeconds(10), 1_000);

    @AfterEach
    void stop() {
        release.countDown();
        http.shutdownNow();
        edge.close();
    }

    private Edge start(Duration grace, int bytesPerSecond) {
        EdgeSettings.Bounds bounds =
                new EdgeSettings.Bounds(
                        100,
                        4,
                        8 << 10,
                        Duration.ofSeconds(30),
                        32 << 20,
                        Duration.ofMillis(100),
                        grace,
                        bytesPerSecond,
                        TIME,
                        Duration.ofSeconds(5),
                        Duration.ofMillis(50));
        Router router =
                new Router()
                        .add("GET", "/v1/hangs", _ -> hang())
                        .add("GET", "/v1/asks", _ -> waitAndAsk())
                        .add(
                                "GET",
                                "/v1/refuses",
                                _ -> {
                                    throw SynclineException.invalid("at once");
                                })
                        .add("POST", "/v1/late", call -> late(call.body(1 << 20)))
                        .add("GET", "/v1/drips", RequestKind.DOWNLOAD, _ -> drips())
                        .add("GET", "/v1/much", RequestKind.DOWNLOAD, _ -> much());
        RequestObserver observer =
                new RequestObserver() {
                    @Override
                    public void answered(Seen request) {}

                    @Override
                    public void refused(Refusal reason) {
                        refused.add(reason);
                    }
                };
        return Edge.start(
                new EdgeSettings("127.0.0.1", 0, false, Optional.empty(), bounds),
                router,
                "/v1/events",
                _ -> {
                    throw SynclineException.invalid("no sockets here");
                },
                observer);
    }

    /** Ends when the test does, whatever its deadline. */
    private Answer hang() {
        try {
            assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ended.countDown();
        return Answer.noContent();
    }

    /** Works until its deadline is over, as a store would. */
    private static Answer waitAndAsk() {
        while (!Deadline.current().orElseThrow().isOver()) {
            Thread.onSpinWait();
        }
        Deadline.check();
        return Answer.noContent();
    }

    private static Answer late(byte[] body) {
        Deadline.check();
        return Answer.binary(ByteBuffer.wrap(body));
    }

    /** Sends for longer than a request may take, and never nothing for so long. */
    private static Answer drips() {
        return new Answer(
                200,
                java.util.Map.of(),
                new Answer.Stream(
                        30,
                        out -> {
                            for (int i = 0; i < 30; i++) {
                                pace();
                                Deadline.check();
                                out.write('x');
                            }
                        }));
    }

    private static Answer much() {
        return new Answer(
                200,
                java.util.Map.of(),
                new Answer.Stream(
                        STREAM_BYTES,
                        out -> {
                            byte[] piece = new byte[1 << 20];
                            for (int i = 0; i < STREAM_BYTES / piece.length; i++) {
                                out.write(piece);
                            }
                        }));
    }

    /** A pace, not a wait for something: twenty of them are more than a request's time. */
    private static void pace() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(edge.url() + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void assertComeBack(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(WireJson.PROBLEM.fromBytes(answer.body()).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    @DisplayName("L9 what is over its deadline is told to come back, and counted")
    void whatIsLateIsToldToComeBack() throws Exception {
        assertComeBack(get("/v1/asks"));
        assertThat(refused).containsExactly(Refusal.DEADLINE);
        assertThat(get("/v1/refuses").statusCode()).isEqualTo(400);
        assertThat(refused).containsExactly(Refusal.DEADLINE);
    }

    @Test
    @DisplayName("L9 a handler that hangs is answered for, once, and keeps its place until it ends")
    void whatHangsIsAnsweredFor() throws Exception {
        assertComeBack(get("/v1/hangs"));
        assertThat(refused).containsExactly(Refusal.DEADLINE);
        assertThat(edge.requests()).isEqualTo(1);
        release.countDown();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        while (edge.requests() > 0) {
            Thread.onSpinWait();
        }
        assertThat(get("/v1/refuses").statusCode()).isEqualTo(400);
        assertThat(refused).hasSize(1);
    }

    @Test
    @DisplayName(
            "a body that comes slowly but steadily is taken, and its handler then has its time")
    void slowBodiesLive() throws Exception {
        try (RawHttp raw = new RawHttp(edge.port())) {
            raw.send("POST /v1/late HTTP/1.1\r\nHost: x\r\n");
            raw.send("Connection: close\r\nContent-Length: 20\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                pace();
                raw.send("y");
            }
            assertThat(raw.readAll()).startsWith("HTTP/1.1 200").endsWith("y".repeat(20));
        }
        assertThat(refused).isEmpty();
    }

    @Test
    @DisplayName("an answer that takes longer than a request may, but goes on, arrives whole")
    void slowAnswersLive() throws Exception {
        assertThat(get("/v1/drips").body()).hasSize(30);
        assertThat(refused).isEmpty();
    }

    @Test
    @DisplayName("L9 who doesn't read is cut off, and the place is free again")
    void slowReadersAreCutOff() throws Exception {
        try (Edge strict = start(Duration.ofMillis(300), 200 << 20);
                RawHttp raw = new RawHttp(strict.port())) {
            raw.send("GET /v1/much HTTP/1.1\r\nHost: x\r\n\r\n");
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (refused.isEmpty() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(refused).containsExactly(Refusal.SLOW_READER);
            while (strict.requests() > 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(strict.requests()).isZero();
            // What had left before is all that comes.
            assertThat(raw.readAll().length()).isLessThan(STREAM_BYTES);
        }
    }
}
