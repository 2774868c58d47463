package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.bytes;
import static io.syncline.client.transfer.TransferBench.content;
import static io.syncline.client.transfer.TransferBench.fetch;
import static io.syncline.client.transfer.TransferBench.incoming;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.syncline.client.api.FakeBlocks;
import io.syncline.client.api.FaultyServer;
import io.syncline.client.api.FaultyServer.Fault;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
    @TempDir private Path root;
    private TransferBench bench;
    private FakeBlocks blocks;

    @BeforeEach
    void open() {
        bench = new TransferBench(root);
        blocks = bench.server.blocks();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Puts a file's blocks into the server's store. */
    private Content store(byte[] bytes) {
        var cutter = new Cutter(CutParameters.FORMAT_1);
        var hasher = new BlockHasher();
        var builder = new ContentBuilder(tree -> blocks.store(Block.of(tree)));
        int from = 0;
        while (from < bytes.length) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            Hash hash = hasher.hash(0, bytes, from, to);
            blocks.store(new Block(hash, 0, ByteBuffer.wrap(bytes, from, to - from)));
            builder.add(hash, to - from);
            from = to;
        }
        return builder.finish();
    }

    private byte[] ready(Map<NodeId, Fetched> results, long node) {
        Fetched fetched = results.get(new NodeId(node));
        if (fetched instanceof Fetched.Ready ready) {
            assertThat(ready.temporary().startsWith(LocalPath.TEMPORARIES)).isTrue();
            byte[] bytes = bench.read(ready.temporary());
            assertThat(ready.stat().sizeBytes()).isEqualTo(bytes.length);
            return bytes;
        }
        throw new AssertionError("not fetched: " + fetched);
    }

    private byte[] fetchOne(Content content, LocalPath... sources) {
        return ready(fetch(bench.transfers(), List.of(incoming(1, content, sources))), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_385, 262_144, 262_145, 4_194_304, 20_000_003})
    void fileOfAnySizeArrivesWhole(int size) {
        byte[] bytes = bytes(size, size);
        assertThat(fetchOne(store(bytes))).isEqualTo(bytes);
        assertThat(blocks.servedTwice()).isEmpty();
        assertThat(bench.partials.all()).isEmpty();
        assertThat(bench.disk.temporaries()).as("the caller's one").hasSize(1);
    }

    @Test
    @DisplayName("R37 empty content makes no request")
    void emptyContentMakesNoRequest() {
        assertThat(fetchOne(Content.EMPTY)).isEmpty();
        assertThat(blocks.reads()).isZero();
    }

    @Test
    void temporaryHasTheAttributesOfTheItem() throws IOException {
        Content content = store(bytes(1, 1_000));
        var file =
                new Incoming(
                        new NodeId(1),
                        Item.file(content, true, 1_600_000_000_987_654_321L),
                        LocalPath.of("x"),
                        List.of());

        Map<NodeId, Fetched> results = fetch(bench.transfers(), List.of(file));

        assertThat(results.get(new NodeId(1)))
                .isInstanceOfSatisfying(
                        Fetched.Ready.class,
                        ready -> {
                            assertThat(ready.stat().executable()).isTrue();
                            assertThat(ready.stat().mtimeNanos())
                                    .isEqualTo(1_600_000_000_987_654_321L);
                            assertThat(bench.disk.stat(ready.temporary()).found())
                                    .hasValueSatisfying(now ->
                                            assertThat(now.unchangedSince(ready.stat())).isTrue());
                        });
    }

    @Test
    void linksArriveAsBytes() {
        byte[] target = "../some/where".getBytes(StandardCharsets.UTF_8);
        var file =
                new Incoming(
                        new NodeId(1),
                        Item.symlink(store(target), 0),
                        LocalPath.of("l"),
                        List.of());
        assertThat(fetch(bench.transfers(), List.of(file)).get(new NodeId(1)))
                .isInstanceOfSatisfying(
                        Fetched.Link.class, link -> assertThat(link.toBytes()).isEqualTo(target));
        assertThat(bench.disk.temporaries()).isEmpty();
    }

    @Test
    void manySmallFilesAreFewReads() {
        List<Incoming> files = new ArrayList<>();
        for (int i = 1; i <= 2_000; i++) {
            files.add(incoming(i, store(bytes(i, 500 + i % 3_000))));
        }
        Map<NodeId, Fetched> results = fetch(bench.transfers(), files);

        assertThat(results).hasSize(2_000);
        for (int i = 1; i <= 2_000; i++) {
            assertThat(ready(results, i)).isEqualTo(bytes(i, 500 + i % 3_000));
        }
        assertThat(blocks.reads()).isLessThanOrEqualTo(15);
    }

    @Test
    void treeBlocksOfManyFilesTravelTogether() {
        List<Incoming> files = new ArrayList<>();
        for (int i = 1; i <= 150; i++) {
            files.add(incoming(i, store(bytes(i, 400_000))));
        }
        Map<NodeId, Fetched> results = fetch(bench.transfers(), files);

        for (int i = 1; i <= 150; i++) {
            assertThat(ready(results, i)).isEqualTo(bytes(i, 400_000));
        }
        // 60 MB in reads of 4 MB, and the tree blocks.
        assertThat(blocks.reads()).isLessThan(60);
    }

    @Test
    void equalFilesAllArrive() {
        byte[] bytes = bytes(5, 6_000_000);
        Content content = store(bytes);
        List<Incoming> files = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            files.add(incoming(i, content));
        }
        Map<NodeId, Fetched> results = fetch(bench.transfers(), files);
        for (int i = 1; i <= 10; i++) {
            assertThat(ready(results, i)).isEqualTo(bytes);
        }
        assertThat(bench.partials.all()).isEmpty();
    }

    @Test
    void whatTheOldVersionHoldsIsNotFetched() {
        byte[] old = bytes(1, 20_000_000);
        LocalPath path = bench.write("old", old);
        byte[] fresh = new byte[old.length + 500_000];
        System.arraycopy(bytes(2, 500_000), 0, fresh, 0, 500_000);
        System.arraycopy(old, 0, fresh, 500_000, old.length);

        assertThat(fetchOne(store(fresh), path)).isEqualTo(fresh);
        assertThat(blocks.readBytes()).isLessThan(1_000_000);
    }

    @Test
    void copyOfALocalFileIsNotFetched() {
        for (int size : new int[] {30_000, 3_000_000}) {
            byte[] bytes = bytes(size, size);
            LocalPath copy = bench.write("copy", bytes);
            Content content = store(bytes);
            long before = blocks.readBytes();
            assertThat(fetchOne(content, LocalPath.of("gone"), copy)).isEqualTo(bytes);
            assertThat(blocks.readBytes() - before).isLessThan(10_000);
        }
    }

    @Test
    @DisplayName("scenario 43: going on after a cut fetches nothing twice")
    void resumingFetchesOnlyWhatIsMissing() {
        byte[] bytes = bytes(3, 40_000_000);
        Content content = store(bytes);
        // By what was read, not by calls: the fourth lane may ask before the first is answered.
        ServerApi cut =
                FaultyServer.around(
                        bench.api,
                        _ -> blocks.readBytes() > 8_000_000 ? Fault.LOST_REQUEST : Fault.NONE);
        assertThatThrownBy(() -> fetch(bench.transfers(cut), List.of(incoming(1, content))))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(bench.partials.all()).containsOnlyKeys(content);
        long before = blocks.readBytes();
        assertThat(before).isGreaterThan(8_000_000);

        assertThat(fetchOne(content)).isEqualTo(bytes);

        // Only the tree block, and what the lanes had in hand when the line was cut.
        assertThat(blocks.readBytes())
                .isLessThan(bytes.length + 400_000L + Downloader.LANES * FetchQueue.BATCH_BYTES);
        assertThat(bench.partials.all()).isEmpty();
        assertThat(bench.disk.temporaries()).hasSize(1);
    }

    @Test
    void damagedPartialIsMended() throws IOException {
        byte[] bytes = bytes(3, 20_000_000);
        Content content = store(bytes);
        var calls = new AtomicInteger();
        ServerApi cut =
                FaultyServer.around(
                        bench.api,
                        _ -> calls.incrementAndGet() > 4 ? Fault.LOST_REQUEST : Fault.NONE);
        assertThatThrownBy(() -> fetch(bench.transfers(cut), List.of(incoming(1, content))))
                .isInstanceOf(SynclineException.class);
        Path partial = root.resolve(bench.partials.find(content).orElseThrow().toString());
        byte[] damaged = Files.readAllBytes(partial);
        byte[] longer = java.util.Arrays.copyOf(damaged, bytes.length + 5_000);
        for (int i = 0; i < damaged.length; i += 1_000_000) {
            longer[i] ^= 1;
        }
        Files.write(partial, longer);

        assertThat(fetchOne(content)).isEqualTo(bytes);
    }

    @Test
    void partialThatIsGoneIsBegunAnew() {
        byte[] bytes = bytes(3, 5_000_000);
        Content content = store(bytes);
        bench.partials.keep(content, LocalPath.TEMPORARIES.child("gone"));
        assertThat(fetchOne(content)).isEqualTo(bytes);
    }

    @Test
    void blockThatIsNotStoredFailsItsFileAlone() {
        byte[] good = bytes(1, 900_000);
        byte[] bad = bytes(2, 900_000);
        Content goodContent = store(good);
        Content badContent = store(bad);
        Hash lost =
                TreeBlock.parse(blocks.block(badContent.hash()).bytes()).entries().get(3).hash();
        bench.server.condemn(lost);
        Content treeless = store(bytes(3, 900_000));
        bench.server.condemn(treeless.hash());
        Content small = store(bytes(4, 100));
        bench.server.condemn(small.hash());

        Map<NodeId, Fetched> results =
                fetch(
                        bench.transfers(),
                        List.of(
                                incoming(1, badContent),
                                incoming(2, goodContent),
                                incoming(3, treeless),
                                incoming(4, small)));

        assertThat(ready(results, 2)).isEqualTo(good);
        assertThat(missing(results, 1)).containsExactly(lost);
        assertThat(missing(results, 3)).containsExactly(treeless.hash());
        assertThat(missing(results, 4)).containsExactly(small.hash());
        assertThat(bench.disk.temporaries()).as("no litter").hasSize(1);
    }

    private static List<Hash> missing(Map<NodeId, Fetched> results, long node) {
        Fetched fetched = results.get(new NodeId(node));
        if (fetched instanceof Fetched.Unavailable(_, var hashes)) {
            return hashes;
        }
        throw new AssertionError("expected Unavailable: " + fetched);
    }

    @Test
    void damagedBlockFailsItsFileAlone() {
        byte[] good = bytes(1, 900_000);
        Content goodContent = store(good);
        Content badContent = store(bytes(2, 900_000));
        Hash damaged =
                TreeBlock.parse(blocks.block(badContent.hash()).bytes()).entries().get(3).hash();
        blocks.damage(damaged);

        Map<NodeId, Fetched> results =
                fetch(
                        bench.transfers(),
                        List.of(incoming(1, badContent), incoming(2, goodContent)));

        assertThat(ready(results, 2)).isEqualTo(good);
        assertThat(results.get(new NodeId(1))).isInstanceOf(Fetched.Damaged.class);
    }

    @Test
    @DisplayName(
            "what else was wanted of a file that fails isn't asked for, and the file is told of")
    void damagedBlockFailsALargeFileAtOnce() {
        byte[] large = bytes(3, 40_000_000);
        Content content = store(large);
        Hash first = TreeBlock.parse(blocks.block(content.hash()).bytes()).entries().get(0).hash();
        blocks.damage(TreeBlock.parse(blocks.block(first).bytes()).entries().get(3).hash());

        Map<NodeId, Fetched> results =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(60),
                        () -> fetch(bench.transfers(), List.of(incoming(1, content))));

        assertThat(results.get(new NodeId(1))).isInstanceOf(Fetched.Damaged.class);
        assertThat(bench.disk.temporaries()).as("but what it may go on with").hasSize(1);
    }

    @Test
    void contentThatLiesAboutItsSizeIsDamaged() {
        byte[] bytes = bytes(2, 900_000);
        Content content = store(bytes);
        var liar = new Content(content.level(), content.hash(), 900_001);
        var single = store(bytes(3, 100));
        var shorter = new Content(0, single.hash(), 99);
        Map<NodeId, Fetched> results =
                fetch(
                        bench.transfers(),
                        List.of(incoming(1, liar), incoming(2, shorter), incoming(3, content)));
        assertThat(results.get(new NodeId(1))).isInstanceOf(Fetched.Damaged.class);
        assertThat(results.get(new NodeId(2))).isInstanceOf(Fetched.Damaged.class);
        assertThat(ready(results, 3)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST_REQUEST", "LOST_ANSWER", "TWICE"})
    @DisplayName("L8 after any call that fails or happens twice, a second try completes")
    void everyCallMayGoWrong(Fault fault) {
        List<Incoming> files = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            files.add(incoming(i, store(bytes(i, i * 50_000))));
        }
        files.add(incoming(21, store(bytes(21, 9_000_000))));
        for (int wrong = 1; wrong <= 8; wrong++) {
            int which = wrong;
            var calls = new AtomicInteger();
            ServerApi faulty =
                    FaultyServer.around(
                            bench.api, _ -> calls.incrementAndGet() == which ? fault : Fault.NONE);
            List<Fetched> told = Collections.synchronizedList(new ArrayList<>());
            try {
                bench.transfers(faulty).fetch(files, told::add, Progress.Listener.NONE);
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            }
            assertThat(told).allMatch(Fetched.Ready.class::isInstance);
            Map<NodeId, Fetched> results = fetch(bench.transfers(), files);
            assertThat(ready(results, 21)).isEqualTo(bytes(21, 9_000_000));
            for (int i = 1; i <= 20; i++) {
                assertThat(ready(results, i)).isEqualTo(bytes(i, i * 50_000));
            }
            bench.disk
                    .temporaries()
                    .forEach(
                            entry -> bench.disk.discard(LocalPath.TEMPORARIES.child(entry.name())));
        }
    }

    @Test
    void interruptCancelsAndLeavesNoLitter() throws Exception {
        Content large = store(bytes(1, 30_000_000));
        Content small = store(bytes(2, 300_000));
        var arrived = new CountDownLatch(1);
        var calls = new AtomicInteger();
        ServerApi stuck =
                FaultyServer.around(
                        bench.api,
                        _ -> {
                            if (calls.incrementAndGet() > 3) {
                                arrived.countDown();
                                new CountDownLatch(1).await();
                            }
                            return Fault.NONE;
                        });
        var thrown = new AtomicReference<ErrorCode>();
        Set<LocalPath> mayStay = ConcurrentHashMap.newKeySet();
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                bench.transfers(stuck)
                                        .fetch(
                                                List.of(incoming(1, large), incoming(2, small)),
                                                fetched ->
                                                        mayStay.add(
                                                                ((Fetched.Ready) fetched)
                                                                        .temporary()),
                                                Progress.Listener.NONE);
                            } catch (SynclineException e) {
                                thrown.set(e.code());
                            }
                        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(10))).isTrue();

        assertThat(thrown).hasValue(ErrorCode.UNAVAILABLE);
        mayStay.addAll(bench.partials.all().values());
        assertThat(bench.disk.temporaries())
                .allMatch(entry -> mayStay.contains(LocalPath.TEMPORARIES.child(entry.name())));
    }

    @Test
    void sentFileComesBack() {
        LocalPath path = bench.write("file", bytes(9, 7_654_321));
        Content content = content(bench.send(path), path);
        assertThat(fetchOne(content)).isEqualTo(bench.read(path));
    }

    @Test
    void progressEndsComplete() {
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());
        bench.transfers()
                .fetch(
                        List.of(
                                incoming(1, store(bytes(1, 9_000_000))),
                                incoming(2, store(bytes(2, 10)))),
                        _ -> {},
                        told::add);
        Progress last = told.getLast();
        assertThat(last.filesDone()).isEqualTo(2);
        assertThat(last.bytesDone()).isEqualTo(9_000_010);
        assertThat(last.bytesTotal()).isEqualTo(9_000_010);
        assertThat(last.large()).isEmpty();
    }

    private static ErrorCode code(Throwable e) {
        assertThat(e).isInstanceOf(SynclineException.class);
        return ((SynclineException) e).code();
    }
}
