package io.syncline.server.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.snapshot.Parallel;
import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.server.background.NodeLeases;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.metadata.Fork;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SnapshotKeeperTest {
    private static final Instant T0 = Instant.parse("2026-01-02T03:04:05Z");
    private static final Epoch EPOCH = new Epoch("e".repeat(32));

    private final AtomicReference<Instant> now = new AtomicReference<>(T0);
    private final MetadataStore store = new MemoryMetadataStore();
    private final MemoryBlockStore blocks = new MemoryBlockStore(new Random(1));
    private final MemorySnapshotFiles files = new MemorySnapshotFiles(now::get);
    private final SnapshotKeeper keeper =
            new SnapshotKeeper(store, blocks, files, now::get, new Random(2));

    @AfterEach
    void close() {
        keeper.close();
    }

    @ParameterizedTest
    @CsvSource({
        // head, nodes, newest at (-1: none), days old, due
        "0, 0, -1, 0, false",
        "10000, 10000, -1, 0, false",
        "10001, 10001, -1, 0, true",
        "100000, 1000000, -1, 0, true",
        "40000, 1000000, -1, 0, false",
        "20000, 20000, 10000, 0, false",
        "20001, 20000, 10000, 0, true",
        "1050000, 1000000, 1000000, 6, false",
        "1050001, 1000000, 1000000, 0, true",
        "10001, 10001, 10000, 6, false",
        "10001, 10001, 10000, 8, true",
        "10000, 10000, 10000, 800, false",
    })
    @DisplayName("A snapshot is due after enough changes, and within 7 days of any")
    void dueAfterEnoughChanges(long head, long nodes, long newest, int days, boolean due) {
        Optional<Snapshot> snapshot =
                newest < 0 ? Optional.empty() : Optional.of(snapshot(new Cursor(EPOCH, newest)));

        assertThat(Due.isDue(project(head, nodes), snapshot, T0.plus(Duration.ofDays(days))))
                .isEqualTo(due);
    }

    @Test
    @DisplayName("R16 a snapshot of another epoch is replaced at once")
    void snapshotOfAnotherEpochIsDue() {
        Snapshot other = snapshot(new Cursor(new Epoch("f".repeat(32)), 20_000));

        assertThat(Due.isDue(project(20_000, 20_000), Optional.of(other), T0)).isTrue();
    }

    private static Snapshot snapshot(Cursor cursor) {
        return new Snapshot(new SnapshotId("5".repeat(32)), cursor, TreeDigest.EMPTY, 1, 1, T0);
    }

    private static Project project(long head, long nodes) {
        return new Project(
                new ProjectKey(1),
                new ProjectId("a".repeat(32)),
                "p",
                1,
                false,
                EPOCH,
                Fork.NONE,
                head,
                TreeDigest.EMPTY,
                nodes,
                0,
                T0);
    }

    @Test
    void projectOfEnoughChangesGetsASnapshotOfItsHead() throws IOException {
        GrowingProject growing = new GrowingProject(store, 1);
        growing.grow(10_000);
        keeper.sweep();
        assertThat(list(growing)).isEmpty();

        growing.grow(1);
        keeper.sweep();
        keeper.sweep();

        assertThat(list(growing)).hasSize(1);
        Project project = growing.project();
        Snapshot snapshot = list(growing).getFirst();
        assertThat(snapshot.cursor()).isEqualTo(new Cursor(project.epoch(), project.head()));
        assertThat(snapshot.digest()).isEqualTo(project.digest());
        assertThat(digest(read(files, growing, snapshot))).isEqualTo(project.digest());
        assertThat(files.bytes(growing.id(), snapshot.id().value()).orElseThrow())
                .hasSize((int) snapshot.sizeBytes());
    }

    @Test
    @DisplayName("A snapshot made while others commit is of exactly one sequence")
    void snapshotUnderCommitsIsOfOneSequence(@TempDir Path folder) throws Exception {
        try (MetadataStore sqlite = SqliteMetadataStore.open(folder.resolve("m.sqlite"))) {
            GrowingProject growing = new GrowingProject(sqlite, 3);
            growing.grow(3_000);
            SnapshotBuilder builder =
                    new SnapshotBuilder(sqlite, blocks, files, now::get, new Random(4));
            AtomicBoolean done = new AtomicBoolean();
            Thread committer =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!done.get()) {
                                    growing.grow(3);
                                    growing.change();
                                }
                            });
            try {
                for (int i = 0; i < 8; i++) {
                    Snapshot made = builder.build(growing.id()).orElseThrow();
                    assertThat(digest(read(files, growing, made))).isEqualTo(made.digest());
                    assertThat(
                                    sqlite.<Optional<TreeDigest>>read(read ->
                                            read.projects()
                                                    .digestAt(
                                                            growing.project().key(),
                                                            made.cursor().sequence())))
                            .contains(made.digest());
                }
            } finally {
                done.set(true);
                committer.join();
            }
        }
    }

    @Test
    void damagedFileIsFoundOutAndMadeAnew() {
        GrowingProject growing = new GrowingProject(store, 5);
        growing.grow(10_001);
        keeper.sweep();
        Snapshot first = list(growing).getFirst();
        byte[] bytes = files.bytes(growing.id(), first.id().value()).orElseThrow();
        bytes[bytes.length / 2] ^= 1;

        keeper.sweep();
        assertThat(list(growing)).containsExactly(first);
        now.set(T0.plus(Duration.ofDays(2)));
        keeper.sweep();

        assertThat(list(growing)).hasSize(1).doesNotContain(first);
        assertThat(files.open(growing.id(), first.id().value())).isEmpty();
    }

    @Test
    void missingFileIsMadeAnew() {
        GrowingProject growing = new GrowingProject(store, 6);
        growing.grow(10_001);
        keeper.sweep();
        Snapshot first = list(growing).getFirst();
        files.delete(growing.id(), first.id().value());

        keeper.sweep();

        assertThat(list(growing)).hasSize(1).doesNotContain(first);
    }

    @Test
    void oldOnesAreKeptForADayAndAreNeverMany() {
        GrowingProject growing = new GrowingProject(store, 7);
        SnapshotBuilder builder =
                new SnapshotBuilder(store, blocks, files, now::get, new Random(4));
        for (int i = 0; i < Due.KEPT_MAX + 3; i++) {
            growing.grow(10);
            now.set(now.get().plusSeconds(60));
            assertThat(builder.build(growing.id())).isPresent();
            keeper.sweep();
            assertThat(list(growing)).hasSize(Math.min(i + 1, Due.KEPT_MAX));
        }
        assertThat(files.list(growing.id())).hasSize(Due.KEPT_MAX);
        Snapshot newest = list(growing).getFirst();

        now.set(now.get().plus(Due.KEPT).plusSeconds(60));
        keeper.sweep();

        assertThat(list(growing)).containsExactly(newest);
        assertThat(files.list(growing.id())).hasSize(1);
    }

    @Test
    @DisplayName("A crash between file and row leaves a file that goes, never a row without one")
    void crashBetweenFileAndRowLeavesAFileThatGoes() throws IOException {
        GrowingProject growing = new GrowingProject(store, 8);
        String orphan = "7".repeat(32);
        try (SnapshotFiles.Draft draft = files.draft(growing.id(), orphan)) {
            draft.publish(ByteBuffer.allocate(4));
        }
        growing.grow(10_001);

        keeper.sweep();
        assertThat(files.list(growing.id())).hasSize(2);
        now.set(T0.plus(Duration.ofDays(2)));
        keeper.sweep();

        assertThat(files.list(growing.id()))
                .extracting(SnapshotFiles.Entry::name)
                .containsExactly(list(growing).getFirst().id().value());
    }

    @Test
    @DisplayName("L6 a tree that doesn't add up to its digest is never published")
    void treeThatDoesNotAddUpIsNeverPublished() {
        GrowingProject growing = new GrowingProject(store, 9);
        growing.grow(100);
        Project project = growing.project();
        store.write(write -> {
            write.projects()
                    .advance(
                            project.key(),
                            project.head() + 1,
                            TreeDigest.EMPTY,
                            project.nodes(),
                            T0);
            return true;
        });
        SnapshotBuilder builder =
                new SnapshotBuilder(store, blocks, files, now::get, new Random(4));

        assertThatThrownBy(() -> builder.build(growing.id()))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
        assertThat(files.list(growing.id())).isEmpty();
        assertThat(list(growing)).isEmpty();
    }

    @Test
    @DisplayName("R37 a snapshot carries the targets of links, but for those that can't be read")
    void snapshotCarriesTargets() throws IOException {
        GrowingProject growing = new GrowingProject(store, 10);
        Content stored = link(growing, "../there", true);
        Content lost = link(growing, "../lost", false);
        growing.add(GrowingProject.node(1, 1, NodeId.ROOT, Item.symlink(stored, 5)));
        growing.add(GrowingProject.node(2, 2, NodeId.ROOT, Item.symlink(lost, 5)));
        SnapshotBuilder builder =
                new SnapshotBuilder(store, blocks, files, now::get, new Random(4));

        SnapshotTree tree = read(files, growing, builder.build(growing.id()).orElseThrow());

        assertThat(new String(tree.target(0).orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("../there");
        assertThat(tree.target(1)).isEmpty();
        assertThat(tree.node(1).item().content()).contains(lost);
    }

    private Content link(GrowingProject growing, String target, boolean keep) {
        ByteBuffer bytes = ByteBuffer.wrap(target.getBytes(StandardCharsets.UTF_8));
        Block block = new Block(new BlockHasher().hash(0, bytes.duplicate()), 0, bytes);
        if (keep) {
            try (FrameEncoder encoder = new FrameEncoder()) {
                List<FrameLocation> at =
                        blocks.append(growing.id(), List.of(encoder.encode(block)));
                store.write(write ->
                        write.blocks(growing.project().key())
                                .insert(
                                        List.of(
                                                new NewBlock(
                                                        block.hash(),
                                                        at.getFirst(),
                                                        block.sizeBytes(),
                                                        0)),
                                        T0));
            }
        }
        return new Content(0, block.hash(), block.sizeBytes());
    }

    @Test
    @DisplayName("R50 a wish is carried out on a thread that was handed in, one for all wishes")
    void wishIsCarriedOutOnAThreadThatWasHandedIn() {
        GrowingProject growing = new GrowingProject(store, 1);
        growing.grow(10_001);
        List<Thread> made = new ArrayList<>();
        ThreadFactory threads =
                work -> {
                    Thread thread = Thread.ofVirtual().unstarted(work);
                    made.add(thread);
                    return thread;
                };
        try (var handed =
                new SnapshotKeeper(
                        NodeLeases.only(store, SnapshotKeeper.LEASE, now::get),
                        blocks,
                        files,
                        now::get,
                        new Random(3),
                        threads)) {
            handed.nudge(growing.project());
            handed.nudge(growing.project());
        }

        assertThat(made).singleElement().matches(thread -> thread.getName().equals("snapshots"));
    }

    private List<Snapshot> list(GrowingProject growing) {
        return store.read(read -> read.snapshots(growing.project().key()).list());
    }

    private static SnapshotTree read(SnapshotFiles from, GrowingProject growing, Snapshot snapshot)
            throws IOException {
        try (SnapshotFiles.Reading reading =
                from.open(growing.id(), snapshot.id().value()).orElseThrow()) {
            return SnapshotTree.read(reading, true, 64 << 20, Parallel.SEQUENTIAL);
        }
    }

    private static TreeDigest digest(SnapshotTree tree) {
        TreeDigest digest = TreeDigest.EMPTY;
        for (int i = 0; i < tree.size(); i++) {
            digest = digest.plus(tree.node(i));
        }
        return digest;
    }
}
