package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.bytes;
import static io.syncline.client.transfer.TransferBench.content;
import static io.syncline.client.transfer.TransferBench.outgoing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.api.FakeBlocks;
import io.syncline.client.api.FaultyServer;
import io.syncline.client.api.FaultyServer.Fault;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

class UploadTest {
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

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                16_384,
                16_385,
                262_144,
                262_145,
                ContentReader.WINDOW_BYTES - 1,
                ContentReader.WINDOW_BYTES,
                ContentReader.WINDOW_BYTES + 1,
                20_000_003
            })
    void fileOfAnySizeIsStoredWhole(int size) {
        byte[] bytes = bytes(size, size);
        LocalPath path = bench.write("d/file", bytes);

        Content content = content(bench.send(path), path);

        assertThat(content.sizeBytes()).isEqualTo(size);
        assertThat(blocks.bytes(content)).isEqualTo(bytes);
        assertThat(blocks.receivedTwice()).isEmpty();
    }

    @Test
    @DisplayName("R37 empty content makes no request, a link's content is its target")
    void emptyFilesAndLinks() throws IOException {
        LocalPath empty = bench.write("empty", new byte[0]);
        assertThat(content(bench.send(empty), empty)).isEqualTo(Content.EMPTY);
        assertThat(blocks.questions() + blocks.chunks()).isZero();

        Files.createSymbolicLink(root.resolve("link"), Path.of("somewhere/ü"));
        LocalPath link = LocalPath.of("link");
        Content target = content(bench.send(link), link);
        assertThat(blocks.bytes(target)).isEqualTo("somewhere/ü".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void manySmallFilesAreDozensOfRequests() {
        List<LocalPath> paths = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            paths.add(bench.write("d" + i % 50 + "/f" + i, bytes(i, 500 + i % 3_000)));
        }

        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(), paths);

        assertThat(results).hasSize(5_000);
        for (LocalPath path : paths) {
            assertThat(blocks.bytes(content(results, path))).isEqualTo(bench.read(path));
        }
        assertThat(blocks.questions()).isLessThanOrEqualTo(10);
        assertThat(blocks.chunks()).isLessThanOrEqualTo(8);
    }

    @Test
    void equalFilesTravelOnce() {
        byte[] bytes = bytes(7, 900_000);
        List<LocalPath> paths = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            paths.add(bench.write("copy" + i, bytes));
        }
        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(), paths);

        assertThat(results.values()).hasSize(40);
        paths.forEach(path -> assertThat(blocks.bytes(content(results, path))).isEqualTo(bytes));
        assertThat(blocks.receivedTwice()).isEmpty();
        assertThat(blocks.chunkBytes()).isLessThan(1_000_000);
    }

    @Test
    @DisplayName("scenario 62: 20,000 equal files are sent as one, whatever their number")
    void thousandsOfEqualFilesTravelOnce() {
        byte[] bytes = bytes(62, 3_000);
        List<LocalPath> paths = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            paths.add(bench.write("d" + i % 100 + "/f" + i, bytes));
        }
        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(), paths);

        assertThat(results).hasSize(20_000);
        Content one = content(results, paths.getFirst());
        assertThat(blocks.bytes(one)).isEqualTo(bytes);
        paths.forEach(path -> assertThat(content(results, path)).isEqualTo(one));
        assertThat(blocks.receivedTwice()).isEmpty();
        assertThat(blocks.chunkBytes()).isLessThan(4_000);
        assertThat(blocks.questions()).isLessThanOrEqualTo(20);
    }

    @Test
    void compressibleFilesTravelCompressed() {
        byte[] text =
                "all work and no play makes jack a dull boy\n"
                        .repeat(50_000)
                        .getBytes(StandardCharsets.UTF_8);
        LocalPath path = bench.write("text", text);
        bench.send(path);
        assertThat(blocks.chunkBytes()).isLessThan(text.length / 20);
    }

    @Test
    void secondTimeNothingIsSent() {
        LocalPath path = bench.write("file", bytes(3, 10_000_000));
        bench.send(path);
        int chunks = blocks.chunks();

        Content again = content(bench.send(path), path);

        assertThat(blocks.bytes(again)).isEqualTo(bench.read(path));
        assertThat(blocks.chunks()).isEqualTo(chunks);
    }

    @Test
    void insertAtTheFrontSendsFewBlocks() {
        byte[] bytes = bytes(3, 30_000_000);
        LocalPath path = bench.write("file", bytes);
        bench.send(path);
        long before = blocks.chunkBytes();
        byte[] longer = new byte[bytes.length + 1_000_000];
        System.arraycopy(bytes(4, 1_000_000), 0, longer, 0, 1_000_000);
        System.arraycopy(bytes, 0, longer, 1_000_000, bytes.length);
        bench.write("file", longer);

        assertThat(blocks.bytes(content(bench.send(path), path))).isEqualTo(longer);
        assertThat(blocks.chunkBytes() - before).isBetween(1_000_000L, 1_400_000L);
    }

    @Test
    @DisplayName("Resuming sends nothing twice")
    void resumingSendsOnlyWhatIsMissing() {
        LocalPath path = bench.write("file", bytes(3, 40_000_000));
        var calls = new AtomicInteger();
        ServerApi cut =
                FaultyServer.around(
                        bench.api,
                        method ->
                                method.equals("putChunk") && calls.incrementAndGet() > 4
                                        ? Fault.LOST_REQUEST
                                        : Fault.NONE);
        assertThatThrownBy(() -> TransferBench.send(bench.transfers(cut), List.of(path)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(blocks.chunks()).isEqualTo(4);

        assertThat(blocks.bytes(content(bench.send(path), path))).isEqualTo(bench.read(path));

        assertThat(blocks.receivedTwice()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST_REQUEST", "LOST_ANSWER", "TWICE"})
    @DisplayName(
            "scenario 46, L8 after any call that fails or happens twice, a second try completes")
    void everyCallMayGoWrong(Fault fault) {
        List<LocalPath> paths = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            paths.add(bench.write("f" + i, bytes(i, i * 40_000)));
        }
        LocalPath large = bench.write("large", bytes(99, 12_000_000));
        paths.add(large);
        for (int wrong = 1; wrong < 14; wrong++) {
            var fresh = new TransferBench(root);
            var calls = new AtomicInteger();
            int which = wrong;
            ServerApi faulty =
                    FaultyServer.around(
                            fresh.api, _ -> calls.incrementAndGet() == which ? fault : Fault.NONE);
            List<Sent> told = Collections.synchronizedList(new ArrayList<>());
            try {
                fresh.transfers(faulty).send(outgoing(paths), told::add, Progress.Listener.NONE);
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            }
            // What was told is true, whatever failed.
            for (Sent sent : told) {
                Content content = ((Sent.Done) sent).content();
                assertThat(content.isEmpty() || fresh.server.blocks().holds(content.hash()))
                        .isTrue();
            }
            Map<LocalPath, Sent> results = TransferBench.send(fresh.transfers(), paths);
            assertThat(results).as("call %s", which).hasSize(31);
            blocks = fresh.server.blocks();
            assertThat(blocks.bytes(content(results, large))).isEqualTo(bench.read(large));
        }
    }

    @Test
    @DisplayName("L3 R10 blocks condemned after they were asked for are sent again")
    void condemnedChildrenAreSentAgain() {
        LocalPath path = bench.write("file", bytes(3, 10_000_000));
        Content content = content(bench.send(path), path);
        // The file grows at its end: its first blocks are known when asked for, and then lost.
        byte[] longer = Arrays.copyOf(bench.read(path), 10_500_000);
        bench.write("file", longer);
        var lost = new AtomicInteger();
        ServerApi losing =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("putChunk") && lost.getAndIncrement() == 0) {
                                var walk = new ContentWalk(content);
                                walk.next(1);
                                walk.supply(content.hash(), blocks.block(content.hash()).bytes());
                                for (int i = 0; i < 7; i++) {
                                    var data = (ContentWalk.Data) walk.next(1);
                                    bench.server.condemn(data.hash());
                                }
                            }
                            return Fault.NONE;
                        });

        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(losing), List.of(path));

        assertThat(lost.get()).as("chunks: refused, mended, again").isEqualTo(3);
        assertThat(blocks.bytes(content(results, path))).isEqualTo(longer);
    }

    @Test
    @DisplayName(
            "R10 a file that changed before its lost blocks could be sent again stops no other")
    void lostBlocksOfAChangedFile() {
        // Together less than one question asks about, so that all is asked before anything is lost.
        byte[] bytes = bytes(3, 6_000_000);
        LocalPath path = bench.write("file", bytes);
        LocalPath other = bench.write("other", bytes(8, 1_000_000));
        Content content = content(bench.send(path), path);
        byte[] longer = Arrays.copyOf(bytes, 6_500_000);
        bench.write("file", longer);
        var lost = new AtomicInteger();
        ServerApi losing =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("putChunk") && lost.getAndIncrement() == 0) {
                                blocks.hashes().stream()
                                        .filter(hash -> !hash.equals(content.hash()))
                                        .forEach(bench.server::condemn);
                                bench.write("file", bytes(77, 6_500_000));
                            }
                            return Fault.NONE;
                        });

        Map<LocalPath, Sent> results =
                TransferBench.send(bench.transfers(losing), List.of(path, other));

        assertThat(results.get(path)).isInstanceOf(Sent.Unread.class);
        assertThat(blocks.bytes(content(results, other))).isEqualTo(bench.read(other));
    }

    @Test
    void oneBadFileStopsNoOther() throws IOException {
        LocalPath good = bench.write("good", bytes(1, 100_000));
        LocalPath gone = LocalPath.of("gone");
        Files.createDirectory(root.resolve("directory"));
        LocalPath directory = LocalPath.of("directory");

        Map<LocalPath, Sent> results = bench.send(gone, directory, good);

        assertThat(results.get(gone))
                .isInstanceOfSatisfying(
                        Sent.Unread.class,
                        sent -> assertThat(sent.why()).isInstanceOf(Outcome.Missing.class));
        assertThat(results.get(directory)).isInstanceOf(Sent.Unread.class);
        assertThat(blocks.bytes(content(results, good))).isEqualTo(bench.read(good));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R32 a file written to while it is read isn't steady")
    void fileChangedWhileReadIsNotSteady(boolean longer) throws IOException {
        // More than a sender holds, so that its end can't be read before the first request.
        LocalPath path = bench.write("busy", bytes(1, SendQueue.HELD_BYTES_MAX + 5_000_000));
        var once = new AtomicInteger();
        ServerApi writing =
                FaultyServer.around(
                        bench.api,
                        _ -> {
                            if (once.getAndIncrement() == 0) {
                                try (OutputStream out =
                                        longer
                                                ? Files.newOutputStream(
                                                        root.resolve("busy"),
                                                        java.nio.file.StandardOpenOption.APPEND)
                                                : Files.newOutputStream(root.resolve("busy"))) {
                                    out.write(bytes(2, 1_000));
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            }
                            return Fault.NONE;
                        });
        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(writing), List.of(path));

        assertThat(results.get(path))
                .isInstanceOfSatisfying(
                        Sent.Done.class, sent -> assertThat(sent.steady()).isFalse());
    }

    @Test
    void describingSendsNothingAndGivesTheSameContent() {
        List<LocalPath> paths = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            paths.add(bench.write("f" + i, bytes(i, i * 200_000)));
        }
        List<Sent> described = Collections.synchronizedList(new ArrayList<>());
        ServerApi offline = FaultyServer.around(bench.api, _ -> Fault.LOST_REQUEST);
        bench.transfers(offline).describe(outgoing(paths), described::add, Progress.Listener.NONE);

        Map<LocalPath, Sent> sent = TransferBench.send(bench.transfers(), paths);

        assertThat(described).hasSize(20);
        for (Sent one : described) {
            assertThat(((Sent.Done) one).content()).isEqualTo(content(sent, one.file().path()));
        }
    }

    @Test
    @DisplayName("L9 a 300 MB file needs no 300 MB of heap")
    void memoryIsBoundedWhateverTheSize() throws IOException {
        Path file = root.resolve("huge");
        var random = new Random(1);
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 300; i++) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        var most = new AtomicReference<>(0L);
        var chunks = new AtomicInteger();
        // Keeps no blocks, so that only the pipeline takes memory.
        ServerApi sink =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("putChunk")) {
                                blocks.hashes().stream()
                                        .filter(hash -> blocks.block(hash).level() == 0)
                                        .forEach(blocks::forgetBytes);
                                if (chunks.incrementAndGet() % 12 == 0) {
                                    most.accumulateAndGet(usedHeap(), Math::max);
                                }
                            }
                            return Fault.NONE;
                        });
        LocalPath path = LocalPath.of("huge");

        Map<LocalPath, Sent> results = TransferBench.send(bench.transfers(sink), List.of(path));

        assertThat(content(results, path).sizeBytes()).isEqualTo(300L << 20);
        assertThat(most.get()).isLessThan(160L << 20);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void interruptCancels() throws Exception {
        LocalPath path = bench.write("file", bytes(3, 30_000_000));
        var arrived = new CountDownLatch(1);
        ServerApi stuck =
                FaultyServer.around(
                        bench.api,
                        _ -> {
                            arrived.countDown();
                            new CountDownLatch(1).await();
                            return Fault.NONE;
                        });
        var thrown = new AtomicReference<ErrorCode>();
        var flag = new AtomicReference<Boolean>();
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                TransferBench.send(bench.transfers(stuck), List.of(path));
                            } catch (SynclineException e) {
                                thrown.set(e.code());
                                flag.set(Thread.currentThread().isInterrupted());
                            }
                        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(caller.join(java.time.Duration.ofSeconds(10))).isTrue();

        assertThat(thrown).hasValue(ErrorCode.UNAVAILABLE);
        assertThat(flag).hasValue(true);
    }

    @Test
    void callerThatFailsEndsTheTransfer() {
        LocalPath path = bench.write("file", bytes(3, 30_000));
        assertThatThrownBy(() ->
                        bench.transfers()
                                .send(
                                        outgoing(List.of(path)),
                                        _ -> {
                                            throw new IllegalStateException("mine");
                                        },
                                        Progress.Listener.NONE))
                .hasMessage("mine");
    }

    @Test
    void progressEndsComplete() {
        LocalPath large = bench.write("large", bytes(3, 20_000_000));
        LocalPath small = bench.write("small", bytes(4, 5));
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());
        bench.transfers().send(outgoing(List.of(large, small)), _ -> {}, told::add);

        Progress last = told.getLast();
        assertThat(last.filesDone()).isEqualTo(2);
        assertThat(last.filesTotal()).isEqualTo(2);
        assertThat(last.bytesDone()).isEqualTo(20_000_005);
        assertThat(last.bytesTotal()).isEqualTo(20_000_005);
        assertThat(last.large()).isEmpty();
    }

    @Test
    void requestsOfASmallFileAreTwo() {
        LocalPath path = bench.write("small", bytes(3, 3_000));
        bench.send(path);
        assertThat(blocks.questions()).isEqualTo(1);
        assertThat(blocks.chunks()).isEqualTo(1);
    }

    @Test
    void requestsOfAFileOfAFewBlocksAreTwo() {
        LocalPath path = bench.write("medium", bytes(3, 2_000_000));
        bench.send(path);
        assertThat(blocks.questions()).isEqualTo(1);
        assertThat(blocks.chunks()).as("its tree block is in the same chunk").isEqualTo(1);
    }

    private static ErrorCode code(Throwable e) {
        assertThat(e).isInstanceOf(SynclineException.class);
        return ((SynclineException) e).code();
    }
}
