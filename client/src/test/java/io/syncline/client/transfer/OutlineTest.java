package io.syncline.client.transfer;

import static io.syncline.client.transfer.TransferBench.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.api.FakeBlocks;
import io.syncline.client.api.FaultyServer;
import io.syncline.client.api.FaultyServer.Fault;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Edits of large files: what is asked for and sent. Blocks are cut to 256 bytes on average, so that
 * a file of a megabyte has as many of them as one of 256.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutlineTest {
    private static final CutParameters SMALL = new CutParameters(1, 64, 160, 1_024, 9, 7);
    private static final int BLOCK_BYTES = 256;

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

    private BlockTransfers transfers(ServerApi server) {
        return bench.transfers(server, SMALL);
    }

    private Map<LocalPath, Sent> send(ServerApi server, Outgoing... files) {
        Map<LocalPath, Sent> results = Collections.synchronizedMap(new LinkedHashMap<>());
        transfers(server)
                .send(
                        List.of(files),
                        sent -> results.put(sent.file().path(), sent),
                        Progress.Listener.NONE);
        return results;
    }

    private static Outgoing edited(LocalPath path, Content before) {
        return new Outgoing(new NodeId(1), path, 0, Optional.of(before));
    }

    /** Sends the bytes as a file that the server knows nothing of. */
    private Content sendNew(String name, byte[] bytes) {
        LocalPath path = bench.write(name, bytes);
        return TransferBench.content(
                send(bench.api, new Outgoing(new NodeId(1), path, bytes.length)), path);
    }

    private Content sendEdited(String name, byte[] bytes, Content before) {
        LocalPath path = bench.write(name, bytes);
        return TransferBench.content(send(bench.api, edited(path, before)), path);
    }

    private List<TreeBlock.Entry> entries(Hash tree) {
        return TreeBlock.parse(blocks.block(tree).bytes()).entries();
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
    @DisplayName("L3 an insert at the front asks for tree blocks and what one of them lists")
    void insertAsksForLittle() {
        byte[] bytes = bytes(3, 4_000_000);
        Content before = sendNew("file", bytes);
        int trees = entries(before.hash()).size();
        int asked = blocks.hashesAsked();
        int largest =
                entries(before.hash()).stream()
                        .mapToInt(entry -> entries(entry.hash()).size())
                        .max()
                        .orElseThrow();

        byte[] longer = joined(bytes(4, 20_000), bytes);
        Content content = sendEdited("file", longer, before);

        assertThat(blocks.bytes(content)).isEqualTo(longer);
        assertThat(blocks.receivedTwice()).isEmpty();
        assertThat(trees).isGreaterThan(8);
        assertThat(blocks.hashesAsked() - asked)
                .isLessThan(trees + 3 + 2 * largest + 20_000 / BLOCK_BYTES);
        assertThat(blocks.hashesAsked() - asked).isLessThan(4_000_000 / BLOCK_BYTES / 3);
    }

    @Test
    void touchedFileAsksForItsTreeBlocksOnly() {
        byte[] bytes = bytes(3, 4_000_000);
        Content before = sendNew("file", bytes);
        int asked = blocks.hashesAsked();
        int chunks = blocks.chunks();

        assertThat(sendEdited("file", bytes, before)).isEqualTo(before);

        assertThat(blocks.hashesAsked() - asked).isEqualTo(entries(before.hash()).size() + 1);
        assertThat(blocks.chunks()).isEqualTo(chunks);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("after random edits the server holds the whole file, and nothing was sent twice")
    void randomEdits(long seed) {
        var random = new Random(seed);
        byte[] bytes = bytes(seed, 1_500_000 + random.nextInt(1_500_000));
        Content content = sendNew("file", bytes);
        for (int edit = 0; edit < 6; edit++) {
            int from = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, from + random.nextInt(40_000));
            byte[] fresh =
                    switch (random.nextInt(3)) {
                        case 0 -> bytes(random.nextLong(), random.nextInt(40_000));
                        case 1 -> new byte[random.nextInt(400_000)];
                        // What is elsewhere in the file already.
                        default ->
                                Arrays.copyOfRange(bytes, 0, random.nextInt(bytes.length / 2 + 1));
                    };
            bytes =
                    joined(
                            Arrays.copyOfRange(bytes, 0, from),
                            fresh,
                            Arrays.copyOfRange(bytes, to, bytes.length));
            content = sendEdited("file", bytes, content);
            assertThat(blocks.bytes(content)).as("seed %s, edit %s", seed, edit).isEqualTo(bytes);
        }
        assertThat(blocks.receivedTwice()).as("seed %s", seed).isEmpty();
    }

    @Test
    @DisplayName("L9 a file that has become another one has few outlines at one time")
    void everythingIsNew() {
        Content before = sendNew("file", bytes(3, 1_000_000));
        byte[] other = bytes(5, 7_000_000);
        Content content = sendEdited("file", other, before);
        assertThat(entries(content.hash())).hasSizeGreaterThan(SendQueue.OUTLINES_MAX);
        assertThat(blocks.bytes(content)).isEqualTo(other);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 300, 100_000})
    void fileThatBecameSmall(int size) {
        Content before = sendNew("file", bytes(3, 1_000_000));
        byte[] other = bytes(5, size);
        Content content = sendEdited("file", other, before);
        assertThat(blocks.bytes(content)).isEqualTo(other);
    }

    @Test
    void fileThatBecameALink() throws IOException {
        Content before = sendNew("file", bytes(3, 1_000_000));
        Files.delete(root.resolve("file"));
        Files.createSymbolicLink(root.resolve("file"), Path.of("somewhere"));
        LocalPath path = LocalPath.of("file");

        Content content = TransferBench.content(send(bench.api, edited(path, before)), path);

        assertThat(blocks.bytes(content)).isEqualTo("somewhere".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("R25 while tree blocks count as missing, what they list is looked into")
    void quarantinedBlocksAreSentAgain() {
        byte[] bytes = bytes(3, 2_000_000);
        Content before = sendNew("file", bytes);
        List<TreeBlock.Entry> leaves = entries(entries(before.hash()).getFirst().hash());
        blocks.quarantining(true);
        bench.server.condemn(leaves.get(7).hash());
        long sent = blocks.chunkBytes();

        byte[] longer = joined(bytes, bytes(4, 10_000));
        Content content = sendEdited("file", longer, before);

        assertThat(blocks.bytes(content)).isEqualTo(longer);
        assertThat(blocks.chunkBytes() - sent).isLessThan(10_000 + 2_000_000 / BLOCK_BYTES * 40);
    }

    @Test
    @DisplayName("R10 a tree block condemned after it was asked for is sent again, with its blocks")
    void condemnedTreeBlocksAreSentAgain() {
        byte[] bytes = bytes(3, 2_000_000);
        Content before = sendNew("file", bytes);
        Hash tree = entries(before.hash()).get(1).hash();
        List<TreeBlock.Entry> leaves = entries(tree);
        var chunks = new AtomicInteger();
        ServerApi losing =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("putChunk") && chunks.getAndIncrement() == 0) {
                                bench.server.condemn(tree);
                                bench.server.condemn(leaves.get(3).hash());
                            }
                            return Fault.NONE;
                        });
        byte[] longer = joined(bytes, bytes(4, 10_000));
        LocalPath path = bench.write("file", longer);

        Content content = TransferBench.content(send(losing, edited(path, before)), path);

        assertThat(blocks.bytes(content)).isEqualTo(longer);
    }

    @Test
    @DisplayName("Resuming sends nothing twice")
    void resumingSendsOnlyWhatIsMissing() {
        Content before = sendNew("file", bytes(3, 1_000_000));
        byte[] other = bytes(5, 12_000_000);
        LocalPath path = bench.write("file", other);
        var chunks = new AtomicInteger();
        ServerApi cut =
                FaultyServer.around(
                        bench.api,
                        method ->
                                method.equals("putChunk") && chunks.incrementAndGet() > 1
                                        ? Fault.LOST_REQUEST
                                        : Fault.NONE);
        assertThatThrownBy(() -> send(cut, edited(path, before)))
                .isInstanceOf(SynclineException.class);

        Content content = TransferBench.content(send(bench.api, edited(path, before)), path);

        assertThat(blocks.bytes(content)).isEqualTo(other);
        assertThat(blocks.receivedTwice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R32 what changed before it was read again is not sent, and stops no other file")
    void fileThatChangesBeforeItIsReadAgain(boolean gone) {
        byte[] bytes = bytes(3, 2_000_000);
        Content before = sendNew("file", bytes);
        byte[] edited = joined(bytes(4, 50_000), bytes);
        byte[] again = bytes(7, 2_050_000);
        LocalPath path = bench.write("file", edited);
        LocalPath other = bench.write("other", bytes(6, 700_000));
        var questions = new AtomicInteger();
        ServerApi changing =
                FaultyServer.around(
                        bench.api,
                        method -> {
                            if (method.equals("missing") && questions.getAndIncrement() == 0) {
                                if (gone) {
                                    delete(path);
                                } else {
                                    bench.write("file", again);
                                }
                            }
                            return Fault.NONE;
                        });

        Map<LocalPath, Sent> results =
                send(changing, edited(path, before), new Outgoing(new NodeId(2), other, 700_000));

        assertThat(results).containsKey(path);
        // The first question may be about the other file, before anything of this one was read or
        // after all of it was sent. What never was on the disk at one moment may not be sent.
        if (results.get(path) instanceof Sent.Done done && done.steady()) {
            byte[] sent = blocks.bytes(done.content());
            assertThat(Stream.of(edited, again).anyMatch(whole -> Arrays.equals(whole, sent)))
                    .isTrue();
        }
        assertThat(blocks.bytes(TransferBench.content(results, other)))
                .isEqualTo(bench.read(other));
    }

    private void delete(LocalPath path) {
        try {
            Files.delete(root.resolve(path.toString()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void equalFilesEditedAlikeTravelOnce() {
        byte[] bytes = bytes(3, 1_500_000);
        Content before = sendNew("file", bytes);
        byte[] longer = joined(bytes(4, 50_000), bytes);
        List<Outgoing> files = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            files.add(edited(bench.write("copy" + i, longer), before));
        }
        // One that isn't known as an edit sends the same blocks without an outline.
        files.add(new Outgoing(new NodeId(99), bench.write("new", longer), longer.length));

        Map<LocalPath, Sent> results = send(bench.api, files.toArray(Outgoing[]::new));

        for (Outgoing file : files) {
            assertThat(blocks.bytes(TransferBench.content(results, file.path()))).isEqualTo(longer);
        }
        assertThat(blocks.receivedTwice()).isEmpty();
    }

    @Test
    void describingAnEditedFileSendsNothing() {
        byte[] bytes = bytes(3, 1_000_000);
        Content before = sendNew("file", bytes);
        int asked = blocks.hashesAsked();
        LocalPath path = bench.write("file", bytes(5, 100));
        List<Sent> described = Collections.synchronizedList(new ArrayList<>());

        transfers(bench.api)
                .describe(List.of(edited(path, before)), described::add, Progress.Listener.NONE);

        assertThat(described).hasSize(1);
        assertThat(blocks.hashesAsked()).isEqualTo(asked);
    }

    @Test
    void progressOfAnEditedFileEndsComplete() {
        byte[] bytes = bytes(3, 2_000_000);
        Content before = sendNew("file", bytes);
        byte[] longer = joined(bytes(4, 50_000), bytes);
        LocalPath path = bench.write("file", longer);
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());

        transfers(bench.api).send(List.of(edited(path, before)), _ -> {}, told::add);

        assertThat(told.getLast().bytesDone()).isEqualTo(longer.length);
        assertThat(told.getLast().bytesTotal()).isEqualTo(longer.length);
    }
}
