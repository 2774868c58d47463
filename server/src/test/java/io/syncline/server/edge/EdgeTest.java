package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.WireJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge with handlers of its own, and callers who mean harm. */
class EdgeTest {
    private static final EdgeSettings.Bounds BOUNDS =
            new EdgeSettings.Bounds(
                    100,
                    2,
                    8 << 10,
                    Duration.ofSeconds(2),
                    32 << 20,
                    Duration.ofMillis(100),
                    Duration.ofMillis(300),
                    1_000,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(50));

    private final CountDownLatch entered = new CountDownLatch(2);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Edge edge = start("127.0.0.1", false);

    @AfterEach
    void stop() {
        release.countDown();
        http.shutdownNow();
        edge.close();
    }

    private Edge start(String host, boolean allowPlainHttp) {
        Router router =
                new Router()
                        .add("POST", "/v1/echo", call -> echo(call.body(100_000)))
                        .add("GET", "/v1/things/{a}/x/{b}", this::variables)
                        .add("GET", "/v1/defect", _ -> defect())
                        .add("GET", "/v1/corrupt", _ -> corrupt())
                        .add("GET", "/v1/wait", _ -> await())
                        .add(
                                "GET",
                                "/v1/long",
                                _ ->
                                        Answer.json(
                                                "{}"
                                                        .repeat(5_000)
                                                        .getBytes(StandardCharsets.UTF_8)));
        return Edge.start(
                new EdgeSettings(host, 0, allowPlainHttp, Optional.empty(), BOUNDS),
                router,
                "/v1/events",
                _ -> {
                    throw SynclineException.invalid("no sockets here");
                });
    }

    private static Answer echo(byte[] body) {
        return Answer.binary(ByteBuffer.wrap(body));
    }

    private Answer variables(Call call) {
        return echo((call.variable("a") + call.number("b")).getBytes(StandardCharsets.UTF_8));
    }

    private static Answer defect() {
        throw new IllegalStateException("the secret invariant of class Foo");
    }

    private static Answer corrupt() {
        throw SynclineException.corrupt("block 123 of somebody else");
    }

    private Answer await() {
        entered.countDown();
        try {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return Answer.noContent();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(edge.url() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static ErrorCode code(HttpResponse<byte[]> response) {
        var problem = WireJson.PROBLEM.fromBytes(response.body());
        assertThat(response.statusCode()).isEqualTo(problem.code().httpStatus());
        assertThat(response.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        return problem.code();
    }

    @Test
    void addressesHaveVariables() throws Exception {
        assertThat(get("/v1/things/q/x/5").body()).asString(StandardCharsets.UTF_8).isEqualTo("q5");
        assertThat(code(get("/v1/things/q/x/five"))).isEqualTo(ErrorCode.INVALID);
        assertThat(code(get("/v1/things/q/x/-1"))).isEqualTo(ErrorCode.INVALID);
        assertThat(code(get("/v1/things/q/x/"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(get("/v1/nothing"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(get("/v1/echo"))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void defectsAndDamageTellNothing() throws Exception {
        for (String path : new String[] {"/v1/defect", "/v1/corrupt"}) {
            HttpResponse<byte[]> response = get(path);
            assertThat(response.statusCode()).isEqualTo(500);
            String text = new String(response.body(), StandardCharsets.UTF_8);
            assertThat(text).doesNotContain("Foo", "somebody", "Exception", "io.syncline");
            assertThat(WireJson.PROBLEM.fromBytes(response.body()).instance())
                    .isEqualTo(response.headers().firstValue("Syncline-Request").orElseThrow());
        }
    }

    @Test
    void bodiesAreBoundedBeforeAndWhileTheyAreRead() throws Exception {
        var announced =
                http.send(
                        request("/v1/echo")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_001]))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(code(announced)).isEqualTo(ErrorCode.TOO_LARGE);
        var chunked =
                http.send(
                        request("/v1/echo")
                                .POST(
                                        HttpRequest.BodyPublishers.ofInputStream(() ->
                                                new java.io.ByteArrayInputStream(
                                                        new byte[100_001])))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(code(chunked)).isEqualTo(ErrorCode.TOO_LARGE);
        for (int size : new int[] {0, 1, 65_536, 65_537, 99_999, 100_000}) {
            var fits =
                    http.send(
                            request("/v1/echo")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofInputStream(() ->
                                                    new java.io.ByteArrayInputStream(
                                                            new byte[size])))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(fits.body()).hasSize(size);
        }
    }

    @Test
    @DisplayName("L9 a body that drips or stops is given up")
    void slowBodiesTimeOut() throws Exception {
        String head = "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n";
        try (RawHttp stopped = new RawHttp(edge.port())) {
            assertThat(stopped.send(head + "abc").readAll()).startsWith("HTTP/1.1 503");
        }
        try (RawHttp dripping = new RawHttp(edge.port())) {
            dripping.send(head);
            long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            String answer = "";
            try {
                while (System.nanoTime() < deadline) {
                    dripping.send("x");
                    // A pace, not a wait for something.
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (java.io.IOException e) {
                // Cut off: the server answered and closed.
                answer = "closed";
            }
            assertThat(answer).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("L9 too many or too long headers are refused in our words")
    void headerFloods() throws Exception {
        try (RawHttp raw = new RawHttp(edge.port())) {
            String flood = "X-Flood: %s\r\n".formatted("a".repeat(100)).repeat(200);
            String answer =
                    raw.send("GET /v1/long HTTP/1.1\r\nHost: x\r\n" + flood + "\r\n").readAll();
            assertThat(answer).contains("application/problem+json", "TOO_LARGE");
        }
        try (RawHttp raw = new RawHttp(edge.port())) {
            String answer =
                    raw.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readAll();
            assertThat(answer).contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/../v1/long HTTP/1.1",
                "GET /v1/%2e%2e/long HTTP/1.1",
                "GET /..%2f..%2fetc/passwd HTTP/1.1",
                "GET /assets/../../../../Server.class HTTP/1.1",
                "GET //etc/passwd.txt HTTP/1.1",
                "GET /.%00.txt HTTP/1.1",
                "GET /io/syncline/server/Server.class HTTP/1.1",
                "GET /../edge/Edge.class HTTP/1.1"
            })
    void nothingOutsideTheApplicationIsServed(String line) throws Exception {
        try (RawHttp raw = new RawHttp(edge.port())) {
            String answer = raw.send(line + "\r\nHost: x\r\nConnection: close\r\n\r\n").readAll();
            assertThat(answer).containsPattern("HTTP/1.1 (400|404) ");
            assertThat(answer).doesNotContain("root:", "\u00CA\u00FE\u00BA\u00BE");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE~~",
                "GET / HTTP/1.1~~",
                "GET / HTTP/9.9~Host: x~~",
                "POST /v1/echo HTTP/1.1~Host: x~Content-Length: 5~Transfer-Encoding:"
                        + " chunked~~",
                "POST /v1/echo HTTP/1.1~"
                        + "Host: x~"
                        + "Content-Length: 1~"
                        + "Content-Length: 2~~"
            })
    void malformedRequestsEndTheConnection(String text) throws Exception {
        try (RawHttp raw = new RawHttp(edge.port())) {
            assertThat(raw.send(text.replace("~", "\r\n")).readAll())
                    .containsPattern("^HTTP/1.1 (400|505|501)? ?");
        }
        assertThat(get("/v1/long").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("who is cut off is told so, and doesn't send the next request into it")
    void theEndOfAConnectionIsAnnounced() throws Exception {
        try (RawHttp raw = new RawHttp(edge.port())) {
            String answer = raw.send("GET /v1/%00 HTTP/1.1\r\nHost: x\r\n\r\n").readAll();
            assertThat(answer).contains("HTTP/1.1 400 ").containsIgnoringCase("Connection: close");
        }
    }

    @Test
    @DisplayName("L9 beyond the bound on requests: 503 with Retry-After")
    void requestsAreBounded() throws Exception {
        var first =
                http.sendAsync(request("/v1/wait").build(), HttpResponse.BodyHandlers.discarding());
        var second =
                http.sendAsync(request("/v1/wait").build(), HttpResponse.BodyHandlers.discarding());
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        HttpResponse<byte[]> third = get("/v1/long");
        assertThat(code(third)).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(third.headers().firstValue("Retry-After")).contains("1");
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
        assertThat(second.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    }

    @Test
    void stopWaitsForRequestsInFlight() throws Exception {
        var waiting =
                http.sendAsync(request("/v1/wait").build(), HttpResponse.BodyHandlers.discarding());
        var second =
                http.sendAsync(request("/v1/wait").build(), HttpResponse.BodyHandlers.discarding());
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        Thread closing = Thread.ofVirtual().start(edge::close);
        while (get("/v1/long").statusCode() != 503) {
            Thread.onSpinWait();
        }
        assertThat(closing.isAlive()).isTrue();
        release.countDown();
        assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
        assertThat(second.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
        assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void applicationIsServedUnderAStrictPolicy() throws Exception {
        HttpResponse<byte[]> index = get("/");
        assertThat(index.statusCode()).isEqualTo(200);
        Map<String, String> expected =
                Map.of(
                        "Content-Type", "text/html; charset=utf-8",
                        "X-Content-Type-Options", "nosniff",
                        "Referrer-Policy", "no-referrer",
                        "Cross-Origin-Opener-Policy", "same-origin",
                        "Cache-Control", "no-cache");
        expected.forEach(
                (name, value) -> assertThat(index.headers().firstValue(name)).contains(value));
        assertThat(index.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        String etag = index.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> same = get("/", "If-None-Match", "\"x\", W/" + etag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.headers().firstValue("Vary")).contains("Accept-Encoding");
        // Whatever a browser accepts it gets the same page; the build's own coding only if it asks.
        HttpResponse<byte[]> coded = get("/", "Accept-Encoding", "gzip, deflate, br, zstd");
        assertThat(coded.statusCode()).isEqualTo(200);
        assertThat(coded.headers().firstValue("ETag").orElseThrow().replace("W/", ""))
                .isEqualTo(etag);
        assertThat(get("/", "Accept-Encoding", "br;q=0").body()).isEqualTo(index.body());
        // An address inside the application.
        assertThat(get("/projects/1/files").body()).isEqualTo(index.body());
        assertThat(code(get("/assets/missing.js"))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void plainHttpIsRefusedBeyondLoopback() {
        assertThatThrownBy(() -> start("0.0.0.0", false))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
        try (Edge allowed = start("0.0.0.0", true)) {
            assertThat(allowed.port()).isPositive();
        }
    }

    @Test
    void takenPortIsReported() {
        EdgeSettings same =
                new EdgeSettings("127.0.0.1", edge.port(), false, Optional.empty(), BOUNDS);
        assertThatThrownBy(() ->
                        Edge.start(
                                same,
                                new Router(),
                                "/x",
                                _ -> {
                                    throw new IllegalStateException();
                                }))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
}
