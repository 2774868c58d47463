package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeBlocks;
import io.syncline.client.api.FaultyServer;
import io.syncline.client.api.FaultyServer.Fault;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.block.CutParameters;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed blocks go as deltas. Blocks have 8 KiB on average here, an eighth of the real ones, so
 * that a file of 12 MB has several of the lowest tree blocks.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeltaUploadTest {
    private static final CutParameters CUT = new CutParameters(1, 2_048, 5_120, 32_768, 14, 12);
    private static final int SIZE = 12_000_000;

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

    private Content send(ServerApi server, LocalPath path, Optional<Content> before) {
        Map<LocalPath, Sent> results = Collections.synchronizedMap(new LinkedHashMap<>());
        bench.transfers(server, CUT)
                .send(
                        List.of(new Outgoing(new NodeId(1), path, 0, before)),
                        sent -> results.put(sent.file().path(), sent),
                        Progress.Listener.NONE);
        return TransferBench.content(results, path);
    }

    /** Overwrites 120 places with 1,000 bytes each. */
    private static byte[] overwritten(byte[] before) {
        byte[] after = before.clone();
        var random = new Random(9);
        for (int i = 0; i < 120; i++) {
            System.arraycopy(bytes(100 + i, 1_000), 0, after, random.nextInt(SIZE - 1_000), 1_000);
        }
        return after;
    }

    @Test
    @DisplayName("Scattered overwrites cost little more than themselves")
    void scatteredOverwrites() {
        byte[] before = bytes(1, SIZE);
        Content first = send(bench.api, bench.write("file", before), Optional.empty());
        assertThat(first.level()).isEqualTo(2);
        byte[] after = overwritten(before);
        LocalPath path = bench.write("file", after);
        long sent = blocks.chunkBytes();

        Content content = send(bench.api, path, Optional.of(first));

        assertThat(blocks.bytes(content)).isEqualTo(after);
        // 120,000 bytes changed, in 120 to 200 blocks of 8 KiB and more: over a megabyte. Beside
        // each write up to two pieces go as well, and tree blocks name all blocks.
        assertThat(blocks.chunkBytes() - sent).isBetween(120_000L, 650_000L);
    }

    @Test
    @DisplayName(
            "R10 Where the server has lost what deltas copy from, the blocks themselves are sent")
    void lostBases() {
        byte[] before = bytes(1, SIZE);
        Content first = send(bench.api, bench.write("file", before), Optional.empty());
        byte[] after = overwritten(before);
        LocalPath path = bench.write("file", after);
        blocks.losingBases(true);

        Content content = send(bench.api, path, Optional.of(first));

        assertThat(blocks.bytes(content)).isEqualTo(after);
    }

    @Test
    @DisplayName("R43 A server that knows no signatures gets the blocks themselves")
    void olderServer() {
        byte[] before = bytes(1, SIZE);
        Content first = send(bench.api, bench.write("file", before), Optional.empty());
        byte[] after = overwritten(before);
        LocalPath path = bench.write("file", after);
        ServerApi older =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("signatures")) {
                                throw new SynclineException(ErrorCode.NOT_FOUND, "no address");
                            }
                            return Fault.NONE;
                        });

        Content content = send(older, path, Optional.of(first));

        assertThat(blocks.bytes(content)).isEqualTo(after);
    }

    @Test
    @DisplayName("A file that became shorter, or quite another, is sent as ever")
    void quiteAnother() {
        Content first = send(bench.api, bench.write("file", bytes(1, SIZE)), Optional.empty());
        for (int size : new int[] {SIZE + 70_000, SIZE / 2, 9_000, 1, 0}) {
            byte[] after = bytes(size, size);

            Content content = send(bench.api, bench.write("file", after), Optional.of(first));

            assertThat(blocks.bytes(content)).isEqualTo(after);
        }
    }

    @Test
    @DisplayName("Random edits of any kind arrive as they are")
    void randomEdits() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] bytes = bytes(1, SIZE);
        Content content = send(bench.api, bench.write("file", bytes), Optional.empty());
        for (int i = 0; i < 4; i++) {
            for (int edits = random.nextInt(60); edits >= 0; edits--) {
                int at = random.nextInt(bytes.length);
                int length = Math.min(1 + random.nextInt(20_000), bytes.length - at);
                byte[] from = random.nextBoolean() ? bytes(edits, length) : new byte[length];
                if (random.nextInt(3) == 0) {
                    // Copied from elsewhere in the file.
                    System.arraycopy(bytes, random.nextInt(bytes.length - length), from, 0, length);
                }
                if (random.nextInt(8) == 0) {
                    byte[] longer = new byte[bytes.length + length];
                    System.arraycopy(bytes, 0, longer, 0, at);
                    System.arraycopy(from, 0, longer, at, length);
                    System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
                    bytes = longer;
                } else {
                    System.arraycopy(from, 0, bytes, at, length);
                }
            }

            content = send(bench.api, bench.write("file", bytes), Optional.of(content));

            assertThat(blocks.bytes(content)).as("seed %d", seed).isEqualTo(bytes);
        }
    }
}
