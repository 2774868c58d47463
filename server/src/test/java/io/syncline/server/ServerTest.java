package io.syncline.server;

import static io.syncline.server.TestServer.chunk;
import static io.syncline.server.TestServer.cut;
import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The tree and the blocks over real HTTP. */
class ServerTest {
    private static final TestServer server = new TestServer();

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    // ---- Commits and the feed.

    @Test
    void committedFileIsListedReadAndDownloaded() {
        byte[] bytes = server.randomBytes(300_000);
        Content content = server.upload(bytes);
        long id = server.applied(directory(-1, 0, "d"), file(-2, -1, "f.bin", content));

        Node node = server.get(server.at("/nodes/" + id)).as(WireJson.NODE);
        assertThat(node.item().content()).contains(content);
        assertThat(server.get(server.at("/resolve?path=d/f.bin")).as(WireJson.RESOLVED).node())
                .contains(node);
        assertThat(server.get(server.at("/resolve?path=/")).as(WireJson.RESOLVED).node()).isEmpty();
        ChildrenPage page = server.get(server.at("/nodes/1/children")).as(WireJson.CHILDREN_PAGE);
        assertThat(page.nodes()).containsExactly(node);
        assertThat(server.get(server.at("/nodes/" + id + "/content")).expect(200).bytes())
                .isEqualTo(bytes);
    }

    @Test
    @DisplayName("L1 R14 pages of the feed end at the head, in order, and prove it by the digest")
    void feedIsReadInPages() {
        Change[] changes = new Change[25];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = directory(-1 - i, 0, "d" + i);
        }
        server.applied(changes);
        List<Long> sequences = new ArrayList<>();
        TreeDigest digest = TreeDigest.EMPTY;
        long cursor = 0;
        ChangesPage page;
        do {
            page = server.changes(cursor, 10);
            assertThat(page.from()).isEqualTo(cursor);
            for (Node node : page.changes()) {
                sequences.add(node.sequence());
                digest = digest.plus(node);
            }
            cursor = page.to();
        } while (page.more());
        assertThat(sequences).hasSize(25).isSorted().doesNotHaveDuplicates();
        assertThat(page.to()).isEqualTo(page.head()).isEqualTo(25);
        assertThat(page.digest()).contains(digest);
    }

    @Test
    @DisplayName(
            "scenario 12, R2 a cursor that isn't proven to be of this history must resync, never"
                    + " deleting")
    void foreignCursorsResync() {
        server.applied(directory(-1, 0, "d"));
        Proof here = server.view().proof();
        Proof foreign =
                new Proof(new Cursor(new Epoch("e".repeat(32)), 1), here.digest(), here.mac());
        Proof wrong = new Proof(here.cursor(), TreeDigest.EMPTY, here.mac());
        for (String query :
                List.of(
                        "since=1",
                        "since=1&proof=" + foreign,
                        "since=1&proof=" + wrong,
                        "since=2&proof=" + here)) {
            Problem problem = server.get(server.at("/changes?" + query)).expect(ErrorCode.EXPIRED);
            assertThat(problem.resync()).as(query).contains(Resync.UNION);
            assertThat(problem.fork()).as(query).isZero();
        }
        server.get(server.at("/changes?since=1&proof=1")).expect(ErrorCode.INVALID);

        Commit good = server.commitOf(false, List.of(directory(-1, 0, "x")));
        Commit lost = new Commit(good.id(), good.replica(), foreign, false, good.changes());
        server.send("POST", server.at("/commits"), server.token, WireJson.COMMIT.toBytes(lost))
                .expect(ErrorCode.EXPIRED);
        assertThat(server.view().head()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "scenario 86, L8 R9 a repeated commit gets the first answer, byte by byte, and no"
                    + " effect")
    void repeatedCommit() {
        Commit commit = server.commitOf(false, List.of(directory(-1, 0, "d")));
        byte[] body = WireJson.COMMIT.toBytes(commit);
        Reply first = server.send("POST", server.at("/commits"), server.token, body).expect(200);
        server.applied(directory(-1, 0, "later"));
        Reply again = server.send("POST", server.at("/commits"), server.token, body).expect(200);
        assertThat(again.bytes()).isEqualTo(first.bytes());
        assertThat(server.view().head()).isEqualTo(2);

        Commit other =
                new Commit(
                        commit.id(),
                        commit.replica(),
                        commit.base(),
                        false,
                        List.of(directory(-1, 0, "other")));
        server.send("POST", server.at("/commits"), server.token, WireJson.COMMIT.toBytes(other))
                .expect(ErrorCode.INVALID);
        assertThat(server.view().head()).isEqualTo(2);
    }

    @Test
    @DisplayName("L8 a refused commit is refused again with the same answer")
    void repeatedRefusal() {
        server.applied(directory(-1, 0, "d"));
        byte[] body =
                WireJson.COMMIT.toBytes(server.commitOf(false, List.of(directory(-1, 0, "d"))));
        Reply first = server.send("POST", server.at("/commits"), server.token, body).expect(200);
        long d = 1;
        server.applied(new Change.Delete(new NodeId(d), 1));
        assertThat(server.send("POST", server.at("/commits"), server.token, body).bytes())
                .isEqualTo(first.bytes());
    }

    @Test
    @DisplayName("scenario 70: names that lead elsewhere are refused")
    void hostileNamesAreRefused() {
        for (String name : List.of("..", ".", "a/b", "\\u0000", "")) {
            Commit commit = server.commitOf(false, List.of(directory(-1, 0, "NAME")));
            String body =
                    new String(
                                    WireJson.COMMIT.toBytes(commit),
                                    java.nio.charset.StandardCharsets.UTF_8)
                            .replace("NAME", name);
            server.send(
                            "POST",
                            server.at("/commits"),
                            server.token,
                            body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .expect(ErrorCode.INVALID);
        }
        assertThat(server.view().head()).isZero();
    }

    @Test
    void malformedBodiesAreInvalid() {
        for (String body : List.of("", "{", "[]", "{\"id\":5}", "\u0000\u0001", "null")) {
            server.send(
                            "POST",
                            server.at("/commits"),
                            server.token,
                            body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .expect(ErrorCode.INVALID);
        }
    }

    @Test
    void childrenArePagedByKeyInByteOrder() {
        Change[] changes = new Change[30];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = directory(-1 - i, 0, "n%02d é".formatted(i));
        }
        server.applied(changes);
        List<String> names = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            String query = "?limit=7" + after.map(a -> "&after=" + a).orElse("");
            ChildrenPage page =
                    server.get(server.at("/nodes/0/children" + query)).as(WireJson.CHILDREN_PAGE);
            page.nodes().forEach(node -> names.add(node.place().name().value()));
            after = page.after();
        } while (after.isPresent());
        assertThat(names).hasSize(30).isSorted();
        server.get(server.at("/nodes/0/children?after=!!")).expect(ErrorCode.INVALID);
        server.get(server.at("/nodes/0/children?after=" + "A".repeat(9_000)))
                .expect(ErrorCode.INVALID);
        server.get(server.at("/nodes/0/children?limit=1001")).expect(ErrorCode.INVALID);
        server.get(server.at("/nodes/99/children")).expect(ErrorCode.NOT_FOUND);
    }

    @Test
    void logTellsWhoDidWhatNewestFirst() {
        server.applied(directory(-1, 0, "d"));
        server.applied(new Change.Delete(new NodeId(1), 1));
        List<LogEntry> entries =
                server.get(server.at("/log?limit=1")).as(WireJson.LOG_PAGE).entries();
        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().action()).isEqualTo(LogEntry.Action.DELETE);
        assertThat(entries.getFirst().deviceName()).isEqualTo("a device");
        var older = server.get(server.at("/log?before=2&limit=1")).as(WireJson.LOG_PAGE);
        assertThat(older.entries().getFirst().action()).isEqualTo(LogEntry.Action.CREATE);
        assertThat(older.before()).isEmpty();
    }

    // ---- Checkpoints.

    private Checkpoint checkpoint(ReplicaId replica, long sequence, TreeDigest digest) {
        Cursor cursor = new Cursor(server.view().epoch(), sequence);
        return new Checkpoint(replica, cursor, digest, Optional.of(cursor), 0, "docs");
    }

    private Reply put(Checkpoint checkpoint) {
        return server.send(
                "PUT",
                server.at("/checkpoint"),
                server.token,
                WireJson.CHECKPOINT.toBytes(checkpoint));
    }

    @Test
    @DisplayName("R15 R2 L6 a checkpoint is judged by the digest at exactly its sequence")
    void checkpointsAreJudged() {
        server.applied(directory(-1, 0, "a"));
        TreeDigest atOne = server.view().digest();
        server.applied(directory(-1, 0, "b"), directory(-2, 0, "c"));
        ReplicaId replica = new ReplicaId("1".repeat(32));
        put(checkpoint(replica, 1, atOne)).expect(204);
        var view = server.get(server.at("/replicas")).as(WireJson.REPLICAS).getFirst();
        assertThat(view.inStep()).isFalse();
        put(checkpoint(replica, 3, server.view().digest())).expect(204);
        put(checkpoint(replica, 3, server.view().digest())).expect(204);
        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS))
                .singleElement()
                .matches(r -> r.inStep() && r.folder().equals("docs"));

        assertThat(put(checkpoint(replica, 3, atOne)).expect(ErrorCode.EXPIRED).resync())
                .contains(Resync.RECONCILE);
        // No commit ended at 2.
        assertThat(put(checkpoint(replica, 2, atOne)).expect(ErrorCode.EXPIRED).resync())
                .contains(Resync.RECONCILE);
        assertThat(put(checkpoint(replica, 4, atOne)).expect(ErrorCode.EXPIRED).resync())
                .contains(Resync.UNION);
    }

    @Test
    @DisplayName("R42 a replica that went back, or is another device's, must register anew")
    void replicaThatWentBack() {
        server.applied(directory(-1, 0, "a"));
        ReplicaId replica = new ReplicaId("2".repeat(32));
        put(checkpoint(replica, 1, server.view().digest())).expect(204);
        put(checkpoint(replica, 0, TreeDigest.EMPTY)).expect(ErrorCode.STALE);
        String other = server.device(server.admin);
        server.send(
                        "PUT",
                        server.at("/checkpoint"),
                        other,
                        WireJson.CHECKPOINT.toBytes(checkpoint(replica, 1, server.view().digest())))
                .expect(ErrorCode.STALE);
        assertThat(
                        server.get(server.at("/replicas"))
                                .as(WireJson.REPLICAS)
                                .getFirst()
                                .received()
                                .orElseThrow()
                                .sequence())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("R42 L9 of a replica that must register anew nobody is told that it differs")
    void aReplicaThatDifferedAndRegistersAnew() {
        server.applied(directory(-1, 0, "a"));
        ReplicaId replica = new ReplicaId("3".repeat(32));
        put(checkpoint(replica, 1, server.view().digest())).expect(204);
        put(checkpoint(replica, 1, TreeDigest.EMPTY)).expect(ErrorCode.EXPIRED);
        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS))
                .singleElement()
                .matches(ReplicaView::differs);

        put(checkpoint(replica, 0, TreeDigest.EMPTY)).expect(ErrorCode.STALE);

        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS))
                .singleElement()
                .matches(r -> !r.differs());
    }

    // ---- Blocks.

    private static byte[] list(List<Hash> hashes) {
        ByteBuffer out = ByteBuffer.allocate(hashes.size() * Hash.BYTES);
        hashes.forEach(hash -> hash.write(out));
        return out.array();
    }

    private Reply missing(List<Hash> hashes) {
        return server.send("POST", server.at("/blocks/missing"), server.token, list(hashes));
    }

    private Reply read(List<Hash> hashes) {
        return server.send("POST", server.at("/blocks/read"), server.token, list(hashes));
    }

    @Test
    void missingIsABitmapLowestBitFirst() {
        List<Block> made = new ArrayList<>();
        cut("one".getBytes(java.nio.charset.StandardCharsets.UTF_8), made);
        server.put(chunk(made), server.token).expect(200);
        Hash stored = made.getFirst().hash();
        List<Hash> asked = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            asked.add(i == 3 ? stored : Hash.sha256(new byte[] {(byte) i}));
        }
        assertThat(missing(asked).expect(200).bytes())
                .containsExactly((byte) 0b1111_0111, (byte) 1);
        assertThat(missing(List.of()).expect(200).bytes()).isEmpty();
        server.send("POST", server.at("/blocks/missing"), server.token, new byte[33])
                .expect(ErrorCode.INVALID);
        server.send(
                        "POST",
                        server.at("/blocks/missing"),
                        server.token,
                        new byte[(Limits.MISSING_HASHES_MAX + 1) * Hash.BYTES])
                .expect(ErrorCode.TOO_LARGE);
    }

    @Test
    void blocksAreReadInTheOrderAsked() {
        byte[] bytes = server.randomBytes(600_000);
        List<Block> made = new ArrayList<>();
        cut(bytes, made);
        server.upload(bytes);
        List<Hash> asked = new ArrayList<>(made.stream().map(Block::hash).toList());
        java.util.Collections.reverse(asked);
        asked.add(asked.getFirst());
        Reply reply = read(asked).expect(200);
        try (ChunkDecoder decoder = new ChunkDecoder(Limits.READ_BYTES_MAX)) {
            assertThat(
                            decoder.decode(reply.body()).stream()
                                    .map(received -> received.block().hash())
                                    .toList())
                    .isEqualTo(asked);
        }
        Hash unknown = Hash.sha256(new byte[] {9});
        assertThat(read(List.of(asked.getFirst(), unknown)).expect(ErrorCode.NOT_FOUND).missing())
                .containsExactly(unknown);
        List<Hash> tooMuch = new ArrayList<>();
        long size = 0;
        while (size <= Limits.READ_BYTES_MAX) {
            tooMuch.add(made.getFirst().hash());
            size += made.getFirst().sizeBytes();
        }
        read(tooMuch).expect(ErrorCode.TOO_LARGE);
        read(List.of()).expect(ErrorCode.INVALID);
    }

    @Test
    @DisplayName("scenario 45, L8 a repeated chunk stores nothing again")
    void repeatedChunk() {
        List<Block> made = new ArrayList<>();
        cut(server.randomBytes(100_000), made);
        var first = server.put(chunk(made), server.token).as(WireJson.CHUNK_ANSWER);
        var again = server.put(chunk(made), server.token).as(WireJson.CHUNK_ANSWER);
        assertThat(first.stored()).isEqualTo(made.size());
        assertThat(again.stored()).isZero();
        assertThat(again.known()).isEqualTo(made.size());
        assertThat(server.frames()).isEqualTo(made.size());
    }

    @Test
    @DisplayName("L3 a tree block without its children is refused and nothing is kept")
    void treeBlocksNeedTheirChildren() {
        List<Block> made = new ArrayList<>();
        Content content = cut(server.randomBytes(1_000_000), made);
        assertThat(content.level()).isEqualTo(1);
        Block tree = made.getLast();
        Block child = made.getFirst();
        List<Block> withoutChild = made.subList(1, made.size());
        Problem problem = server.put(chunk(withoutChild), server.token).expect(ErrorCode.STALE);
        assertThat(problem.missing()).containsExactly(child.hash());
        assertThat(missing(List.of(tree.hash(), made.get(1).hash())).bytes())
                .containsExactly((byte) 3);
        assertThat(server.frames()).isZero();

        // The order inside a chunk counts: children come first.
        List<Block> treeFirst = new ArrayList<>(made);
        treeFirst.remove(tree);
        treeFirst.addFirst(tree);
        server.put(chunk(treeFirst), server.token).expect(ErrorCode.STALE);
        server.put(chunk(List.of(child)), server.token).expect(200);
        server.put(chunk(withoutChild), server.token).expect(200);
        assertThat(missing(List.of(tree.hash())).bytes()).containsExactly((byte) 0);
    }

    /** A chunk of frames, which say their blocks' names, so that every byte matters. */
    private static byte[] frames(List<Block> blocks) {
        try (FrameEncoder encoder = new FrameEncoder()) {
            List<ByteBuffer> parts =
                    ChunkEncoder.ofFrames(blocks.stream().map(encoder::encode).toList());
            int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
            ByteBuffer whole = ByteBuffer.allocate(length);
            parts.forEach(whole::put);
            return whole.array();
        }
    }

    @Test
    void hostileChunksAreRefusedWithoutEffect() {
        List<Block> made = new ArrayList<>();
        cut(server.randomBytes(50_000), made);
        byte[] body = frames(made);

        Hash name = TestServer.name(ByteBuffer.wrap(body));
        // The address must name the blocks.
        server.putAs(Hash.EMPTY, body, server.token).expect(ErrorCode.INVALID);
        server.send("PUT", server.at("/chunks/nonsense"), server.token, body)
                .expect(ErrorCode.INVALID);
        // Every byte matters.
        for (int i = 0; i < body.length; i += 997) {
            byte[] bad = body.clone();
            bad[i] ^= 1;
            server.putAs(name, bad, server.token).expect(ErrorCode.INVALID);
        }
        for (int length : new int[] {body.length - 1, body.length + 1, 0}) {
            server.putAs(name, Arrays.copyOf(body, length), server.token).expect(ErrorCode.INVALID);
        }
        server.putAs(name, new byte[Limits.CHUNK_BYTES_MAX + 1], server.token)
                .expect(ErrorCode.TOO_LARGE);
        assertThat(server.frames()).isZero();
    }

    @Test
    void bytesThatChangedOnTheirWayAreNoticedThoughTheChunkHoldsNoNames() {
        List<Block> made = new ArrayList<>();
        cut(server.randomBytes(300_000), made);
        ByteBuffer chunk = chunk(made);
        Hash name = TestServer.name(chunk);
        byte[] body = new byte[chunk.remaining()];
        chunk.get(body);
        byte[] bad = body.clone();
        bad[bad.length - 1] ^= 1;

        server.putAs(name, bad, server.token).expect(ErrorCode.INVALID);
        assertThat(server.frames()).isZero();
        server.putAs(name, body, server.token).expect(200);
    }

    @Test
    void zstdBombsAreRefused() {
        // 4 MiB of zeros are a few hundred bytes of zstd; the header lies about it.
        byte[] zeros = new byte[256 << 10];
        List<Block> blocks = new ArrayList<>();
        cut(zeros, blocks);
        ByteBuffer chunk = chunk(List.of(blocks.getFirst()));
        Hash name = TestServer.name(chunk);
        byte[] body = new byte[chunk.remaining()];
        chunk.get(body);
        assertThat(body.length).isLessThan(1_000);
        byte[] bomb = body.clone();
        // Plain bytes of the chunk, as its header says: one less than there are.
        ByteBuffer.wrap(bomb).putInt(12, blocks.getFirst().sizeBytes() - 1);
        server.putAs(name, bomb, server.token).expect(ErrorCode.INVALID);
        // And more than may ever be.
        ByteBuffer.wrap(bomb).putInt(12, Integer.MAX_VALUE);
        server.putAs(name, bomb, server.token).expect(ErrorCode.INVALID);
        assertThat(server.frames()).isZero();
    }

    // ---- Downloads.

    @Test
    void downloadsHonourRangesAndEtags() {
        byte[] bytes = server.randomBytes(3_000_000);
        Content content = server.upload(bytes);
        long id = server.applied(file(-1, 0, "ü \"x\".bin", content));
        String path = server.at("/nodes/" + id + "/content");

        Reply whole = server.get(path, server.token).expect(200);
        assertThat(whole.bytes()).isEqualTo(bytes);
        String etag = whole.headers().firstValue("ETag").orElseThrow();
        assertThat(etag).isEqualTo("\"" + content.hash() + "\"");
        assertThat(whole.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename*=UTF-8''%C3%BC%20%22x%22.bin");
        assertThat(whole.headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .startsWith("sandbox");

        for (int[] range :
                new int[][] {{0, 0}, {1, 70_000}, {65_000, 2_999_999}, {2_999_999, 2_999_999}}) {
            Reply part =
                    server.get(path, server.token, "Range", "bytes=" + range[0] + "-" + range[1])
                            .expect(206);
            assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(bytes, range[0], range[1] + 1));
            assertThat(part.headers().firstValue("Content-Range"))
                    .contains("bytes " + range[0] + "-" + range[1] + "/3000000");
        }
        assertThat(server.get(path, server.token, "Range", "bytes=-5").expect(206).bytes())
                .isEqualTo(Arrays.copyOfRange(bytes, 2_999_995, 3_000_000));
        assertThat(server.get(path, server.token, "Range", "bytes=2999990-").bytes()).hasSize(10);
        server.get(path, server.token, "Range", "bytes=3000000-").expect(416);
        server.get(path, server.token, "Range", "bytes=1-2,4-5").expect(200);
        server.get(path, server.token, "Range", "bytes=0-0", "If-Range", "\"other\"").expect(200);
        server.get(path, server.token, "Range", "bytes=0-0", "If-Range", etag).expect(206);
        server.get(path, server.token, "If-None-Match", "\"x\", W/" + etag).expect(304);

        Reply head = server.send("HEAD", path, server.token, new byte[0]).expect(200);
        assertThat(head.bytes()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).contains("3000000");
    }

    @Test
    void emptyFileAndDirectoryDownloads() {
        long id = server.applied(file(-1, 0, "empty", Content.EMPTY));
        assertThat(server.get(server.at("/nodes/" + id + "/content")).expect(200).bytes())
                .isEmpty();
        long directory = server.applied(directory(-1, 0, "d"));
        server.get(server.at("/nodes/" + directory + "/content")).expect(ErrorCode.INVALID);
        server.get(server.at("/nodes/99/content")).expect(ErrorCode.NOT_FOUND);
    }
}
