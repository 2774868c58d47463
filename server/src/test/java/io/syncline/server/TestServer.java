package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Accounts;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.server.rate.RateSettings;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A whole server on an ephemeral port of loopback, with stores in memory, and requests to it. */
final class TestServer implements AutoCloseable {
    static final Secret PASSWORD = new Secret("correct horse");

    final MemoryMetadataStore metadata = new MemoryMetadataStore();
    final MemoryBlockStore blocks = new MemoryBlockStore(new Random(3));
    final MemorySnapshotFiles snapshots = new MemorySnapshotFiles(InstantSource.system());
    final Server server;
    final AccountId admin;
    ProjectId project;
    String token;
    final Random random;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** Who asks, about which project, and where the ids come from. */
    record Seat(ProjectId project, String token, Random random) {}

    TestServer() {
        this(InstantSource.system());
    }

    TestServer(InstantSource clock) {
        this(clock, NodeSettings.ONLY);
    }

    TestServer(InstantSource clock, NodeSettings node) {
        this(clock, node, RateSettings.DEFAULT);
    }

    TestServer(InstantSource clock, NodeSettings node, RateSettings rates) {
        ServerSettings settings =
                new ServerSettings(
                                Path.of("unused"),
                                EdgeSettings.loopback(0),
                                Optional.of(PASSWORD),
                                "test")
                        .as(node)
                        .with(rates);
        this.server =
                Server.start(
                        settings,
                        new Stores(metadata, blocks, snapshots, new MemoryEventBus()),
                        clock);
        this.admin = server.admin().account(Accounts.ADMIN);
        this.random = new Random(7);
        this.project = server.admin().ensureProject(admin, "first");
        this.token = device(admin);
    }

    /** Requests to a server that was started elsewhere. */
    TestServer(Server server) {
        this.server = server;
        this.admin = server.admin().account(Accounts.ADMIN);
        this.random = new Random(7);
        this.project = server.admin().ensureProject(admin, "first");
        this.token = device(admin);
    }

    /** The same, from a seat that was taken before. */
    TestServer(Server server, Seat seat) {
        this.server = server;
        this.admin = server.admin().account(Accounts.ADMIN);
        this.project = seat.project();
        this.token = seat.token();
        this.random = seat.random();
    }

    Seat seat() {
        return new Seat(project, token, random);
    }

    /** Goes on with a new project and a new device, so that a test starts with nothing. */
    void startAfresh() {
        project = server.admin().ensureProject(admin, "project " + random.nextLong());
        token = device(admin);
    }

    /** How many frames the project's packs hold, whether or not they have rows. */
    int frames() {
        AtomicInteger count = new AtomicInteger();
        for (PackId pack : blocks.packs(project)) {
            blocks.scan(project, pack, _ -> count.incrementAndGet());
        }
        return count.get();
    }

    /** A new device's token. */
    String device(AccountId account) {
        return server.admin().addDevice(account, "a device").token().value();
    }

    /** A new account that is a member of nothing. */
    String stranger() {
        String name = "stranger " + random.nextLong();
        return device(server.admin().ensureAccount(name, new Secret("pw")));
    }

    /** An answer as it came. */
    record Reply(int status, java.net.http.HttpHeaders headers, ByteBuffer body) {
        byte[] bytes() {
            byte[] copy = new byte[body.remaining()];
            body.duplicate().get(copy);
            return copy;
        }

        String text() {
            return new String(bytes(), java.nio.charset.StandardCharsets.UTF_8);
        }

        Problem problem() {
            assertThat(headers.firstValue("Content-Type")).contains("application/problem+json");
            return WireJson.PROBLEM.fromBytes(bytes());
        }

        Reply expect(int wanted) {
            assertThat(status).as("%s", text()).isEqualTo(wanted);
            return this;
        }

        Problem expect(ErrorCode code) {
            expect(code.httpStatus());
            assertThat(problem().code()).isEqualTo(code);
            return problem();
        }

        <T> T as(JsonCodec<T> codec) {
            return codec.fromBytes(expect(200).bytes());
        }
    }

    Reply send(String method, String path, String bearer, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<byte[]> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(
                    response.statusCode(), response.headers(), ByteBuffer.wrap(response.body()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Reply get(String path, String bearer, String... headers) {
        return send("GET", path, bearer, new byte[0], headers);
    }

    Reply get(String path) {
        return get(path, token);
    }

    /** Below the first project. */
    String at(String path) {
        return "/v1/projects/" + project + path;
    }

    ProjectView view() {
        return get(at("")).as(WireJson.PROJECT);
    }

    Commit commitOf(boolean atomic, List<Change> changes) {
        ProjectView now = view();
        return new Commit(
                new CommitId(RandomId.next(random)),
                new ReplicaId(RandomId.next(random)),
                now.proof(),
                atomic,
                changes);
    }

    CommitAnswer commit(Change... changes) {
        return commit(commitOf(false, List.of(changes)));
    }

    CommitAnswer commit(Commit commit) {
        return send("POST", at("/commits"), token, WireJson.COMMIT.toBytes(commit))
                .as(WireJson.COMMIT_ANSWER);
    }

    /** Commits and expects it all to be applied; returns the last node's id. */
    long applied(Change... changes) {
        CommitAnswer answer = commit(changes);
        assertThat(answer.results()).allMatch(ChangeResult.Applied.class::isInstance);
        return ((ChangeResult.Applied) answer.results().getLast()).node().id().value();
    }

    ChangesPage changes(long since, int limit) {
        return get(at("/changes?proof=" + view().proof() + "&since=" + since + "&limit=" + limit))
                .as(WireJson.CHANGES_PAGE);
    }

    /** Cuts, uploads, and names the content. */
    Content upload(byte[] bytes) {
        List<Block> made = new ArrayList<>();
        Content content = cut(bytes, made);
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            for (Block block : made) {
                if (!encoder.add(block)) {
                    put(encoder.finish(), token).expect(200);
                    encoder.add(block);
                }
            }
            if (encoder.blockCount() > 0) {
                put(encoder.finish(), token).expect(200);
            }
        }
        return content;
    }

    /** All blocks of a content, children before parents. */
    static Content cut(byte[] bytes, List<Block> into) {
        Cutter cutter = new Cutter(CutParameters.FORMAT_1);
        BlockHasher hasher = new BlockHasher();
        ContentBuilder builder = new ContentBuilder(tree -> into.add(Block.of(tree)));
        for (int from = 0; from < bytes.length; ) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            Hash hash = hasher.hash(0, bytes, from, to);
            into.add(new Block(hash, 0, ByteBuffer.wrap(bytes, from, to - from)));
            builder.add(hash, to - from);
            from = to;
        }
        return builder.finish();
    }

    static ByteBuffer chunk(List<Block> of) {
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            of.forEach(block -> assertThat(encoder.add(block)).isTrue());
            return encoder.finish();
        }
    }

    Reply put(ByteBuffer chunk, String bearer) {
        byte[] body = new byte[chunk.remaining()];
        chunk.duplicate().get(body);
        return putAs(name(chunk), body, bearer);
    }

    /** Sends these bytes as the chunk of that name. */
    Reply putAs(Hash name, byte[] body, String bearer) {
        return send("PUT", at("/chunks/" + name), bearer, body);
    }

    static Hash name(ByteBuffer chunk) {
        try (ChunkDecoder decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            return ChunkName.of(
                    decoder.decode(chunk).stream().map(one -> one.block().hash()).toList());
        }
    }

    static Change file(long id, long parent, String name, Content content) {
        return new Change.Create(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                Item.file(content, false, 1),
                Optional.empty());
    }

    static Change directory(long id, long parent, String name) {
        return new Change.Create(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                Item.DIRECTORY,
                Optional.empty());
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.close();
    }
}
