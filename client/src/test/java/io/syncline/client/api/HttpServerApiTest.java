package io.syncline.client.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.client.bandwidth.Pace;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ZstandardCoding;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerApiTest {
    private static final ProjectId PROJECT = new ProjectId("0123456789abcdef0123456789abcdef");
    private static final Epoch EPOCH = new Epoch("00000000000000000000000000000001");
    private static final Proof PROOF =
            new Proof(new Cursor(EPOCH, 9), TreeDigest.EMPTY, "0".repeat(32));
    private static final Hash SOME = Hash.sha256(new byte[] {1});
    private static final Hash OTHER = Hash.sha256(new byte[] {2});

    private record Seen(String line, String token, String protocol, ByteBuffer body, int port) {}

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final AtomicReference<Handler> handler = new AtomicReference<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private ExecutorService executor;
    private HttpServer server;
    private HttpServerApi api;

    @BeforeEach
    void start() throws IOException {
        executor = Executors.newVirtualThreadPerTaskExecutor();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    seen.add(
                            new Seen(
                                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                                    "" + exchange.getRequestHeaders().getFirst("Authorization"),
                                    "" + exchange.getRequestHeaders().getFirst("Syncline-Protocol"),
                                    ByteBuffer.wrap(body),
                                    exchange.getRemoteAddress().getPort()));
                    try (exchange) {
                        handler.get().handle(exchange);
                    }
                });
        server.start();
        api = new HttpServerApi(address(), Optional.of(new Secret("sld_token")));
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        executor.close();
    }

    private ServerAddress address() {
        return ServerAddress.parse("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(int status, byte[] body) {
        handler.set(exchange -> answer(exchange, status, body));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] problem(ErrorCode code, Optional<Resync> resync, List<Hash> missing) {
        return WireJson.PROBLEM.toBytes(new Problem(code, "because", "r1", resync, 3, missing));
    }

    private static byte[] problem(ErrorCode code) {
        return problem(code, Optional.empty(), List.of());
    }

    private static byte[] page(long from) {
        return WireJson.CHANGES_PAGE.toBytes(
                new ChangesPage(PROOF, from, 9, false, 0, Optional.empty(), List.of()));
    }

    private static ChangesRequest since(long sequence) {
        return new ChangesRequest(
                Optional.of(PROOF), sequence, Optional.empty(), 500, Optional.empty());
    }

    @Test
    void everyRequestShowsTokenAndProtocol() {
        answer(200, page(7));

        var outcome = api.changes(PROJECT, since(7));

        assertThat(outcome).isInstanceOf(TreeApi.ChangesOutcome.Page.class);
        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().line())
                .isEqualTo(
                        "GET /v1/projects/%s/changes?since=7&limit=500&proof=%s"
                                .formatted(PROJECT, PROOF));
        assertThat(seen.getFirst().token()).isEqualTo("Bearer sld_token");
        assertThat(seen.getFirst().protocol()).isEqualTo("1");
    }

    @Test
    void listingsAndSearchesAreAskedForByTheirOrderAndText() {
        answer(
                200,
                WireJson.CHILDREN_PAGE.toBytes(
                        new ChildrenPage(
                                List.of(), 9, 3, Optional.empty(), Optional.of("bmV4dA"))));
        ChildrenPage page =
                api.children(
                        PROJECT,
                        NodeId.ROOT,
                        new ListingOrder(ListingOrder.Sort.SIZE, true),
                        Optional.of("Y3Vyc29y"),
                        7);
        assertThat(page.after()).contains("bmV4dA");
        ListingOrder byName = ListingOrder.BY_NAME;
        assertThat(api.childrenFrom(PROJECT, NodeId.ROOT, byName, "Y3Vy", 8).total()).isEqualTo(3);
        PageMap map = new PageMap(9, 600, 2, 500, List.of("YQ", "Yg"));
        answer(200, WireJson.PAGE_MAP.toBytes(map));
        assertThat(api.pageMap(PROJECT, NodeId.ROOT, byName, 500)).isEqualTo(map);
        answer(
                200,
                WireJson.SEARCH_PAGE.toBytes(
                        new SearchPage(List.of(), List.of(), 9, 9, Optional.empty())));
        assertThat(api.search(PROJECT, "ü&b c", Optional.empty(), 5).after()).isEmpty();

        assertThat(seen.stream().map(request -> request.line()))
                .containsExactly(
                        "GET /v1/projects/%s/nodes/0/children?limit=7&sort=size&order=desc&after=Y3Vyc29y"
                                .formatted(PROJECT),
                        "GET /v1/projects/%s/nodes/0/children?limit=8&sort=name&order=asc&from=Y3Vy"
                                .formatted(PROJECT),
                        "GET /v1/projects/%s/nodes/0/pages?size=500&sort=name&order=asc"
                                .formatted(PROJECT),
                        "GET /v1/projects/%s/search?q=%%C3%%BC%%26b%%20c&limit=5"
                                .formatted(PROJECT));
    }

    @Test
    @DisplayName("R14 a page that doesn't begin at the reader's cursor is refused")
    void pageFromElsewhereIsRefused() {
        answer(200, page(6));
        assertThatThrownBy(() -> api.changes(PROJECT, since(7)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    @DisplayName("R35 RESYNC is a value with its mode")
    void expiredIsAValue() {
        answer(410, problem(ErrorCode.EXPIRED, Optional.of(Resync.UNION), List.of()));

        assertThat(api.changes(PROJECT, since(7)))
                .isEqualTo(new TreeApi.ChangesOutcome.Expired(Resync.UNION, 3));
        assertThat(api.commit(PROJECT, "{}".getBytes(UTF_8)))
                .isEqualTo(new TreeApi.CommitOutcome.Expired(Resync.UNION, 3));
    }

    @Test
    @DisplayName("R8 a commit's bytes are sent as they are")
    void commitBodyIsSentAsItIs() {
        answer(410, problem(ErrorCode.EXPIRED, Optional.of(Resync.UNION), List.of()));
        byte[] body = "{ \"any\" : \"bytes\" }".getBytes(UTF_8);

        api.commit(PROJECT, body);

        assertThat(seen.getFirst().body()).isEqualTo(ByteBuffer.wrap(body));
    }

    @Test
    @DisplayName("R10 a chunk refused for missing children is a value that names them")
    void refusedChunkNamesTheChildren() {
        answer(409, problem(ErrorCode.STALE, Optional.empty(), List.of(SOME, OTHER)));
        ByteBuffer chunk = ByteBuffer.wrap(new byte[] {1, 2, 3});

        assertThat(api.putChunk(PROJECT, SOME, chunk))
                .isEqualTo(new BlockApi.ChunkOutcome.MissingChildren(List.of(SOME, OTHER)));
        assertThat(chunk.position()).isZero();
    }

    @Test
    void chunkOfAnyBufferArrivesWhole() {
        answer(200, WireJson.CHUNK_ANSWER.toBytes(new ChunkAnswer(2, 1)));
        byte[] bytes = new byte[1_000_000];
        new java.util.Random(3).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();

        assertThat(api.putChunk(PROJECT, SOME, ByteBuffer.wrap(bytes).asReadOnlyBuffer()))
                .isEqualTo(new BlockApi.ChunkOutcome.Stored(2, 1));
        api.putChunk(PROJECT, SOME, direct);
        api.putChunk(PROJECT, SOME, ByteBuffer.wrap(bytes, 10, 100));

        assertThat(seen.get(0).body()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(seen.get(1).body()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(seen.get(2).body()).isEqualTo(ByteBuffer.wrap(bytes, 10, 100));
    }

    @Test
    void missingIsABitmapOfTheRightLength() {
        answer(200, new byte[] {0b10});
        assertThat(api.missing(PROJECT, List.of(SOME, OTHER)).stream().boxed()).containsExactly(1);
        assertThat(seen.getFirst().body().remaining()).isEqualTo(64);
        assertThat(Hash.read(seen.getFirst().body())).isEqualTo(SOME);

        answer(200, new byte[] {0, 0});
        assertThatThrownBy(() -> api.missing(PROJECT, List.of(SOME)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    void blocksThatAreNotStoredAreAValue() {
        answer(404, problem(ErrorCode.NOT_FOUND, Optional.empty(), List.of(OTHER)));
        assertThat(api.readBlocks(PROJECT, List.of(SOME, OTHER)))
                .isEqualTo(new BlockApi.BlocksOutcome.NotStored(List.of(OTHER)));

        answer(404, problem(ErrorCode.NOT_FOUND));
        assertThatThrownBy(() -> api.readBlocks(PROJECT, List.of(SOME)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    @DisplayName("L7 R29 a node that never was is absent, a lost membership is a failure")
    void absentNodeIsToldFromALostMembership() {
        var project = new ProjectView(PROJECT, "p", Role.VIEWER, 1, PROOF, 0, Instant.EPOCH);
        handler.set(exchange -> {
            boolean node = exchange.getRequestURI().getPath().contains("/nodes/");
            answer(
                    exchange,
                    node ? 404 : 200,
                    node ? problem(ErrorCode.NOT_FOUND) : WireJson.PROJECT.toBytes(project));
        });
        assertThat(api.node(PROJECT, new NodeId(5))).isEmpty();

        answer(404, problem(ErrorCode.NOT_FOUND));
        assertThatThrownBy(() -> api.node(PROJECT, new NodeId(5)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyProblemBecomesAFailureWithItsCode(ErrorCode code) {
        answer(code.httpStatus(), problem(code));
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(code))
                .hasMessageContaining("because")
                .hasMessageContaining("r1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusedTokenIsUnauthenticatedWithAndWithoutABody(boolean challenge) {
        handler.set(exchange -> {
            if (challenge) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            }
            answer(exchange, 401, problem(ErrorCode.UNAUTHENTICATED));
        });
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAUTHENTICATED));
        assertThatThrownBy(() -> api.commit(PROJECT, new byte[] {1}))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void waitingTimeAskedForIsHandedOn() {
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            answer(exchange, 429, problem(ErrorCode.LIMITED));
        });
        assertThatThrownBy(() -> api.projects())
                .isInstanceOfSatisfying(
                        ServerFailure.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 401, 403, 404, 410, 502})
    @DisplayName(
            "scenario 85, R29 an answer of something in between is never a statement of the server")
    void answerOfSomethingElseIsUnavailable(int status) {
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, 2);
            exchange.getResponseBody().write("{}".getBytes(UTF_8));
        });
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(seen).as("no redirect is followed with our token").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2-3", "2-9"})
    @DisplayName("R43 without a protocol version in common the client says so")
    void otherProtocolIsUpgradeRequired(String range) {
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Syncline-Protocol", range);
            exchange.sendResponseHeaders(200, -1);
        });
        assertThatThrownBy(() -> api.hello())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UPGRADE_REQUIRED));
    }

    @Test
    void answerBeyondItsBoundIsCorrupt() {
        for (boolean chunked : List.of(true, false)) {
            handler.set(exchange -> {
                exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
                exchange.sendResponseHeaders(200, chunked ? 0 : 64 << 20);
                try (var out = exchange.getResponseBody()) {
                    for (int i = 0; i < 64; i++) {
                        out.write(new byte[1 << 20]);
                    }
                } catch (IOException _) {
                    // The client hung up, as it should.
                }
            });
            assertThatThrownBy(() -> api.projects())
                    .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
        }
    }

    private static void answer(HttpExchange exchange, String coding, ByteBuffer body)
            throws IOException {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        exchange.getResponseHeaders().set("Content-Encoding", coding);
        answer(exchange, 200, bytes);
    }

    @Test
    void listingsAreAskedForInColumnsAndReadInAnyForm() {
        ChildrenPage.Head head =
                new ChildrenPage.Head(9, 3, Optional.empty(), Optional.of("bmV4dA"));
        AtomicReference<String> asked = new AtomicReference<>();
        for (ListingForm form : ListingForm.values()) {
            byte[] page = form.page(head, ByteBuffer.wrap(form.rows(List.of())));
            handler.set(exchange -> {
                asked.set("" + exchange.getRequestHeaders().get("Accept"));
                exchange.getResponseHeaders().set("Content-Type", form.mediaType());
                answer(exchange, 200, page);
            });
            assertThat(children()).isEqualTo(new ChildrenPage(head, List.of()));
            assertThat(asked)
                    .hasValue("[application/vnd.syncline.listing, application/json;q=0.5]");
        }
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", ListingForm.COLUMNS.mediaType());
            answer(exchange, 200, "SLC".getBytes(UTF_8));
        });
        assertThatThrownBy(this::children)
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    private ChildrenPage children() {
        return api.children(PROJECT, NodeId.ROOT, ListingOrder.BY_NAME, Optional.empty(), 7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "ZSTD"})
    void compressedAnswerIsRead(String coding) {
        AtomicReference<String> asked = new AtomicReference<>();
        ByteBuffer padded =
                ByteBuffer.wrap((new String(page(7), UTF_8) + " ".repeat(9_000)).getBytes(UTF_8));
        handler.set(exchange -> {
            asked.set("" + exchange.getRequestHeaders().get("Accept-Encoding"));
            answer(exchange, coding, ZstandardCoding.encode(padded));
        });
        assertThat(api.changes(PROJECT, since(7)))
                .isEqualTo(
                        new TreeApi.ChangesOutcome.Page(WireJson.CHANGES_PAGE.fromBytes(page(7))));
        assertThat(asked).hasValue("[zstd]");
        assertThat(api.traffic().of(Traffic.Category.CHANGES).receivedBytes())
                .as("what was sent is counted, not what it stands for")
                .isLessThan(1_000);
    }

    @Test
    void compressedProblemIsRead() {
        handler.set(exchange -> {
            ByteBuffer coded = ZstandardCoding.encode(ByteBuffer.wrap(problem(ErrorCode.LIMITED)));
            exchange.getResponseHeaders().set("Content-Encoding", "zstd");
            byte[] bytes = new byte[coded.remaining()];
            coded.get(bytes);
            answer(exchange, 429, bytes);
        });
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.LIMITED))
                .hasMessageContaining("because");
    }

    @Test
    @DisplayName("L9 a compressed answer is no longer than a plain one may be")
    void bombIsCorrupt() {
        ByteBuffer bomb =
                ZstandardCoding.encode(ByteBuffer.allocate(HttpServerApi.JSON_BYTES_MAX + 1));
        assertThat(bomb.remaining()).isLessThan(4_000);
        handler.set(exchange -> answer(exchange, "zstd", bomb));
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT))
                .hasMessageContaining("GET /v1/projects")
                .hasMessageContaining("more than " + HttpServerApi.JSON_BYTES_MAX);
    }

    @Test
    void brokenFrameIsCorrupt() {
        ByteBuffer coded = ZstandardCoding.encode(ByteBuffer.wrap(page(7)));
        ByteBuffer truncated = coded.slice(0, coded.remaining() - 1);
        for (ByteBuffer body : List.of(truncated, ByteBuffer.wrap(page(7)))) {
            handler.set(exchange -> answer(exchange, "zstd", body));
            assertThatThrownBy(() -> api.changes(PROJECT, since(7)))
                    .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
        }
    }

    @Test
    void compressedAnswerCutShortIsUnavailable() {
        ByteBuffer coded = ZstandardCoding.encode(ByteBuffer.wrap(page(7)));
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
            exchange.getResponseHeaders().set("Content-Encoding", "zstd");
            exchange.sendResponseHeaders(200, coded.remaining());
            byte[] bytes = new byte[coded.remaining() - 1];
            coded.duplicate().get(bytes);
            exchange.getResponseBody().write(bytes);
        });
        assertThatThrownBy(() -> api.changes(PROJECT, since(7)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd, zstd", "identity"})
    void codingThatWasNotAskedForIsCorrupt(String coding) {
        handler.set(exchange -> answer(exchange, coding, ByteBuffer.wrap(page(7))));
        assertThatThrownBy(() -> api.changes(PROJECT, since(7)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    void blocksAreNeitherAskedForCompressedNorTakenSo() {
        AtomicReference<String> asked = new AtomicReference<>();
        handler.set(exchange -> {
            asked.set("" + exchange.getRequestHeaders().get("Accept-Encoding"));
            answer(exchange, "zstd", ZstandardCoding.encode(ByteBuffer.wrap(new byte[] {0})));
        });
        assertThatThrownBy(() -> api.missing(PROJECT, List.of(SOME)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
        assertThat(asked).hasValue("null");
    }

    @Test
    void malformedAnswerIsCorrupt() {
        answer(200, "<html>".getBytes(UTF_8));
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    @DisplayName("scenario 51: an answer that is cut short is a failure, never a shorter answer")
    void answerCutShortIsUnavailable() {
        handler.set(exchange -> {
            exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("{\"pro".getBytes(UTF_8));
        });
        assertThatThrownBy(() -> api.projects())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void unreachableServerIsUnavailable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var nobody =
                new HttpServerApi(
                        ServerAddress.parse("http://127.0.0.1:" + port), Optional.empty());
        assertThatThrownBy(nobody::hello)
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    @DisplayName("L9 a server that neither reads nor answers is given up in time")
    void stalledServerIsGivenUp() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var http =
                    new Http(
                            ServerAddress.parse("http://127.0.0.1:" + deaf.getLocalPort()),
                            Optional.empty(),
                            new TrafficMeter());
            // Larger than what the system buffers, so that the time limit hits the writing.
            var body =
                    new Transport.Body("application/octet-stream", ByteBuffer.allocate(32 << 20));
            for (Optional<Transport.Body> some :
                    List.of(Optional.of(body), Optional.<Transport.Body>empty())) {
                var request =
                        new Transport.Request(
                                Traffic.Category.OTHER,
                                "PUT",
                                "/",
                                some,
                                Duration.ofMillis(300),
                                100);
                long begun = System.nanoTime();
                assertThatThrownBy(() -> http.exchange(request))
                        .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isLessThan(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void interruptedCallEndsWithTheFlagSet() throws Exception {
        var arrived = new CountDownLatch(1);
        handler.set(exchange -> {
            arrived.countDown();
            try {
                assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        var outcome = new AtomicReference<ErrorCode>();
        var flag = new AtomicReference<Boolean>();
        Thread caller =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                api.projects();
                            } catch (SynclineException e) {
                                outcome.set(e.code());
                                flag.set(Thread.currentThread().isInterrupted());
                            }
                        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join(10_000);

        assertThat(outcome).hasValue(ErrorCode.UNAVAILABLE);
        assertThat(flag).hasValue(true);
    }

    /** Time that passes only where somebody waits; remembers the longest wait. */
    private static class Waits implements Pace.Time {
        private final AtomicLong nanos = new AtomicLong();
        private final AtomicLong longestNanos = new AtomicLong();

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public void pause(long wait) throws InterruptedException {
            nanos.addAndGet(wait);
            longestNanos.accumulateAndGet(wait, Math::max);
        }
    }

    @Test
    @DisplayName("a chunk of 4 MiB at 100 kB/s takes 42 s, in small steps, each way")
    void contentsKeepToTheBandwidth() {
        ByteBuffer chunk = ByteBuffer.allocate(Limits.CHUNK_BYTES_MAX);
        long rate = 100_000;
        Duration whole = Duration.ofMillis(chunk.capacity() * 1000L / rate);
        for (boolean chunked : List.of(false, true)) {
            Waits time = new Waits();
            Bandwidth bandwidth = new Bandwidth(time);
            var paced = new HttpServerApi(address(), Optional.empty(), bandwidth);
            bandwidth.limit(BandwidthLimits.NONE.withUpload(OptionalLong.of(rate)));
            answer(200, "{\"stored\":1,\"known\":0}".getBytes(UTF_8));
            paced.putChunk(PROJECT, SOME, chunk.duplicate());
            paced.putChunk(PROJECT, SOME, chunk.asReadOnlyBuffer());
            assertThat(Duration.ofNanos(time.nanos()))
                    .isBetween(whole.multipliedBy(2).minusSeconds(1), whole.multipliedBy(2));
            assertThat(Duration.ofNanos(time.longestNanos.get()))
                    .isLessThan(Duration.ofMillis(200));

            bandwidth.limit(BandwidthLimits.NONE.withDownload(OptionalLong.of(rate)));
            long before = time.nanos();
            handler.set(exchange -> {
                exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
                exchange.sendResponseHeaders(200, chunked ? 0 : chunk.capacity());
                exchange.getResponseBody().write(chunk.array());
            });
            paced.readBlocks(PROJECT, List.of(SOME));
            assertThat(Duration.ofNanos(time.nanos() - before))
                    .isBetween(whole.minusSeconds(1), whole);
            assertThat(Duration.ofNanos(time.longestNanos.get()))
                    .isLessThan(Duration.ofMillis(200));
        }
    }

    @Test
    void questionsDontWaitForTheBandwidth() {
        Waits time = new Waits();
        Bandwidth bandwidth = new Bandwidth(time);
        bandwidth.limit(
                new BandwidthLimits(
                        OptionalLong.of(BandwidthLimits.MIN),
                        OptionalLong.of(BandwidthLimits.MIN)));
        var paced = new HttpServerApi(address(), Optional.empty(), bandwidth);
        List<Hash> many = Collections.nCopies(1_024, SOME);
        answer(200, new byte[many.size() / 8]);
        paced.missing(PROJECT, many);
        answer(200, page(0));
        assertThat(time.nanos()).isZero();
    }

    @Test
    @DisplayName("names, commits and headers count: all that is on the wire keeps to the limit")
    void allThatIsOnTheWireKeepsToTheBandwidth() {
        long rate = 50_000;
        for (long seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            Waits time = new Waits();
            Bandwidth bandwidth = new Bandwidth(time);
            boolean up = random.nextBoolean();
            OptionalLong limit = OptionalLong.of(rate);
            bandwidth.limit(
                    up
                            ? BandwidthLimits.NONE.withUpload(limit)
                            : BandwidthLimits.NONE.withDownload(limit));
            TrafficMeter meter = new TrafficMeter();
            Http http = new Http(address(), Optional.empty(), meter, bandwidth);
            for (int i = 0; i < 60; i++) {
                int bytes =
                        random.nextInt(4) == 0 ? random.nextInt(600_000) : random.nextInt(5_000);
                answer(200, new byte[up ? 1 : bytes]);
                var body =
                        new Transport.Body("application/json", ByteBuffer.allocate(up ? bytes : 1));
                http.exchange(
                        new Transport.Request(
                                Traffic.Category.COMMITS,
                                "POST",
                                "/",
                                Optional.of(body),
                                Duration.ofMinutes(1),
                                1 << 20));
            }
            Traffic.Count sum = meter.read().total();
            double seconds = time.nanos() / 1e9;
            // At once go a burst's and a debt's worth, and what of one small exchange doesn't wait.
            long atOnce = rate / 4 + 2 * rate + Http.AT_ONCE_BYTES + 1_000;
            assertThat((up ? sum.sentBytes() : sum.receivedBytes()) - atOnce)
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo((long) (seconds * rate));
            // And it isn't held back for longer than that.
            assertThat((long) (seconds * rate))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(up ? sum.sentBytes() : sum.receivedBytes());
        }
    }

    @Test
    @DisplayName("what a limit of the bandwidth holds back doesn't time out")
    void theTimeLimitLeavesOutWhatTheBandwidthTook() throws Exception {
        // What is held back for an hour takes a little longer than a whole exchange may.
        Duration limit = Duration.ofSeconds(1);
        Waits hours =
                new Waits() {
                    @Override
                    public void pause(long wait) throws InterruptedException {
                        super.pause(Duration.ofHours(1).toNanos());
                        end.await(limit.toMillis() + 200, TimeUnit.MILLISECONDS);
                    }
                };
        Bandwidth slow = new Bandwidth(hours);
        slow.limit(BandwidthLimits.NONE.withUpload(OptionalLong.of(BandwidthLimits.MIN)));
        answer(200, new byte[0]);
        new Http(address(), Optional.empty(), new TrafficMeter(), slow)
                .exchange(upload(limit, 3_000));
        assertThat(seen).hasSize(1);
        assertThat(hours.nanos()).isPositive();
    }

    @Test
    void aStopDoesntWaitForTheBandwidth() throws Exception {
        Bandwidth bandwidth = new Bandwidth();
        bandwidth.limit(BandwidthLimits.NONE.withUpload(OptionalLong.of(BandwidthLimits.MIN)));
        var http = new Http(address(), Optional.empty(), new TrafficMeter(), bandwidth);
        answer(200, new byte[0]);
        var outcome = new AtomicReference<ErrorCode>();
        var flag = new AtomicReference<Boolean>();
        Thread caller =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                http.exchange(upload(Duration.ofMinutes(1), 4 << 20));
                            } catch (SynclineException e) {
                                outcome.set(e.code());
                                flag.set(Thread.currentThread().isInterrupted());
                            }
                        });
        caller.interrupt();
        caller.join(30_000);
        assertThat(outcome).hasValue(ErrorCode.UNAVAILABLE);
        assertThat(flag).hasValue(true);
        // Its turn is over.
        http.exchange(upload(Duration.ofMinutes(1), 100));
        assertThat(seen.getLast().body().remaining()).isEqualTo(100);
    }

    private static Transport.Request upload(Duration limit, int bytes) {
        return new Transport.Request(
                Traffic.Category.BLOCKS,
                "PUT",
                "/",
                Optional.of(
                        new Transport.Body("application/octet-stream", ByteBuffer.allocate(bytes))),
                limit,
                100,
                Optional.empty(),
                Transport.Load.BODY,
                Transport.Request.ANYTHING);
    }

    @Test
    void connectionsAreKept() {
        answer(200, new byte[] {0});
        for (int i = 0; i < 20; i++) {
            api.missing(PROJECT, List.of(SOME));
        }
        assertThat(seen.stream().map(Seen::port).distinct()).hasSize(1);
    }

    @Test
    void connectionIsKeptAfterARefusal() {
        answer(404, problem(ErrorCode.NOT_FOUND, Optional.empty(), List.of(OTHER)));
        for (int i = 0; i < 5; i++) {
            api.readBlocks(PROJECT, List.of(OTHER));
        }
        assertThat(seen.stream().map(Seen::port).distinct()).hasSize(1);
    }

    @Test
    void trafficIsCountedByCategory() {
        answer(200, new byte[] {0});
        api.missing(PROJECT, List.of(SOME));
        answer(200, page(0));
        api.changes(PROJECT, ChangesRequest.first(500));

        Traffic traffic = api.traffic();
        Traffic.Count blocks = traffic.of(Traffic.Category.BLOCKS);
        assertThat(blocks.requests()).isEqualTo(1);
        assertThat(blocks.sentBytes()).isBetween(32L + 200, 32L + 500);
        assertThat(blocks.receivedBytes()).isBetween(1L + 50, 1L + 250);
        assertThat(traffic.of(Traffic.Category.CHANGES).receivedBytes())
                .isBetween((long) page(0).length + 50, (long) page(0).length + 250);
        assertThat(traffic.of(Traffic.Category.COMMITS)).isEqualTo(Traffic.Count.ZERO);
        assertThat(traffic.total().requests()).isEqualTo(2);
    }

    @Test
    void pathsAndQueriesAreEncoded() {
        handler.set(exchange -> {
            boolean resolve = exchange.getRequestURI().getPath().endsWith("/resolve");
            answer(exchange, resolve ? 404 : 403, problem(ErrorCode.FORBIDDEN));
        });
        assertThatThrownBy(() -> api.resolve(PROJECT, "a b/ü+&?.txt"))
                .isInstanceOf(SynclineException.class);
        assertThat(seen.getFirst().line()).endsWith("/resolve?path=a%20b%2F%C3%BC%2B%26%3F.txt");
    }

    @Test
    void limitsOfTheProtocolFitTheAnswers() {
        answer(200, new byte[Limits.READ_BYTES_MAX + 100_000]);
        assertThat(api.readBlocks(PROJECT, List.of(SOME)))
                .isInstanceOfSatisfying(
                        BlockApi.BlocksOutcome.Frames.class,
                        frames ->
                                assertThat(frames.chunk().remaining())
                                        .isEqualTo(Limits.READ_BYTES_MAX + 100_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a:1",
                "https://",
                "https://a/path",
                "https://u@a:1",
                "https://a?b",
                "x"
            })
    void addressIsSchemeHostAndPort(String origin) {
        assertThatThrownBy(() -> ServerAddress.parse(origin))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.INVALID));
    }

    private static ErrorCode code(Throwable e) {
        assertThat(e).isInstanceOf(SynclineException.class);
        return ((SynclineException) e).code();
    }
}
