package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.bytes;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * New versions of large files: what is fetched. Blocks are cut to 256 bytes on average, so that a
 * file of a megabyte has as many of them as one of 256.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedGroupsTest {
    private static final CutParameters SMALL = new CutParameters(1, 64, 160, 1_024, 9, 7);

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

    private Content store(byte[] bytes) {
        var cutter = new Cutter(SMALL);
        var hasher = new BlockHasher();
        var builder = new ContentBuilder(tree -> blocks.store(Block.of(tree)));
        for (int from = 0; from < bytes.length; ) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            Hash hash = hasher.hash(0, bytes, from, to);
            blocks.store(new Block(hash, 0, ByteBuffer.wrap(bytes, from, to - from)));
            builder.add(hash, to - from);
            from = to;
        }
        return builder.finish();
    }

    private List<TreeBlock.Entry> entries(Hash tree) {
        return TreeBlock.parse(blocks.block(tree).bytes()).entries();
    }

    /** Fetches a new version of what is at {@code source}. */
    private byte[] fetch(ServerApi server, Content content, Content before, LocalPath source) {
        var file =
                new Incoming(
                        new NodeId(1),
                        Item.file(content, false, 1_700_000_000_000_000_000L),
                        LocalPath.of("target"),
                        List.of(source),
                        Optional.of(before));
        var transfers = bench.transfers(server, SMALL);
        Fetched fetched = TransferBench.fetch(transfers, List.of(file)).get(new NodeId(1));
        assertThat(fetched).isInstanceOf(Fetched.Ready.class);
        return bench.read(((Fetched.Ready) fetched).temporary());
    }

    private static byte[] joined(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Test
    void insertAtTheFrontFetchesLittleMoreThanWhatIsNew() {
        byte[] old = bytes(3, 4_000_000);
        Content before = store(old);
        byte[] longer = joined(bytes(4, 20_000), old);
        Content after = store(longer);
        int largest =
                entries(after.hash()).stream()
                        .mapToInt(entry -> blocks.block(entry.hash()).sizeBytes())
                        .max()
                        .orElseThrow();
        LocalPath source = bench.write("source", old);

        assertThat(fetch(bench.api, after, before, source)).isEqualTo(longer);

        // Both tops, the changed tree blocks and the new blocks, each with its frame's header.
        assertThat(blocks.readBytes()).isLessThan(20_000 * 4 / 3 + 3L * largest + 10_000);
        assertThat(blocks.readBytes()).isLessThan(4_000_000 / 256 * 34 / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("any edit of any version arrives whole, whatever the source really holds")
    void randomEdits(long seed) {
        var random = new Random(seed);
        byte[] old = bytes(seed, 1_000_000 + random.nextInt(2_000_000));
        byte[] fresh = old;
        for (int edit = 0; edit <= random.nextInt(3); edit++) {
            int from = random.nextInt(fresh.length);
            int to = Math.min(fresh.length, from + random.nextInt(40_000));
            byte[] put =
                    switch (random.nextInt(3)) {
                        case 0 -> bytes(random.nextLong(), random.nextInt(40_000));
                        case 1 -> new byte[random.nextInt(700_000)];
                        default -> Arrays.copyOf(fresh, random.nextInt(fresh.length));
                    };
            fresh =
                    joined(
                            Arrays.copyOf(fresh, from),
                            put,
                            Arrays.copyOfRange(fresh, to, fresh.length));
        }
        byte[] local = old.clone();
        if (random.nextBoolean()) {
            // It isn't what it is said to be: edited, or cut off.
            for (int i = 0; i < 20; i++) {
                local[random.nextInt(local.length)]++;
            }
            local = Arrays.copyOf(local, local.length - random.nextInt(400_000));
        }
        LocalPath source = bench.write("source", local);
        Content before = store(old);

        assertThat(fetch(bench.api, store(fresh), before, source))
                .as("seed %s", seed)
                .isEqualTo(fresh);
    }

    @Test
    @DisplayName("zeros that a mistrusted group was written over are put back")
    void zerosUnderAMistrustedGroup() {
        byte[] old = joined(bytes(3, 600_000), new byte[600_000], bytes(4, 1_000_000));
        byte[] local = old.clone();
        // What the old version has as zeros the file at hand has not.
        System.arraycopy(bytes(5, 600_000), 0, local, 600_000, 600_000);
        byte[] longer = joined(bytes(6, 10_000), old);

        LocalPath source = bench.write("source", local);
        Content before = store(old);

        assertThat(fetch(bench.api, store(longer), before, source)).isEqualTo(longer);
    }

    @Test
    void oldVersionThatTheServerHasForgottenIsDoneWithout() {
        byte[] old = bytes(3, 2_000_000);
        Content before = store(old);
        byte[] longer = joined(bytes(4, 20_000), old);
        Content after = store(longer);
        blocks.remove(before.hash());
        LocalPath source = bench.write("source", old);

        assertThat(fetch(bench.api, after, before, source)).isEqualTo(longer);
        assertThat(blocks.readBytes()).isLessThan(1_000_000);
    }

    @Test
    @DisplayName("L2 a source that changes under the scan spoils nothing")
    void sourceThatChangesMeanwhile() {
        byte[] old = bytes(3, 2_000_000);
        Content before = store(old);
        byte[] longer = joined(bytes(4, 20_000), old);
        Content after = store(longer);
        LocalPath source = bench.write("source", old);
        var reads = new AtomicInteger();
        ServerApi changing =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("readBlocks") && reads.getAndIncrement() == 1) {
                                bench.write("source", bytes(9, 2_000_000));
                            }
                            return Fault.NONE;
                        });

        assertThat(fetch(changing, after, before, source)).isEqualTo(longer);
    }
}
