package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.core.block.Block;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.Stores;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;

/**
 * Requests of all kinds to a whole server in this process: cursors, terms, ranges, tags, codings,
 * proofs, paths, bodies. Whatever is sent, the answer isn't an internal error.
 */
final class RequestTarget implements Target {
    /** A new server after so many, lest what was made fills the memory. */
    private static final int REQUESTS_MAX = 20_000;

    private static final String ID = "0123456789abcdef0123456789abcdef";

    /** {@code {}} are texts of the input; {@code P} is the project. */
    private static final List<String> REQUESTS =
            List.of(
                    "GET /v1/projects/P/nodes/0/children?sort={}&order={}&after={}&limit={}",
                    "GET /v1/projects/P/nodes/{}/children?sort={}&from={}",
                    "GET /v1/projects/P/nodes/0/children?sort={}&before={}",
                    "GET /v1/projects/P/nodes/0/pages?size={}&sort={}&order={}",
                    "GET /v1/projects/P/nodes/0/position?prefix={}&sort={}&order={}",
                    "GET /v1/projects/P/search?q={}&limit={}&after={}",
                    "GET /v1/projects/P/resolve?path={}",
                    "GET /v1/projects/P/changes?since={}&proof={}&floor={}&limit={}&replica={}",
                    "GET /v1/projects/P/snapshot?replica={}",
                    "GET /v1/projects/P/snapshots/{}",
                    "GET /v1/projects/P/nodes/{}",
                    "GET /v1/projects/P/nodes/2/content?{}",
                    "HEAD /v1/projects/P/nodes/2/content?{}",
                    "GET /v1/projects/P/nodes/{}/history?before={}&limit={}",
                    "GET /v1/projects/P/nodes/{}/versions/{}/content",
                    "GET /v1/projects/P/deleted?limit={}&after={}",
                    "GET /v1/projects/P/deleted?dir={}&after={}",
                    "GET /v1/projects/P/deleted?path={}",
                    "GET /v1/projects/P/log?before={}&limit={}&device={}&since={}&until={}",
                    "GET /v1/devices?project={}",
                    "GET /{}",
                    "GET /openapi.yaml?{}",
                    "POST /v1/projects/P/commits",
                    "POST /v1/projects/P/restore",
                    "PUT /v1/projects/P/checkpoint",
                    "PUT /v1/projects/P/retention",
                    "POST /v1/projects/P/blocks/missing",
                    "POST /v1/projects/P/blocks/read",
                    "POST /v1/projects/P/blocks/signatures",
                    "PUT /v1/projects/P/chunks/{}",
                    "PUT /v1/projects/P/members/{}",
                    "DELETE /v1/projects/P/links/{}",
                    "POST /v1/join");

    private final Path folder;
    private Server server;
    private Wire wire;
    private String token = "";
    private ProjectId project = new ProjectId(ID);
    private String proof = "";
    private byte[] chunk = new byte[0];
    private Hash chunkName = Hash.EMPTY;
    private int requests;

    RequestTarget(Path folder) throws IOException {
        this.folder = folder;
        server = start();
        wire = connect();
    }

    private Server start() {
        Server started =
                Server.start(
                        new ServerSettings(
                                folder,
                                EdgeSettings.loopback(0),
                                Optional.of(new Secret("fuzzing")),
                                "test"),
                        new Stores(
                                new MemoryMetadataStore(),
                                new MemoryBlockStore(new SplittableRandom(1)),
                                new MemorySnapshotFiles(InstantSource.system()),
                                new MemoryEventBus()));
        var account = started.admin().account("admin");
        project = started.admin().ensureProject(account, "fuzzed");
        Secret secret = started.admin().addDevice(account, "device").token();
        token = secret.value();
        fill(started, secret);
        return started;
    }

    private void fill(Server started, Secret secret) {
        Block block = BlockTargets.block("0123456789".repeat(10));
        try (HttpServerApi api =
                        new HttpServerApi(
                                ServerAddress.parse(started.url().toString()),
                                Optional.of(secret));
                ChunkEncoder encoder = new ChunkEncoder()) {
            require(encoder.add(block), "no room");
            chunkName = ChunkName.of(List.of(block.hash()));
            chunk = BlockTargets.bytes(encoder.finish());
            var stored = api.putChunk(project, chunkName, ByteBuffer.wrap(chunk));
            require(stored != null, "not stored");
            Content content = new Content(0, block.hash(), 100);
            List<Change> changes = new ArrayList<>();
            changes.add(create(-1, 0, "d", Item.DIRECTORY));
            changes.add(create(-2, 0, "f.txt", Item.file(content, false, 5)));
            for (int i = 3; i < 30; i++) {
                changes.add(create(-i, i % 2 == 0 ? 0 : -1, "n" + i, Item.DIRECTORY));
            }
            proof = api.project(project).proof().toString();
            byte[] body = WireJson.COMMIT.toBytes(commit(changes));
            require(api.commit(project, body) != null, "not committed");
            proof = api.project(project).proof().toString();
        }
    }

    private Commit commit(List<Change> changes) {
        return new Commit(new CommitId(ID), new ReplicaId(ID), Proof.parse(proof), true, changes);
    }

    private static Change create(long id, long parent, String name, Item item) {
        return new Change.Create(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                Optional.empty());
    }

    private Wire connect() throws IOException {
        return new Wire(server.url().getPort());
    }

    @Override
    public String name() {
        return "request";
    }

    @Override
    public List<byte[]> samples() {
        List<byte[]> samples = new ArrayList<>();
        List<List<String>> texts =
                List.of(
                        List.of("name", "asc", "AQEBbjQ", "10"),
                        List.of("1", "size", "AQIBAAAAAAAAAAVuNQ"),
                        List.of("time", "AQMBAAAAAAAAAAVuNQ"),
                        List.of("100", "name", "desc"),
                        List.of("n", "name", "asc"),
                        List.of("n1", "5", "AQAAAAAAAAAJ"),
                        List.of("d/n3"),
                        List.of("0", proof, "0", "5", ID),
                        List.of(ID),
                        List.of(ID),
                        List.of("2"),
                        List.of(""),
                        List.of(""),
                        List.of("2", "9", "5"),
                        List.of("2", "2"),
                        List.of("5", "9"),
                        List.of("0", "9.YQ"),
                        List.of("d/x"),
                        List.of("9", "5", ID, "2026-01-02T03:04:05Z", "2027-01-02T03:04:05Z"),
                        List.of(project.toString()),
                        List.of("index.html"),
                        List.of(""));
        List<String> headers =
                List.of("bytes=0-9", "\"x\"", "\"y\"", "zstd, gzip;q=0.5", "application/json");
        for (int i = 0; i < texts.size(); i++) {
            List<String> all = new ArrayList<>(headers);
            all.addAll(texts.get(i));
            samples.add(Fields.of(i, all, ""));
        }
        List<String> bodies =
                List.of(
                        new String(
                                WireJson.COMMIT.toBytes(
                                        commit(List.of(new Change.Check(new NodeId(2), 2)))),
                                StandardCharsets.ISO_8859_1),
                        "{\"id\":\""
                                + ID
                                + "\",\"dryRun\":true,\"since\":"
                                + "\"2026-01-02T03:04:05Z\",\"directory\":0}",
                        "{\"replica\":\""
                                + ID
                                + "\",\"epoch\":\""
                                + ID
                                + "\",\"received\":1,"
                                + "\"digest\":\""
                                + Hash.EMPTY.toHex()
                                + "\",\"heldBack\":0,"
                                + "\"folder\":\"f\"}",
                        "{\"seconds\":864000}",
                        new String(new byte[32], StandardCharsets.ISO_8859_1),
                        new String(new byte[64], StandardCharsets.ISO_8859_1));
        for (String body : bodies) {
            samples.add(Fields.of(samples.size(), headers, body));
        }
        List<String> named = new ArrayList<>(headers);
        named.add(chunkName.toHex());
        samples.add(
                Fields.of(samples.size(), named, new String(chunk, StandardCharsets.ISO_8859_1)));
        return samples;
    }

    @Override
    public long allocationMax(int inputBytes) {
        // Only what this thread takes: the server's threads aren't measured.
        return 16 << 20;
    }

    @Override
    public int briefly() {
        return 250;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        if (++requests % REQUESTS_MAX == 0) {
            wire.close();
            server.close();
            server = start();
            wire = connect();
        }
        Fields fields = new Fields(input);
        String request = REQUESTS.get(fields.choice(REQUESTS.size()));
        String method = request.substring(0, request.indexOf(' '));
        StringBuilder head = new StringBuilder();
        for (String name :
                List.of("Range", "If-None-Match", "If-Range", "Accept-Encoding", "Content-Type")) {
            String value = fields.header();
            if (!value.isBlank()) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        }
        String path = request.substring(method.length() + 1).replace("/P/", "/" + project + "/");
        while (path.contains("{}")) {
            String part = fields.part();
            path = path.replaceFirst("\\{}", Matcher.quoteReplacement(part));
        }
        byte[] body = fields.body();
        boolean bodiless = method.equals("GET") || method.equals("HEAD");
        String line = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
        String rest =
                "Authorization: Bearer "
                        + token
                        + "\r\nContent-Length: "
                        + (bodiless ? 0 : body.length)
                        + "\r\n\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((line + head + rest).getBytes(StandardCharsets.ISO_8859_1));
        if (!bodiless) {
            out.writeBytes(body);
        }
        Wire.Answer answer = ask(out.toByteArray(), method.equals("HEAD"));
        require(
                answer.status() != 500 && answer.status() != 503,
                "%s was answered with %s: %s",
                line.strip(),
                answer.head(),
                new String(answer.body(), StandardCharsets.UTF_8));
        if (answer.closes()) {
            wire.close();
            wire = connect();
        }
    }

    /**
     * A server may end a connection between two requests, but not without an answer to the first.
     */
    private Wire.Answer ask(byte[] request, boolean headOnly) throws IOException {
        try {
            wire.send(request);
            return wire.answer(headOnly);
        } catch (EOFException | SocketException _) {
            wire.close();
            wire = connect();
            wire.send(request);
            return wire.answer(headOnly);
        }
    }

    @Override
    public void close() {
        try (Server _ = server;
                Wire _ = wire) {
            // Both are closed, whichever fails.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
