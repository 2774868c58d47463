package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.content;
import static io.syncline.client.transfer.TransferBench.fetch;
import static io.syncline.client.transfer.TransferBench.incoming;
import static io.syncline.client.transfer.TransferBench.outgoing;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncline.client.api.FakeBlocks;
import io.syncline.client.api.FaultyServer;
import io.syncline.client.api.FaultyServer.Fault;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Stat;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files far larger than memory: holes are neither read nor sent nor written. */
class LargeFileTest {
    private static final long TERABYTE = 1L << 40;
    private static final int BLOCK_MAX = CutParameters.BLOCK_BYTES_MAX;
    private static final long HEAP_MAX = 160L << 20;

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

    /** Some bytes of a file; the rest is a hole. */
    private static final class Island {
        private final long offset;
        private final byte[] bytes;

        Island(long offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }
    }

    private LocalPath sparse(String name, long size, List<Island> islands) throws IOException {
        try (FileChannel file = FileChannel.open(root.resolve(name), CREATE, WRITE, SPARSE)) {
            if (size > 0) {
                // The end is written and, where the file system can, given back.
                file.write(ByteBuffer.wrap(new byte[1]), size - 1);
            }
            for (Island island : islands) {
                file.write(ByteBuffer.wrap(island.bytes), island.offset);
            }
        }
        return LocalPath.of(name);
    }

    private byte[] read(Path file, long offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file, READ)) {
            while (into.hasRemaining() && channel.read(into, offset + into.position()) >= 0) {
                // Reads on.
            }
        }
        return Arrays.copyOf(into.array(), into.position());
    }

    private static long spaceOnDisk(Path file) throws IOException {
        Process stat =
                new ProcessBuilder("stat", "--format=%b", file.toString())
                        .redirectErrorStream(true)
                        .start();
        String blocks =
                new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return Long.parseLong(blocks) * 512;
    }

    /** What a pass over all bytes says. */
    private static Content plainly(byte[] bytes) {
        var cutter = new Cutter(CutParameters.FORMAT_1);
        var hasher = new BlockHasher();
        var builder = new ContentBuilder(_ -> {});
        int from = 0;
        while (from < bytes.length) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            builder.add(hasher.hash(0, bytes, from, to), to - from);
            from = to;
        }
        return builder.finish();
    }

    private Content describe(Disk disk, LocalPath path) {
        List<Sent> results = new ArrayList<>();
        bench.transfers(bench.api, disk)
                .describe(outgoing(List.of(path)), results::add, Progress.Listener.NONE);
        assertThat(results).hasSize(1);
        return content(Map.of(path, results.getFirst()), path);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    @DisplayName("R24 a file with holes has the content that its bytes have, and comes back")
    void holesAreDescribedAsZeros(long seed) throws IOException {
        var random = new Random(seed);
        int size = 1 + random.nextInt(12 << 20);
        List<Island> islands = new ArrayList<>();
        byte[] plain = new byte[size];
        for (int i = random.nextInt(6); i > 0; i--) {
            byte[] bytes = new byte[1 + random.nextInt(i % 2 == 0 ? 10 : 400_000)];
            random.nextBytes(bytes);
            int at = random.nextInt(size);
            // Some at the borders of a block of zeros, where a mistake would show.
            at = random.nextBoolean() ? at : at / BLOCK_MAX * BLOCK_MAX;
            int length = Math.min(bytes.length, size - at);
            islands.add(new Island(at, Arrays.copyOf(bytes, length)));
            System.arraycopy(bytes, 0, plain, at, length);
        }
        LocalPath path = sparse("sparse", size, islands);

        Content content = describe(bench.disk, path);
        assertThat(content).as("seed %d", seed).isEqualTo(plainly(plain));
        assertThat(content(bench.send(path), path)).isEqualTo(content);

        Path received = fetchOne(1, content);
        assertThat(Files.readAllBytes(received)).as("seed %d", seed).isEqualTo(plain);
        assertThat(spaceOnDisk(received))
                .isLessThan(
                        islands.stream().mapToLong(i -> i.bytes.length).sum()
                                + islands.size() * 2L * BLOCK_MAX
                                + 2L * BLOCK_MAX);
    }

    private Path fetchOne(long id, Content content, LocalPath... sources) {
        Map<NodeId, Fetched> results =
                fetch(bench.transfers(), List.of(incoming(id, content, sources)));
        if (results.get(new NodeId(id)) instanceof Fetched.Ready ready) {
            return root.resolve(ready.temporary().toString());
        }
        throw new AssertionError("not fetched: " + results);
    }

    @Test
    @DisplayName(
            "scenario 48: 1 TB: nothing is held in memory; one changed byte sends a data block and"
                    + " a tree block per level, and arrives")
    void terabyte() throws IOException {
        var random = new Random(7);
        List<Island> islands = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            byte[] bytes = new byte[300_000];
            random.nextBytes(bytes);
            islands.add(new Island(i * (TERABYTE / 5) + random.nextInt(1 << 30), bytes));
        }
        LocalPath path = sparse("disk.img", TERABYTE, islands);
        assumeTrue(spaceOnDisk(root.resolve("disk.img")) < 4 << 20, "no holes on this disk");

        var most = new AtomicLong();
        ServerApi measuring =
                FaultyServer.around(
                        bench.api,
                        _ -> {
                            most.accumulateAndGet(usedHeap(), Math::max);
                            return Fault.NONE;
                        });
        Content content =
                content(TransferBench.send(bench.transfers(measuring), List.of(path)), path);
        assertThat(most.get()).isBetween(1L, HEAP_MAX);
        assertThat(content.sizeBytes()).isEqualTo(TERABYTE);
        assertThat(content.level()).isEqualTo(2);
        assertThat(blocks.receivedTwice()).isEmpty();
        int stored = blocks.hashes().size();
        assertThat(stored).isLessThan(60);
        assertThat(blocks.questions()).isLessThan(10);

        Path received = fetchOne(1, content);
        assertSame(received, islands);

        byte[] changed = {1};
        islands.add(new Island(TERABYTE / 2 + 12_345, changed));
        sparse("disk.img", TERABYTE, islands.subList(5, 6));
        long sentBytes = blocks.chunkBytes();
        Content edited = content(bench.send(path), path);
        assertThat(edited).isNotEqualTo(content);
        assertThat(blocks.hashes()).hasSize(stored + 1 + content.level());
        assertThat(blocks.receivedTwice()).isEmpty();
        assertThat(blocks.chunkBytes() - sentBytes).isLessThan(100_000);

        // The old version is given as a source, as it is when a file is replaced.
        LocalPath old = LocalPath.TEMPORARIES.child(received.getFileName().toString());
        long fetchedBytes = blocks.readBytes();
        assertSame(fetchOne(2, edited, old), islands);
        assertThat(blocks.readBytes() - fetchedBytes).isLessThan(500_000);
    }

    private void assertSame(Path file, List<Island> islands) throws IOException {
        assertThat(Files.size(file)).isEqualTo(TERABYTE);
        for (Island island : islands) {
            byte[] there = read(file, island.offset - 1_000, island.bytes.length + 2_000);
            byte[] wanted = new byte[there.length];
            System.arraycopy(island.bytes, 0, wanted, 1_000, island.bytes.length);
            assertThat(there).isEqualTo(wanted);
        }
        assertThat(spaceOnDisk(file)).isLessThan(8 << 20);
    }

    @Test
    void partialWithRubbishWhereAHoleBelongsIsMended() throws IOException {
        byte[] island = TransferBench.bytes(1, 9_000_000);
        LocalPath path = sparse("f", 200L << 20, List.of(new Island(100L << 20, island)));
        Content content = content(bench.send(path), path);
        ServerApi cut =
                FaultyServer.around(
                        bench.api,
                        _ -> blocks.readBytes() > 4_000_000 ? Fault.LOST_REQUEST : Fault.NONE);
        assertThatThrownBy(() -> fetch(bench.transfers(cut), List.of(incoming(1, content))))
                .isInstanceOf(SynclineException.class);
        Path partial = root.resolve(bench.partials.find(content).orElseThrow().toString());
        try (FileChannel file = FileChannel.open(partial, WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 50_000_000);
        }

        Path received = fetchOne(1, content);

        assertThat(Files.mismatch(received, root.resolve("f"))).isEqualTo(-1);
        assertThat(spaceOnDisk(received)).isLessThan(12 << 20);
    }

    @Test
    @DisplayName("R32 a hole that is written to while the file is read makes it unsteady")
    void writingIntoAHoleIsSeen() throws IOException {
        LocalPath path = sparse("f", 1L << 30, List.of());
        Disk writing =
                opening(
                        bench.disk,
                        handle ->
                                new ForwardingHandle(handle) {
                                    @Override
                                    public long nextData(long offsetBytes) {
                                        long next = super.nextData(offsetBytes);
                                        write(root.resolve("f"), 123_456);
                                        return next;
                                    }
                                });
        List<Sent> results = new ArrayList<>();
        bench.transfers(bench.api, writing)
                .describe(outgoing(List.of(path)), results::add, Progress.Listener.NONE);
        assertThat(((Sent.Done) results.getFirst()).steady()).isFalse();
    }

    private static void write(Path file, long offset) {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), offset);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** How much generated content is described; more by hand, for the claim itself. */
    private static final long GENERATED_BYTES = Long.getLong("syncline.large.mib", 128) << 20;

    @Test
    @DisplayName("L9 describing needs the same memory whatever a file's size")
    void memoryIsBoundedWhateverTheSize() throws IOException {
        sparse("f", GENERATED_BYTES, List.of());
        var most = new AtomicLong();
        var measured = new AtomicLong();
        Disk generating =
                opening(
                        bench.disk,
                        handle ->
                                new ForwardingHandle(handle) {
                                    @Override
                                    public int read(ByteBuffer into, long offsetBytes) {
                                        if (offsetBytes - measured.get() >= GENERATED_BYTES / 8) {
                                            measured.set(offsetBytes);
                                            most.accumulateAndGet(usedHeap(), Math::max);
                                        }
                                        return generate(into, offsetBytes, GENERATED_BYTES);
                                    }

                                    @Override
                                    public long nextData(long offsetBytes) {
                                        return offsetBytes;
                                    }
                                });
        long start = System.nanoTime();
        Content content = describe(generating, LocalPath.of("f"));
        if (Boolean.getBoolean("syncline.large.print")) {
            System.out.printf(
                    "%d MiB generated and described: %d ms, %d MiB of heap%n",
                    GENERATED_BYTES >> 20,
                    (System.nanoTime() - start) / 1_000_000,
                    most.get() >> 20);
        }
        assertThat(content.sizeBytes()).isEqualTo(GENERATED_BYTES);
        assertThat(most.get()).isBetween(1L, HEAP_MAX);
    }

    private static int generate(ByteBuffer into, long offset, long size) {
        int length = (int) Math.min(into.remaining(), size - offset);
        ByteBuffer out = into.slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; ) {
            long at = offset + i;
            // The finaliser of SplitMix64 over the word's number.
            long word = (at >>> 3) + 0x9E3779B97F4A7C15L;
            word = (word ^ (word >>> 30)) * 0xBF58476D1CE4E5B9L;
            word = (word ^ (word >>> 27)) * 0x94D049BB133111EBL;
            word ^= word >>> 31;
            int skip = (int) (at & 7);
            if (skip == 0 && length - i >= 8) {
                out.putLong(i, word);
                i += 8;
            } else {
                out.put(i++, (byte) (word >>> (8 * skip)));
            }
        }
        into.position(into.position() + length);
        return length;
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** An open file with something in between. */
    private abstract static class ForwardingHandle implements ReadHandle {
        private final ReadHandle handle;

        ForwardingHandle(ReadHandle handle) {
            this.handle = handle;
        }

        @Override
        public int read(ByteBuffer into, long offsetBytes) {
            return handle.read(into, offsetBytes);
        }

        @Override
        public long nextData(long offsetBytes) {
            return handle.nextData(offsetBytes);
        }

        @Override
        public Stat stat() {
            return handle.stat();
        }

        @Override
        public void close() {
            handle.close();
        }
    }

    /** The same disk, but for the files that are opened for reading. */
    private static Disk opening(Disk disk, java.util.function.UnaryOperator<ReadHandle> around) {
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, arguments) -> {
                            try {
                                Object result = method.invoke(disk, arguments);
                                return result instanceof Look.Found<?>(ReadHandle handle)
                                                && method.getName().equals("open")
                                        ? new Look.Found<>(around.apply(handle))
                                        : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
