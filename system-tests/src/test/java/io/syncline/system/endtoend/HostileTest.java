package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.BadChunks.DATA;
import static io.syncline.system.endtoend.BadChunks.DATA_NAME;
import static io.syncline.system.endtoend.BadChunks.LEFT;
import static io.syncline.system.endtoend.BadChunks.RIGHT;
import static io.syncline.system.endtoend.BadChunks.TREE;
import static io.syncline.system.endtoend.BadChunks.UNKNOWN;
import static io.syncline.system.endtoend.BadChunks.UNKNOWN_TREE;
import static io.syncline.system.endtoend.BadChunks.single;
import static io.syncline.system.endtoend.Forgery.DELTA;
import static io.syncline.system.endtoend.Forgery.PLAIN;
import static io.syncline.system.endtoend.Forgery.ZSTD;
import static io.syncline.system.endtoend.Forgery.chunk;
import static io.syncline.system.endtoend.Forgery.chunkName;
import static io.syncline.system.endtoend.Forgery.ints;
import static io.syncline.system.endtoend.Forgery.join;
import static io.syncline.system.endtoend.Forgery.together;
import static io.syncline.system.endtoend.Forgery.treeBlock;
import static io.syncline.system.endtoend.Forgery.zstdBomb;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.tree.Hash;
import io.syncline.system.endtoend.Caller.Reply;
import io.syncline.system.endtoend.Forgery.Frame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests from people and programs that mean harm, over real sockets to a real server: each gets
 * the right error, and after each the project is exactly what it was and the server goes on.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileTest {
    private static final byte[] SECRET = "what the project holds".getBytes(UTF_8);

    /** Ids of the nodes that there are. */
    private static final long DOCS = 1;

    private static final long FILE = 2;
    private static final long SUB = 3;
    private static final long BIG = 4;
    private static final long GONE = 5;
    private static final long HEAD = 6;

    private final Random random = new Random(20);
    private Deployment deployment;
    private Path serverLog;
    private Caller nobody;
    private Caller session;
    private Caller owner;
    private Caller editor;
    private Caller viewer;
    private Caller stranger;
    private String project;
    private String epoch;
    private String foreignProject;
    private String before;
    private int logged;

    @BeforeAll
    void start(@TempDir Path directory) {
        serverLog = directory.resolve("server.log");
        // Little memory, and its end is the server's: who gets it to allocate too much is seen.
        deployment = new Deployment(directory, List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"));
        nobody = new Caller(deployment.url(), "");
        project = deployment.ready().at("project").text();
        session = nobody.with(logIn());
        owner =
                session.with(
                        session.send("POST", "/v1/devices", "{\"name\":\"owner\"}")
                                .json()
                                .at("token")
                                .text());
        editor = enrol(link(session, project, "editor"), "editor");
        viewer = enrol(link(session, project, "viewer"), "viewer");
        foreignProject =
                session.send("POST", "/v1/projects", "{\"name\":\"theirs\"}")
                        .json()
                        .at("id")
                        .text();
        stranger = enrol(link(session, foreignProject, "owner"), "stranger");
        epoch = owner.get(at("")).json().at("epoch").text();
        put(editor, chunk(Frame.of(SECRET), Frame.of(LEFT), Frame.of(RIGHT), Frame.tree(1, TREE)))
                .json();
        assertThat(
                        commit(
                                editor,
                                """
                                {"create":-1,"parent":0,"name":"docs","kind":"directory"},
                                %s,
                                {"create":-3,"parent":-1,"name":"sub","kind":"directory"},
                                %s,
                                {"create":-5,"parent":0,"name":"gone","kind":"directory"}\
                                """
                                        .formatted(
                                                file(-2, "-1", "a.txt", 0, SECRET.length, SECRET),
                                                file(-4, "0", "big.bin", 1, 200, TREE))))
                .containsOnly("applied");
        assertThat(commit(editor, "{\"delete\":5,\"expected\":5}")).containsOnly("applied");
    }

    private String logIn() {
        String password = deployment.ready().at("password").text();
        return nobody.send(
                        "POST",
                        "/v1/sessions",
                        "{\"account\":\"admin\",\"password\":\"" + password + "\"}")
                .json()
                .at("token")
                .text();
    }

    private static String link(Caller by, String project, String role) {
        return by.send(
                        "POST",
                        "/v1/projects/" + project + "/links",
                        "{\"role\":\"%s\",\"uses\":1,\"expiresSeconds\":600}".formatted(role))
                .json()
                .at("secret")
                .text();
    }

    private Caller enrol(String secret, String name) {
        return nobody.with(
                nobody.send("POST", "/v1/join", joinBody(secret, name)).json().at("token").text());
    }

    private static String joinBody(String secret, String name) {
        return "{\"secret\":\"%s\",\"deviceName\":\"%s\"}".formatted(secret, name);
    }

    @AfterAll
    void stop() {
        try {
            // After all that, an honest commit is taken.
            String end = "{\"create\":-1,\"parent\":0,\"name\":\"end\",\"kind\":\"directory\"}";
            assertThat(commit(editor, end)).containsOnly("applied");
        } finally {
            deployment.close();
        }
    }

    @BeforeEach
    void remember() throws IOException {
        before = fingerprint();
        logged = Files.readString(serverLog).length();
    }

    @AfterEach
    void nothingHasChanged() throws IOException {
        assertThat(deployment.server().isAlive()).isTrue();
        assertThat(fingerprint()).isEqualTo(before);
        assertThat(viewer.get(at("/nodes/" + FILE + "/content")).body()).isEqualTo(SECRET);
        assertThat(viewer.get(at("/nodes/" + BIG + "/content")).body())
                .isEqualTo(join(LEFT, RIGHT));
        // What others do wrong is no error of ours: an operator isn't woken up for it.
        assertThat(Files.readString(serverLog).substring(logged)).doesNotContain("ERROR");
    }

    /** Head, digest, number of nodes and the whole tree. */
    private String fingerprint() {
        return owner.get(at("")).text() + owner.get(at("/changes?limit=1000")).text();
    }

    private String at(String path) {
        return "/v1/projects/" + project + path;
    }

    private String randomId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String commitBody(boolean atomic, String changes) {
        return commitBody(owner.get(at("")), atomic, changes);
    }

    /** Based on what that project said of itself. */
    private String commitBody(Reply project, boolean atomic, String changes) {
        return commitBody(project.json().at("proof").text(), atomic, changes);
    }

    private String commitBody(String proof, boolean atomic, String changes) {
        return """
        {"id":"%s","replica":"%s","base":"%s","atomic":%s,"changes":[%s]}\
        """
                .formatted(randomId(), randomId(), proof, atomic, changes);
    }

    private Reply send(Caller caller, String commit) {
        return caller.send("POST", at("/commits"), commit);
    }

    /** What became of each change: {@code applied}, or the reason of its refusal. */
    private List<String> commit(Caller caller, String changes) {
        return results(send(caller, commitBody(false, changes)));
    }

    private static List<String> results(Reply reply) {
        return reply.json().at("results").elements().stream()
                .map(result -> result.find("refused").map(Json::text).orElse("applied"))
                .toList();
    }

    private static String file(
            long id, String parent, String name, int level, long size, byte[] block) {
        return file(id, parent, name, level, size, Forgery.nameOf(level, block));
    }

    private static String file(
            long id, String parent, String name, int level, long size, Hash hash) {
        return """
        {"create":%d,"parent":%s,"name":"%s","kind":"file","size":%d,"level":%d,"hash":"%s"}\
        """
                .formatted(id, parent, name, size, level, hash);
    }

    private Reply put(Caller caller, byte[] chunk) {
        return caller.send("PUT", at("/chunks/" + chunkName(chunk)), chunk);
    }

    private boolean isMissing(Caller caller, String inProject, Hash hash) {
        byte[] bitmap =
                caller.send("POST", "/v1/projects/" + inProject + "/blocks/missing", hash.toBytes())
                        .body();
        assertThat(bitmap).hasSize(1);
        return bitmap[0] == 1;
    }

    // ---- Chunks and frames.

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.syncline.system.endtoend.BadChunks#all")
    @DisplayName("L3 L9 a bad chunk is INVALID, and nothing of it is stored")
    void badChunksAreRefused(String what, byte[] chunk) {
        put(editor, chunk).expect(400, "INVALID");
        assertThat(isMissing(editor, project, DATA_NAME)).as(what).isTrue();
        assertThat(isMissing(editor, project, UNKNOWN_TREE)).as(what).isTrue();
    }

    @Test
    @DisplayName("R43 a delta, which is reserved, needs a newer version and isn't stored")
    void deltasAreReserved() {
        Frame delta = new Frame(DELTA, 300, DATA, DATA_NAME);
        put(editor, chunk(delta)).expect(426, "UPGRADE_REQUIRED");
        put(editor, chunk(Frame.of(DATA), delta)).expect(426, "UPGRADE_REQUIRED");
        assertThat(isMissing(editor, project, DATA_NAME)).isTrue();
    }

    @Test
    void forgeriesAreGoodWhereTheyDontLie() {
        // So that the refusals above are for the lie, and for nothing else.
        byte[] block = "honest".repeat(40).getBytes(UTF_8);
        byte[] word = ints(block.length);
        Hash name = Forgery.nameOf(0, block);
        byte[] compressed = zstdBomb(128 << 10, 1);
        byte[] plain = "x".repeat(128 << 10).getBytes(UTF_8);
        Frame zstd = new Frame(ZSTD, plain.length, compressed, Forgery.nameOf(0, plain));
        put(editor, chunk(zstd)).json();
        put(editor, chunk(1, 1, block.length, together(single(join(word, block)), new byte[0])))
                .json();
        assertThat(isMissing(editor, project, name)).isFalse();
        assertThat(isMissing(editor, project, zstd.name())).isFalse();
        Frame again = new Frame(PLAIN, block.length, block, name);
        assertThat(put(editor, chunk(again, again)).json().at("known").number()).isEqualTo(2);
    }

    @Test
    void chunkIsNamedByItsBlocks() {
        byte[] chunk = chunk(Frame.of(DATA));
        String right = chunkName(chunk).toHex();
        for (String wrong :
                List.of(
                        Hash.EMPTY.toHex(),
                        right.substring(1),
                        right + "0",
                        right.toUpperCase(java.util.Locale.ROOT),
                        "g".repeat(64),
                        "%00".repeat(21))) {
            Reply reply = editor.send("PUT", at("/chunks/" + wrong), chunk);
            assertThat(reply.status()).as(wrong).isEqualTo(400);
            reply.expect(400, "INVALID");
        }
        editor.send("PUT", at("/chunks/"), chunk).expect(404, "NOT_FOUND");
        editor.send("PUT", at("/chunks/a/" + right), chunk).expect(404, "NOT_FOUND");
        assertThat(isMissing(editor, project, DATA_NAME)).isTrue();
    }

    @Test
    @DisplayName("L3 a tree block whose children are missing is refused with their names")
    void treeBlocksNeedTheirChildren() {
        byte[] leaf = "a leaf".getBytes(UTF_8);
        Hash leafName = Forgery.nameOf(0, leaf);
        byte[] low = treeBlock(1, 2, Forgery.nameOf(0, LEFT), 100, leafName, leaf.length);
        byte[] high = treeBlock(2, 1, Forgery.nameOf(1, low), 106);
        Json problem = put(editor, chunk(Frame.tree(1, low))).expect(409, "STALE");
        assertThat(problem.at("missing").elements())
                .extracting(Json::text)
                .containsExactly(leafName.toHex());
        // A parent before its child, and a grandparent without a parent.
        put(editor, chunk(Frame.tree(1, low), Frame.of(leaf))).expect(409, "STALE");
        put(editor, chunk(Frame.of(leaf), Frame.tree(2, high))).expect(409, "STALE");
        put(editor, chunk(Frame.of(leaf), Frame.tree(2, high), Frame.tree(1, low)))
                .expect(409, "STALE");
        assertThat(isMissing(editor, project, leafName)).isTrue();
        assertThat(isMissing(editor, project, Forgery.nameOf(1, low))).isTrue();
        assertThat(isMissing(editor, project, Forgery.nameOf(2, high))).isTrue();
        assertThat(commit(editor, file(-1, "0", "x", 1, 106, low)))
                .containsExactly("MISSING_BLOCKS");
    }

    @Test
    @DisplayName("L3 a file whose size or level isn't that of its blocks is refused")
    void contentsMustBeWhatTheirBlocksSay() {
        Hash tree = Forgery.nameOf(1, TREE);
        Hash block = Forgery.nameOf(0, SECRET);
        byte[] chain = treeBlock(1, 1, Forgery.nameOf(0, LEFT), 100);
        put(editor, chunk(Frame.tree(1, chain))).json();
        String lies =
                Stream.of(
                                file(-1, "0", "l1", 1, 199, tree),
                                file(-2, "0", "l2", 1, 1L << 53, tree),
                                file(-3, "0", "l3", 2, 200, tree),
                                file(-4, "0", "l4", 0, 200, tree),
                                file(-5, "0", "l5", 0, SECRET.length + 1L, block),
                                file(-6, "0", "l6", 1, SECRET.length, block),
                                // A top of one entry is no top: the content is its child.
                                file(-7, "0", "l7", 1, 100, chain),
                                "{\"update\":%d,\"expected\":4,\"kind\":\"file\",\"size\":201,\"level\":1,\"hash\":\"%s\"}"
                                        .formatted(BIG, tree))
                        .collect(Collectors.joining(","));
        assertThat(commit(editor, lies)).hasSize(8).containsOnly("INVALID");
        assertThat(results(send(editor, commitBody(true, lies))))
                .hasSize(8)
                .containsOnly("INVALID");
        send(editor, commitBody(false, file(-1, "0", "e", 0, 0, block))).expect(400, "INVALID");
        send(editor, commitBody(false, file(-1, "0", "e", 0, (256 << 10) + 1, block)))
                .expect(400, "INVALID");
        send(editor, commitBody(false, file(-1, "0", "e", 9, 200, tree))).expect(400, "INVALID");
    }

    // ---- Bodies.

    @Test
    @DisplayName("L9 a body beyond its bound is TOO_LARGE, announced or not")
    void oversizedBodies() {
        byte[] chunk = new byte[(4 << 20) + 1];
        for (HttpRequest.BodyPublisher body : announcedOrNot(chunk)) {
            editor.send("PUT", at("/chunks/" + chunkName(chunk)), body).expect(413, "TOO_LARGE");
        }
        byte[] commit = " ".repeat((2 << 20) + 1).getBytes(UTF_8);
        for (HttpRequest.BodyPublisher body : announcedOrNot(commit)) {
            editor.send("POST", at("/commits"), body).expect(413, "TOO_LARGE");
        }
        for (HttpRequest.BodyPublisher body : announcedOrNot(new byte[16_385 * 32])) {
            editor.send("POST", at("/blocks/missing"), body).expect(413, "TOO_LARGE");
        }
        for (HttpRequest.BodyPublisher body : announcedOrNot(new byte[1_025 * 32])) {
            editor.send("POST", at("/blocks/read"), body).expect(413, "TOO_LARGE");
        }
        for (String path : List.of("/v1/sessions", "/v1/join")) {
            for (HttpRequest.BodyPublisher body : announcedOrNot(new byte[64 << 10])) {
                nobody.send("POST", path, body).expect(413, "TOO_LARGE");
            }
        }
    }

    private static List<HttpRequest.BodyPublisher> announcedOrNot(byte[] body) {
        return List.of(
                HttpRequest.BodyPublishers.ofByteArray(body),
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    private RawHttp raw() {
        return new RawHttp(deployment.port());
    }

    private String head(Caller caller, String line, String... headers) {
        return line
                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + caller.token()
                + "\r\n"
                + Arrays.stream(headers).map(h -> h + "\r\n").collect(Collectors.joining())
                + "\r\n";
    }

    private String post(String... headers) {
        return head(editor, "POST " + at("/commits"), headers);
    }

    @Test
    @DisplayName("L9 a body that is announced to be huge is refused before it comes")
    void hugeAnnouncementsAreRefusedAtOnce() {
        for (String length : List.of("2097153", "4294967296", "9223372036854775807")) {
            try (RawHttp raw = raw()) {
                raw.send(post("Content-Length: " + length, "Connection: close"));
                assertThat(raw.readAll())
                        .startsWith("HTTP/1.1 413")
                        .contains("application/problem+json", "TOO_LARGE");
            }
        }
        for (String length : List.of("9223372036854775808", "-1", "1e3", "0x10", "")) {
            try (RawHttp raw = raw()) {
                raw.send(post("Content-Length: " + length, "Connection: close"));
                raw.endOutput();
                assertThat(raw.readAll()).as(length).startsWith("HTTP/1.1 400");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n{}\r\n0\r\n\r\n",
                "-1\r\n{}\r\n0\r\n\r\n",
                "\r\n{}\r\n",
                "FFFFFFFFFFFFFFFFF\r\n{}",
                "7fffffffffffffff\r\n{}",
                "2\r\n{}xx\r\n0\r\n\r\n",
                "2;" + "a=b;a=b;a=b;a=b" + "\r\n{",
                "5\r\n{}\r\n0\r\n\r\n",
                "0\r\nX: y\r\n",
                ""
            })
    void chunkedEncodingIsReadStrictly(String body) {
        try (RawHttp raw = raw()) {
            raw.send(post("Transfer-Encoding: chunked", "Connection: close") + body);
            raw.endOutput();
            // An answer where there is still somebody to hear it, and never a failure of ours.
            assertThat(raw.readAll()).matches(a -> a.isEmpty() || a.startsWith("HTTP/1.1 400"));
        }
    }

    @Test
    void requestsThatTwoReadersWouldReadDifferentlyAreRefused() {
        String smuggled = "GET /v1/hello HTTP/1.1\r\nHost: x\r\n\r\n";
        for (List<String> headers :
                List.of(
                        List.of("Content-Length: 5", "Transfer-Encoding: chunked"),
                        List.of("Content-Length: 5", "Content-Length: 6"),
                        List.of("Transfer-Encoding: chunked, identity"),
                        List.of("Transfer-Encoding : chunked"),
                        List.of("Content-Length: 5,6"),
                        List.of("Content-Length: +5"))) {
            try (RawHttp raw = raw()) {
                raw.send(post(headers.toArray(String[]::new)) + "0\r\n\r\n" + smuggled);
                raw.endOutput();
                String answer = raw.readAll();
                assertThat(answer).as("%s", headers).doesNotContain("Syncline\"");
                assertThat(answer).as("%s", headers).startsWith("HTTP/1.1 400");
            }
        }
    }

    @Test
    void bodyThatEndsEarlyHasNoEffect() {
        String body = commitBody(false, directory(-1, "early"));
        for (int length : new int[] {0, 1, 100, body.length() - 1}) {
            try (RawHttp raw = raw()) {
                raw.send(
                        post("Content-Length: " + body.length(), "Connection: close")
                                + body.substring(0, length));
                raw.endOutput();
                assertThat(raw.readAll()).matches(a -> a.isEmpty() || a.startsWith("HTTP/1.1 400"));
            }
        }
        // Cut in the middle of a chunk, a hundred times.
        byte[] chunk = chunk(Frame.of(new byte[200_000]));
        for (int i = 0; i < 100; i++) {
            try (RawHttp raw = raw()) {
                raw.send(
                        head(
                                editor,
                                "PUT " + at("/chunks/" + chunkName(chunk)),
                                "Content-Length: " + chunk.length));
                raw.send(Arrays.copyOf(chunk, 100_000));
            }
        }
    }

    @Test
    @DisplayName("L9 a body that drips in is given up with 503, and others are served meanwhile")
    void slowBodies() {
        List<RawHttp> dripping = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawHttp raw = raw();
                dripping.add(raw);
                raw.send(
                        i % 2 == 0
                                ? post("Content-Length: 2000000")
                                : post("Transfer-Encoding: chunked"));
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
            while (dripping.stream().anyMatch(raw -> raw.send("1"))) {
                assertThat(System.nanoTime()).as("given up in time").isLessThan(deadline);
                viewer.get(at("/nodes/" + FILE)).json();
                Await.pause(Duration.ofMillis(200));
            }
        } finally {
            dripping.forEach(RawHttp::close);
        }
    }

    @Test
    @DisplayName("L9 who isn't known can't hold the places of those who are by slow bodies")
    void slowBodiesOfStrangers() throws IOException {
        // From an address of its own, for what fails there counts against it.
        InetAddress elsewhere = InetAddress.getByName("127.0.0.9");
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                RawHttp raw = new RawHttp(deployment.port(), elsewhere);
                slow.add(raw);
                raw.send(
                        "POST /v1/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{"
                                .formatted(i % 2 == 0 ? "sessions" : "join"));
            }
            assertThat(slow.getLast().readAll())
                    .startsWith("HTTP/1.1 429")
                    .contains("LIMITED", "Retry-After: ");
            for (int i = 0; i < 20; i++) {
                viewer.get(at("/nodes/" + FILE)).json();
                assertThat(nobody.get("/v1/hello").status()).isEqualTo(200);
            }
            nobody.with(logIn()).get("/v1/projects").json();
        } finally {
            slow.forEach(RawHttp::close);
        }
    }

    // ---- JSON.

    private static Stream<Arguments> badJson() {
        String big = "9".repeat(400);
        String deep = "[".repeat(5_000);
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("blanks", "   "),
                Arguments.of("null", "null"),
                Arguments.of("a string", "\"commit\""),
                Arguments.of("an array", "[]"),
                Arguments.of("cut off", "{\"id\":\""),
                Arguments.of("two documents", "{} {}"),
                Arguments.of("a comment", "{/* */}"),
                Arguments.of("single quotes", "{'id':1}"),
                Arguments.of("NaN", "{\"base\":NaN}"),
                Arguments.of("trailing comma", "{\"base\":1,}"),
                Arguments.of("deep arrays", deep),
                Arguments.of("deep arrays in an unknown member", "{\"x\":" + deep + "}"),
                Arguments.of("deep objects", "{\"x\":".repeat(5_000)),
                Arguments.of("a member twice", "{\"base\":1,\"base\":1}"),
                Arguments.of("an unknown member twice", "{\"x\":1,\"x\":2}"),
                Arguments.of("an unknown mandatory member", "{\"must_obey\":true}"),
                Arguments.of("huge number", "{\"base\":" + big + "}"),
                Arguments.of("huge exponent", "{\"base\":1e999999999}"),
                Arguments.of("huge exponent in an unknown member", "{\"x\":1e999999999}"),
                Arguments.of("a fraction", "{\"base\":1.5}"),
                Arguments.of("a negative sequence", "{\"base\":-1}"),
                Arguments.of("beyond 2^53", "{\"base\":9007199254740993}"),
                Arguments.of("long string", "{\"id\":\"" + "a".repeat(20_000) + "\"}"),
                Arguments.of("long member name", "{\"" + "a".repeat(20_000) + "\":1}"),
                Arguments.of("NUL bytes", "\0\0\0\0"),
                Arguments.of("a byte-order mark", "\uFEFF{}"),
                Arguments.of("empty object", "{}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badJson")
    @DisplayName("L9 R43 malformed JSON is INVALID, wherever JSON is read")
    void badJsonIsRefused(String what, String json) {
        send(editor, json).expect(400, "INVALID");
        for (Reply reply :
                List.of(
                        owner.send("PUT", at("/checkpoint"), json),
                        session.send("POST", at("/links"), json),
                        session.send("POST", "/v1/devices", json),
                        session.send("POST", "/v1/projects", json),
                        nobody.send("POST", "/v1/sessions", json),
                        nobody.send("POST", "/v1/join", json))) {
            // Small questions have small bounds.
            if (json.length() > 16 << 10) {
                reply.expect(413, "TOO_LARGE");
            } else {
                reply.expect(400, "INVALID");
            }
        }
    }

    @Test
    void textThatIsNoUtf8IsRefused() {
        String body = commitBody(false, directory(-1, "NAME"));
        for (byte[] name :
                List.of(
                        new byte[] {(byte) 0xFF},
                        new byte[] {(byte) 0xC0, (byte) 0xAF},
                        new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0xAF},
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                        new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                        new byte[] {(byte) 0xE2, (byte) 0x82})) {
            int hole = body.indexOf("NAME");
            byte[] bytes =
                    join(
                            body.substring(0, hole).getBytes(UTF_8),
                            name,
                            body.substring(hole + 4).getBytes(UTF_8));
            editor.send("POST", at("/commits"), bytes).expect(400, "INVALID");
        }
        byte[] utf16 = body.getBytes(java.nio.charset.StandardCharsets.UTF_16);
        editor.send("POST", at("/commits"), utf16).expect(400, "INVALID");
    }

    // ---- Names and changes.

    private static String directory(long id, String name) {
        return "{\"create\":%d,\"parent\":0,\"name\":\"%s\",\"kind\":\"directory\"}"
                .formatted(id, name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "/",
                "a/b",
                "../../etc/passwd",
                "\\u0000",
                "a\\u0000.txt",
                "\\u002e\\u002e",
                "\\u002F",
                "\\uD800",
                "\\uDC00x",
                "\\uDC00\\uD800"
            })
    void namesThatCantBeAreRefused(String name) {
        send(editor, commitBody(false, directory(-1, name))).expect(400, "INVALID");
        send(
                        editor,
                        commitBody(
                                false,
                                "{\"update\":3,\"expected\":3,\"parent\":0,\"name\":\""
                                        + name
                                        + "\"}"))
                .expect(400, "INVALID");
    }

    @Test
    @DisplayName("L9 a name has at most 255 bytes, however few characters that are")
    void namesAreBounded() {
        for (String name : List.of("n".repeat(256), "ü".repeat(128), "😀".repeat(64))) {
            assertThat(name.getBytes(UTF_8)).hasSize(256);
            send(editor, commitBody(false, directory(-1, name))).expect(400, "INVALID");
        }
    }

    @Test
    @DisplayName("L9 a commit has 1..500 changes")
    void commitsAreBounded() {
        String changes =
                IntStream.rangeClosed(1, 501)
                        .mapToObj(i -> directory(-i, "d" + i))
                        .collect(Collectors.joining(","));
        send(editor, commitBody(false, changes)).expect(400, "INVALID");
        send(editor, commitBody(true, changes)).expect(400, "INVALID");
        send(editor, commitBody(false, "")).expect(400, "INVALID");
    }

    @Test
    @DisplayName("R1 R20 R35 cycles, taken names, dead parents, old versions: each its own refusal")
    void changesThatCantBe() {
        String sub = "{\"update\":3,\"expected\":3,\"parent\":%s,\"name\":\"%s\"}";
        String docs = "{\"update\":1,\"expected\":1,\"parent\":%s,\"name\":\"x\"}";
        record Case(String change, String reason) {}
        List<Case> cases =
                List.of(
                        new Case(docs.formatted(SUB), "CYCLE"),
                        new Case(docs.formatted(DOCS), "CYCLE"),
                        new Case(sub.formatted(DOCS, "a.txt"), "NAME_TAKEN"),
                        new Case(sub.formatted(0, "docs"), "NAME_TAKEN"),
                        new Case(directory(-1, "docs"), "NAME_TAKEN"),
                        new Case(sub.formatted(GONE, "x"), "PARENT_GONE"),
                        new Case(sub.formatted(FILE, "x"), "PARENT_GONE"),
                        new Case(sub.formatted(999, "x"), "PARENT_GONE"),
                        new Case(sub.formatted(-7, "x"), "PARENT_GONE"),
                        new Case(sub.formatted(1L << 53, "x"), "PARENT_GONE"),
                        new Case("{\"delete\":1,\"expected\":1}", "NOT_EMPTY"),
                        new Case("{\"delete\":2,\"expected\":1}", "STALE"),
                        new Case("{\"delete\":2,\"expected\":3}", "STALE"),
                        new Case("{\"delete\":5,\"expected\":6}", "STALE"),
                        new Case("{\"delete\":999,\"expected\":1}", "STALE"),
                        new Case("{\"check\":2,\"expected\":9}", "STALE"),
                        new Case("{\"update\":2,\"expected\":2,\"kind\":\"directory\"}", "INVALID"),
                        new Case(
                                "{\"create\":-1,\"parent\":-1,\"name\":\"x\",\"kind\":\"directory\"}",
                                "PARENT_GONE"));
        for (Case one : cases) {
            assertThat(commit(editor, one.change)).as(one.change).containsExactly(one.reason);
            assertThat(results(send(editor, commitBody(true, one.change))))
                    .as("atomic: " + one.change)
                    .containsExactly(one.reason);
        }
        // Into each other, on the final state of an atomic commit.
        String loop =
                docs.formatted(-1)
                        + ","
                        + "{\"create\":-1,\"parent\":1,\"name\":\"y\",\"kind\":\"directory\"}";
        assertThat(results(send(editor, commitBody(true, loop)))).doesNotContain("applied");
        for (String nonsense :
                List.of(
                        "{\"delete\":0,\"expected\":0}",
                        "{\"update\":0,\"expected\":0,\"parent\":1,\"name\":\"root\"}",
                        "{\"create\":7,\"parent\":0,\"name\":\"x\",\"kind\":\"directory\"}",
                        "{\"create\":-1,\"delete\":2,\"expected\":2}",
                        "{\"update\":2,\"expected\":2}",
                        "{\"delete\":2}",
                        "{\"create\":-1,\"parent\":0,\"name\":\"x\",\"kind\":\"directory\",\"origin\":-3}",
                        "{\"create\":-1,\"parent\":0,\"name\":\"x\",\"kind\":\"file\"}")) {
            send(editor, commitBody(false, nonsense)).expect(400, "INVALID");
        }
    }

    @Test
    @DisplayName("R45 a chain of directories can't be deeper than 1,024 levels")
    void depthIsBounded() {
        // In a project of their own, where strangers may do what they like.
        Json theirs = stranger.send("POST", "/v1/projects", "{\"name\":\"deep\"}").json();
        String commits = "/v1/projects/" + theirs.at("id").text() + "/commits";
        String own = "/v1/projects/" + theirs.at("id").text();
        List<String> results = new ArrayList<>();
        for (int level = 0; level <= 1_024; level += 400) {
            // The ids of the nodes are their sequences: each commit goes on below the last one.
            long above = level;
            String chain =
                    IntStream.rangeClosed(1, Math.min(400, 1_025 - level))
                            .mapToObj(i ->
                                    "{\"create\":%d,\"parent\":%d,\"name\":\"d\",\"kind\":\"directory\"}"
                                            .formatted(-i, i == 1 ? above : 1 - i))
                            .collect(Collectors.joining(","));
            String body = commitBody(stranger.get(own), false, chain);
            results.addAll(results(stranger.send("POST", commits, body)));
        }
        assertThat(results).hasSize(1_025).endsWith("TOO_LARGE");
        assertThat(results.subList(0, 1_024)).containsOnly("applied");
    }

    @Test
    @DisplayName("L8 R9 a commit's id sent again with another body is INVALID")
    void commitIdsAreForOneBody() {
        String body = commitBody(false, "{\"delete\":999,\"expected\":1}");
        Reply first = send(editor, body);
        assertThat(results(first)).containsExactly("STALE");
        assertThat(send(editor, body).body()).isEqualTo(first.body());
        String other = body.replace("{\"delete\":999,\"expected\":1}", directory(-1, "again"));
        send(editor, other).expect(400, "INVALID");
        // The same by another member, and by one who may not commit.
        send(owner, other).expect(400, "INVALID");
        send(viewer, body).expect(403, "FORBIDDEN");
        send(stranger, body).expect(404, "NOT_FOUND");
    }

    // ---- Cursors.

    @Test
    @DisplayName("R2 R35 cursors of another epoch or beyond the head must resync, never deleting")
    void cursorsOfAnotherHistory() {
        String other = "e".repeat(32);
        String proof = owner.get(at("")).json().at("proof").text();
        String foreign = proof.replace(epoch, other);
        String beyond = proof.replace("." + HEAD + ".", "." + (HEAD + 1) + ".");
        String change = directory(-1, "x");
        for (Reply reply :
                List.of(
                        viewer.get(at("/changes?since=1")),
                        viewer.get(at("/changes?since=0&proof=" + foreign)),
                        viewer.get(at("/changes?since=1&proof=" + foreign)),
                        viewer.get(at("/changes?since=7&proof=" + proof)),
                        viewer.get(at("/changes?since=7&proof=" + beyond)),
                        viewer.get(at("/changes?since=9007199254740992&proof=" + proof)),
                        send(editor, commitBody(foreign, false, change)),
                        send(editor, commitBody(beyond, false, change)),
                        checkpoint(other, HEAD, "0".repeat(64)),
                        checkpoint(epoch, HEAD + 1, "0".repeat(64)))) {
            assertThat(reply.expect(410, "EXPIRED").at("resync").text()).isEqualTo("union");
        }
        // Nobody can force a new epoch with what this server didn't sign.
        assertThat(owner.get(at("")).json().at("epoch").text()).isEqualTo(epoch);
        assertThat(
                        checkpoint(epoch, HEAD, "0".repeat(64))
                                .expect(410, "EXPIRED")
                                .at("resync")
                                .text())
                .isEqualTo("reconcile");
        for (String query :
                List.of(
                        "proof=zz",
                        "proof=" + epoch,
                        "proof=" + proof + "0",
                        "proof=" + proof.replace("." + HEAD + ".", ".99999999999999999999."),
                        "proof=" + proof + "&since=-1",
                        "proof=" + proof + "&since=x",
                        "proof=" + proof + "&since=9007199254740993",
                        "since=99999999999999999999",
                        "floor=-1",
                        "replica=x",
                        "limit=0",
                        "limit=-1",
                        "limit=10001",
                        "limit=1e3",
                        "proof=%FF%FE")) {
            viewer.get(at("/changes?" + query)).expect(400, "INVALID");
        }
        String body = commitBody(false, change);
        for (String base : List.of("", "1", epoch, proof.toUpperCase(java.util.Locale.ROOT))) {
            send(editor, body.replace(proof, base)).expect(400, "INVALID");
        }
    }

    private Reply checkpoint(String ofEpoch, long sequence, String digest) {
        return owner.send(
                "PUT",
                at("/checkpoint"),
                """
                {"replica":"%s","epoch":"%s","received":%d,"digest":"%s","heldBack":0,"folder":"f"}\
                """
                        .formatted(randomId(), ofEpoch, sequence, digest));
    }

    @Test
    void questionsAboutTheTreeAreChecked() {
        for (String path :
                List.of(
                        "/nodes/x",
                        "/nodes/-1",
                        "/nodes/99999999999999999999",
                        "/nodes/0/children?limit=1001",
                        "/nodes/0/children?after=!!",
                        "/nodes/0/children?after=Li4",
                        "/nodes/0/children?after=" + "A".repeat(2_000),
                        "/resolve?path=..",
                        "/resolve?path=docs/../docs",
                        "/resolve?path=" + "n".repeat(256),
                        "/resolve?path=%00",
                        "/log?limit=501",
                        "/log?before=0",
                        "/nodes/" + DOCS + "/content")) {
            Reply reply = viewer.get(at(path));
            assertThat(reply.status()).as(path).isEqualTo(400);
            reply.expect(400, "INVALID");
        }
        for (String path :
                List.of(
                        "/nodes/999",
                        "/nodes/9223372036854775807",
                        "/nodes/" + FILE + "/children",
                        "/nodes/" + GONE + "/children",
                        "/nodes/" + GONE + "/content",
                        "/resolve?path=docs/none",
                        "/resolve?path=" + "d/".repeat(5_000),
                        "/none",
                        "/nodes/" + FILE + "/content/x")) {
            Reply reply = viewer.get(at(path));
            assertThat(reply.status()).as(path).isEqualTo(404);
            reply.expect(404, "NOT_FOUND");
        }
    }

    // ---- Downloads.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-2",
                "bytes=--5",
                "bytes=0-0,0-0,0-0",
                "bytes=99999999999999999999-",
                "bytes=0-99999999999999999999",
                "lines=0-5",
                "0-5"
            })
    void rangesThatMakeNoSenseGetTheWhole(String range) {
        Reply reply = viewer.get(at("/nodes/" + FILE + "/content"), "Range", range);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(SECRET);
    }

    @Test
    void rangesBeyondTheFileCantBeSatisfied() {
        for (String range :
                List.of(
                        "bytes=22-",
                        "bytes=22-30",
                        "bytes=999999999999999999-",
                        "bytes=999999999999999998-999999999999999999",
                        "bytes=-0")) {
            Reply reply = viewer.get(at("/nodes/" + FILE + "/content"), "Range", range);
            assertThat(reply.status()).as(range).isEqualTo(416);
            assertThat(reply.header("Content-Range")).isEqualTo("bytes */22");
            assertThat(reply.body()).isEmpty();
        }
        // A thousand overlapping ranges aren't a thousand answers.
        String many =
                "bytes="
                        + IntStream.range(0, 1_000)
                                .mapToObj(_ -> "0-")
                                .collect(Collectors.joining(","));
        assertThat(viewer.get(at("/nodes/" + FILE + "/content"), "Range", many).body())
                .isEqualTo(SECRET);
        assertThat(viewer.get(at("/nodes/" + FILE + "/content"), "Range", "bytes=-999").body())
                .isEqualTo(SECRET);
    }

    // ---- Who may what.

    @Test
    void withoutAValidTokenNothingIsDone() {
        String dead = revokedToken();
        String over = logIn();
        nobody.with(over).send("DELETE", "/v1/sessions/current", "");
        String body = commitBody(false, directory(-1, "x"));
        for (String token :
                List.of(
                        dead,
                        over,
                        "sld_" + "A".repeat(43),
                        "sls_" + "A".repeat(43),
                        "sld_",
                        "x",
                        editor.token() + "x",
                        editor.token().substring(0, editor.token().length() - 1),
                        editor.token().replace("sld_", "sls_"),
                        "A".repeat(5_000))) {
            Caller caller = nobody.with(token);
            for (Reply reply :
                    List.of(
                            caller.get("/v1/projects"),
                            caller.get(at("")),
                            caller.send("POST", at("/commits"), body),
                            caller.send("POST", at("/blocks/read"), Hash.EMPTY.toBytes()),
                            caller.get("/v1/projects/" + "f".repeat(32)))) {
                reply.expect(401, "UNAUTHENTICATED");
                assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
            }
        }
        for (String header :
                List.of("Basic " + editor.token(), editor.token(), "Bearer", "Bearer a b", " ")) {
            nobody.get(at(""), "Authorization", header).expect(401, "UNAUTHENTICATED");
        }
        nobody.get(at(""), "Cookie", "syncline_session=" + dead).expect(401, "UNAUTHENTICATED");
        nobody.get(at(""), "Cookie", "syncline_session=").expect(401, "UNAUTHENTICATED");
    }

    private String revokedToken() {
        Caller device = enrol(link(session, project, "editor"), "to be revoked");
        String id =
                device.get("/v1/devices").json().at("devices").elements().stream()
                        .filter(d -> d.at("current").text().equals("true"))
                        .map(d -> d.at("id").text())
                        .findFirst()
                        .orElseThrow();
        // A stranger can't, and can't learn that there is such a device (L7).
        stranger.send("DELETE", "/v1/devices/" + id, "").expect(404, "NOT_FOUND");
        stranger.send("DELETE", "/v1/devices/" + "f".repeat(32), "").expect(404, "NOT_FOUND");
        assertThat(session.send("DELETE", "/v1/devices/" + id, "").status()).isEqualTo(204);
        return device.token();
    }

    @Test
    void linksThatAreOverOpenNothing() {
        String used = link(session, project, "editor");
        enrol(used, "first");
        Json brief =
                session.send(
                                "POST",
                                at("/links"),
                                "{\"role\":\"owner\",\"uses\":5,\"expiresSeconds\":1}")
                        .json();
        String expired = brief.at("secret").text();
        Await.until(
                Duration.ofSeconds(20),
                () -> !session.get(at("/links")).text().contains(brief.at("id").text()),
                () -> "the link doesn't expire");
        for (String secret : List.of(used, expired, "A".repeat(43))) {
            nobody.send("POST", "/v1/join", joinBody(secret, "x")).expect(404, "NOT_FOUND");
        }
        nobody.send("POST", "/v1/join", joinBody(link(session, project, "viewer"), "a\\u0007"))
                .expect(400, "INVALID");
        for (String wish :
                List.of(
                        "{\"role\":\"owner\",\"uses\":0,\"expiresSeconds\":60}",
                        "{\"role\":\"owner\",\"uses\":10001,\"expiresSeconds\":60}",
                        "{\"role\":\"owner\",\"uses\":1,\"expiresSeconds\":0}",
                        "{\"role\":\"owner\",\"uses\":1,\"expiresSeconds\":999999999999}",
                        "{\"role\":\"king\",\"uses\":1,\"expiresSeconds\":60}")) {
            session.send("POST", at("/links"), wish).expect(400, "INVALID");
        }
    }

    @Test
    void rolesAreKept() {
        String body = commitBody(false, directory(-1, "x"));
        byte[] chunk = chunk(Frame.of(DATA));
        String link = "{\"role\":\"owner\",\"uses\":1,\"expiresSeconds\":60}";
        String self =
                viewer.get("/v1/devices")
                        .json()
                        .at("devices")
                        .elements()
                        .getFirst()
                        .at("account")
                        .text();
        for (Reply reply :
                List.of(
                        send(viewer, body),
                        put(viewer, chunk),
                        viewer.send("POST", at("/blocks/missing"), UNKNOWN.toBytes()),
                        viewer.send("POST", at("/links"), link),
                        viewer.get(at("/links")),
                        viewer.send("PUT", at("/members/" + self), "{\"role\":\"owner\"}"),
                        viewer.get("/v1/devices?project=" + project),
                        editor.send("POST", at("/links"), link),
                        editor.send("PUT", at("/members/" + self), "{\"role\":\"editor\"}"),
                        editor.send("DELETE", at("/members/" + self), ""),
                        editor.send("POST", "/v1/devices", "{\"name\":\"more\"}"))) {
            reply.expect(403, "FORBIDDEN");
        }
        assertThat(isMissing(editor, project, DATA_NAME)).isTrue();
    }

    @Test
    @DisplayName("L7 a project that isn't the caller's and one that isn't there answer alike")
    void noPeeking() {
        byte[] chunk = chunk(Frame.of(SECRET));
        record Try(String method, String path, HttpRequest.BodyPublisher body) {}
        byte[] commit = commitBody(false, directory(-1, "x")).getBytes(UTF_8);
        byte[] stored = Forgery.nameOf(0, SECRET).toBytes();
        List<Try> tries = new ArrayList<>();
        for (String path :
                List.of(
                        "",
                        "/changes",
                        "/changes?since=999",
                        "/changes?limit=-1",
                        "/nodes/2",
                        "/nodes/999",
                        "/nodes/x",
                        "/nodes/2/content",
                        "/nodes/0/children",
                        "/resolve?path=docs",
                        "/resolve?path=..",
                        "/log",
                        "/links",
                        "/members",
                        "/replicas")) {
            tries.add(new Try("GET", path, body(new byte[0])));
        }
        tries.add(new Try("POST", "/commits", body(commit)));
        tries.add(new Try("POST", "/commits", body(new byte[3 << 20])));
        tries.add(new Try("POST", "/commits", body("{".getBytes(UTF_8))));
        tries.add(new Try("POST", "/blocks/missing", body(stored)));
        tries.add(new Try("POST", "/blocks/missing", body(UNKNOWN.toBytes())));
        tries.add(new Try("POST", "/blocks/missing", body(new byte[33])));
        tries.add(new Try("POST", "/blocks/read", body(stored)));
        tries.add(new Try("POST", "/blocks/signatures", body(new byte[53])));
        tries.add(new Try("PUT", "/chunks/" + chunkName(chunk), body(chunk)));
        tries.add(new Try("PUT", "/chunks/x", body(chunk)));
        tries.add(new Try("PUT", "/checkpoint", body("{}".getBytes(UTF_8))));
        for (Try one : tries) {
            Reply foreign =
                    stranger.send(one.method, "/v1/projects/" + project + one.path, one.body);
            Reply unknown =
                    stranger.send(
                            one.method, "/v1/projects/" + "f".repeat(32) + one.path, one.body);
            foreign.expect(404, "NOT_FOUND");
            assertThat(withoutIds(foreign)).isEqualTo(withoutIds(unknown));
        }
        assertThat(stranger.get("/v1/projects").text()).doesNotContain(project);
    }

    private static HttpRequest.BodyPublisher body(byte[] bytes) {
        return HttpRequest.BodyPublishers.ofByteArray(bytes);
    }

    private static String withoutIds(Reply reply) {
        var headers = new java.util.TreeMap<>(reply.headers().map());
        headers.keySet().removeAll(List.of("syncline-request", "date"));
        return reply.status()
                + " "
                + headers
                + " "
                + reply.text().replace(reply.header("Syncline-Request"), "ID");
    }

    @Test
    @DisplayName(
            "scenario 69, L7 blocks of another project are missing, can't be read and can't be"
                    + " committed")
    void blocksOfAnotherProject() {
        Hash stored = Forgery.nameOf(0, SECRET);
        String theirs = "/v1/projects/" + foreignProject;
        assertThat(isMissing(stranger, foreignProject, stored)).isTrue();
        Json problem =
                stranger.send("POST", theirs + "/blocks/read", stored.toBytes())
                        .expect(404, "NOT_FOUND");
        assertThat(problem.at("missing").elements()).hasSize(1);
        String body =
                commitBody(
                        stranger.get(theirs),
                        false,
                        file(-1, "0", "mine", 0, SECRET.length, SECRET));
        assertThat(results(stranger.send("POST", theirs + "/commits", body)))
                .containsExactly("MISSING_BLOCKS");
        // A tree block over foreign children is one whose children are missing.
        byte[] tree = chunk(Frame.tree(1, TREE));
        stranger.send("PUT", theirs + "/chunks/" + chunkName(tree), tree).expect(409, "STALE");
        // Who brings the bytes learns nothing by it: they count as new there.
        byte[] chunk = chunk(Frame.of(SECRET));
        assertThat(
                        stranger.send("PUT", theirs + "/chunks/" + chunkName(chunk), chunk)
                                .json()
                                .at("stored")
                                .number())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("R39 each address speaks JSON or bytes, and takes nothing else")
    void oneCodecPerAddress() {
        String binary = "application/octet-stream";
        byte[] hash = Forgery.nameOf(0, SECRET).toBytes();
        for (Reply reply :
                List.of(
                        editor.send("POST", at("/blocks/missing"), hash),
                        editor.send("POST", at("/blocks/read"), hash),
                        editor.get(at("/nodes/" + FILE + "/content")))) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Type")).isEqualTo(binary);
        }
        String harmless = commitBody(false, "{\"delete\":9,\"expected\":9}");
        for (Reply reply :
                List.of(
                        put(editor, chunk(Frame.of(SECRET))),
                        editor.get(at("/changes")),
                        editor.get(at("/changes"), "Accept", binary),
                        editor.get(at("/nodes/0/children")),
                        send(editor, harmless))) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        }
        editor.send("POST", at("/commits"), hash, "Content-Type", binary).expect(400, "INVALID");
        String json = "{\"hashes\":[\"" + Forgery.nameOf(0, SECRET) + "\"]}";
        editor.send("POST", at("/blocks/missing"), json).expect(400, "INVALID");
        editor.send("POST", at("/blocks/read"), json).expect(400, "INVALID");
        put(editor, json.getBytes(UTF_8)).expect(400, "INVALID");
    }

    @Test
    @DisplayName("R43 a client of an older protocol is told to upgrade")
    void oldProtocols() {
        viewer.get(at(""), "Syncline-Protocol", "0").expect(426, "UPGRADE_REQUIRED");
        viewer.get(at(""), "Syncline-Protocol", "-5").expect(426, "UPGRADE_REQUIRED");
        viewer.get(at(""), "Syncline-Protocol", "one").expect(400, "INVALID");
        assertThat(viewer.get(at(""), "Syncline-Protocol", "1").status()).isEqualTo(200);
    }

    // ---- Addresses and headers.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/projects/../../etc/passwd",
                "GET /v1/projects/%2e%2e/%2e%2e/etc/passwd",
                "GET /v1/projects/..%2f..%2fetc%2fpasswd",
                "GET /v1/projects/..%5c..%5cetc",
                "GET /v1//projects",
                "GET /v1/projects/%00",
                "GET /v1/projects/;jsessionid=1",
                "GET /v1/projects/{p}",
                "BREW /v1/projects",
                "TRACE /v1/projects",
                "CONNECT /v1/projects",
                "PATCH /v1/projects",
                "DELETE /v1/hello",
                "OPTIONS *"
            })
    void addressesThatArentThere(String line) {
        try (RawHttp raw = raw()) {
            raw.send(head(viewer, line, "Connection: close"));
            String answer = raw.readAll();
            assertThat(answer)
                    .containsPattern("^HTTP/1.1 (400|404) ")
                    .contains("application/problem+json")
                    .doesNotContain("root:");
        }
    }

    @Test
    @DisplayName("L9 headers are bounded")
    void headersAreBounded() {
        for (String headers :
                List.of(
                        "X: " + "a".repeat(20_000) + "\r\n",
                        "X: y\r\n".repeat(5_000),
                        "Cookie: " + "a=b; ".repeat(5_000) + "\r\n")) {
            try (RawHttp raw = raw()) {
                raw.send("GET /v1/hello HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
                assertThat(raw.readAll())
                        .startsWith("HTTP/1.1 413")
                        .contains("application/problem+json", "TOO_LARGE");
            }
        }
    }

    // ---- Event sockets.

    /** An open socket: what it was told, and how it was closed. */
    private static final class Listener implements WebSocket.Listener {
        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            messages.add(data.toString());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.complete(-1);
        }

        Json next() throws InterruptedException {
            String message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message").isNotNull();
            return Json.parse(message);
        }

        int status() throws Exception {
            return closed.get(20, TimeUnit.SECONDS);
        }
    }

    private WebSocket open(Caller caller, Listener listener) throws Exception {
        URI address =
                URI.create(deployment.url().toString().replace("http:", "ws:") + "/v1/events");
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (!caller.token().isEmpty()) {
            builder.header("Authorization", "Bearer " + caller.token());
        }
        return builder.buildAsync(address, listener).get(20, TimeUnit.SECONDS);
    }

    private static void say(WebSocket socket, String text) {
        var _ = socket.sendText(text, true);
    }

    @Test
    void socketsNeedAToken() throws Exception {
        for (String token : List.of("", "sld_" + "A".repeat(43), revokedToken())) {
            assertThatThrownBy(() -> open(nobody.with(token), new Listener()))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("WebSocketHandshakeException");
        }
        nobody.get("/v1/events").expect(401, "UNAUTHENTICATED");
        editor.get("/v1/events").expect(400, "INVALID");
    }

    @Test
    @DisplayName("L7 a socket is told alike of a foreign project and of one that isn't there")
    void socketsDontPeek() throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(stranger, listener);
        String unknown = "f".repeat(32);
        say(
                socket,
                "{\"type\":\"subscribe\",\"projects\":[\"%s\",\"%s\"]}"
                        .formatted(project, unknown));
        List<String> told =
                Stream.of(listener.next(), listener.next())
                        .map(m -> m.at("type").text() + " " + m.at("project").text())
                        .sorted()
                        .toList();
        assertThat(told)
                .containsExactlyInAnyOrder("unsubscribed " + project, "unsubscribed " + unknown);
        socket.abort();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "",
                "[]",
                "{}",
                "{\"type\":5}",
                "{\"type\":\"subscribe\"}",
                "{\"type\":\"subscribe\",\"projects\":[\"x\"]}",
                "{\"type\":\"subscribe\",\"projects\":[],\"type\":\"subscribe\"}",
                "{\"type\":\"subscribe\",\"projects\":[],\"must_know\":1}"
            })
    void messagesThatMakeNoSenseCloseTheSocket(String message) throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(viewer, listener);
        say(socket, message);
        assertThat(listener.status()).isEqualTo(1007);
        socket.abort();
    }

    @Test
    void unknownMessagesAreIgnored() throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(viewer, listener);
        socket.sendText("{\"type\":\"dance\",\"steps\":[1,2,3]}", true).get(5, TimeUnit.SECONDS);
        socket.sendText(
                        "{\"type\":\"subscribe\",\"projects\":[\"%s\"],\"new\":{}}"
                                .formatted(project),
                        true)
                .get(5, TimeUnit.SECONDS);
        assertThat(listener.next().at("sequence").number()).isEqualTo(HEAD);
        socket.abort();
    }

    @Test
    @DisplayName("L9 giant messages, thousands of projects and binary messages close the socket")
    void socketsAreBounded() throws Exception {
        String ids =
                IntStream.range(0, 65)
                        .mapToObj(i -> "\"%032x\"".formatted(i))
                        .collect(Collectors.joining(","));
        record Case(String message, int status) {}
        for (Case one :
                List.of(
                        new Case(" ".repeat((16 << 10) + 1), 1009),
                        new Case(" ".repeat(3 << 20), 1009),
                        new Case("{\"type\":\"subscribe\",\"projects\":[" + ids + "]}", 1007))) {
            Listener listener = new Listener();
            WebSocket socket = open(viewer, listener);
            say(socket, one.message);
            assertThat(listener.status()).isIn(one.status, -1);
            socket.abort();
        }
        // In fragments that are each small enough.
        Listener fragments = new Listener();
        WebSocket socket = open(viewer, fragments);
        for (int i = 0; i < 100 && !fragments.closed.isDone(); i++) {
            try {
                socket.sendText(" ".repeat(1_000), false).get(5, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                // Closed by the server: so it should be.
                break;
            }
        }
        assertThat(fragments.status()).isIn(1009, -1);
        socket.abort();
        for (int bytes : new int[] {1, 100, 100_000}) {
            Listener binary = new Listener();
            WebSocket other = open(viewer, binary);
            var _ = other.sendBinary(ByteBuffer.allocate(bytes), true);
            assertThat(binary.status()).isIn(1003, 1007, 1009, -1);
            other.abort();
        }
    }

    @Test
    @DisplayName("L9 a socket that subscribes thousands of times has one list, and is still served")
    void thousandsOfSubscriptions() throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(viewer, listener);
        String wish = "{\"type\":\"subscribe\",\"projects\":[\"%s\"]}";
        for (int i = 0; i < 3_000; i++) {
            socket.sendText(wish.formatted("%032x".formatted(i)), true).get(20, TimeUnit.SECONDS);
        }
        socket.sendText(wish.formatted(project), true).get(20, TimeUnit.SECONDS);
        Await.until(
                Duration.ofSeconds(20),
                () -> listener.messages.stream().anyMatch(m -> m.contains("\"head\"")),
                () -> "no head among " + listener.messages.size());
        socket.abort();
        // Sockets by the hundred are opened and dropped without a good-bye.
        for (int i = 0; i < 100; i++) {
            open(viewer, new Listener()).abort();
        }
    }
}
