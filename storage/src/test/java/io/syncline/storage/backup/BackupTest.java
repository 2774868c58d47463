package io.syncline.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import io.syncline.storage.rebuild.BlockRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of stores in use, and what is taken back from them. */
final class BackupTest {
    private static final MakeBackup.Wishes ALL =
            new MakeBackup.Wishes(true, true, 0, List.of(), "test");

    @TempDir private Path folder;

    private final Random random = new Random(31);
    private final Samples samples = new Samples(31);
    private final InstantSource clock = InstantSource.fixed(Samples.T0);
    private Path target;
    private SqliteMetadataStore metadata;
    private PackBlockStore blocks;
    private Project project;
    private Instant now = Samples.T0;

    @BeforeEach
    void open() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        target = folder.resolve("backups");
        metadata = SqliteMetadataStore.open(data.resolve("metadata.sqlite"));
        blocks = PackBlockStore.open(data.resolve("packs"), random, clock);
        project = metadata.write(write -> write.projects().add(samples.newProject()));
    }

    @AfterEach
    void close() {
        blocks.close();
        metadata.close();
    }

    private void store(int count) {
        List<Named> frames = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sizes.add(50 + random.nextInt(2_000));
            frames.add(Frames.random(random, sizes.getLast()));
        }
        List<FrameLocation> locations =
                blocks.append(project.id(), frames.stream().map(Named::frame).toList());
        List<NewBlock> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new NewBlock(frames.get(i).hash(), locations.get(i), sizes.get(i), 0));
        }
        metadata.write(write -> write.blocks(project.key()).insert(rows, Samples.T0));
    }

    /** Stops the server and starts it again, which finishes packs and fills them on later. */
    private void restart() {
        blocks.close();
        blocks = PackBlockStore.open(folder.resolve("data/packs"), random, clock);
    }

    private MakeBackup.Made backup(MakeBackup.Wishes wishes, CopyListener listener) {
        return backup(blocks, wishes, listener);
    }

    private MakeBackup.Made backup(
            PackFiles packs, MakeBackup.Wishes wishes, CopyListener listener) {
        now = now.plusSeconds(60);
        try (BackupFolder backups = BackupFolder.create(target)) {
            return new MakeBackup(backups, metadata, packs, wishes, listener).run(now);
        }
    }

    private MakeBackup.Made backup() {
        return backup(ALL, (_, _, _) -> {});
    }

    /** The blocks that the stores hold, read and verified. */
    private static Map<Hash, ByteBuffer> contents(
            MetadataStore metadata, PackBlockStore blocks, Project project) {
        Map<Hash, ByteBuffer> found = new TreeMap<>();
        for (BlockRow row :
                metadata.<List<BlockRow>>read(
                        read -> read.blocks(project.key()).page(Optional.empty(), 100_000))) {
            found.put(
                    row.hash(),
                    blocks.read(project.id(), List.of(new FrameRequest(row.hash(), row.location())))
                            .getFirst());
        }
        return found;
    }

    /** What a server would hold after this backup was restored, its rows made from packs. */
    private Map<Hash, ByteBuffer> restored(Optional<String> name, boolean rebuild)
            throws IOException {
        Path data = Files.createTempDirectory(folder, "restored");
        try (BackupFolder backups = BackupFolder.open(target)) {
            TakeBackup take = new TakeBackup(backups, backups.find(name), (_, _, _) -> {});
            take.metadata(data.resolve("metadata.sqlite"));
            try (PackBlockStore packs = PackBlockStore.open(data.resolve("packs"), random, clock)) {
                assertThat(take.packs(packs, true)).isZero();
            }
        }
        try (PackBlockStore packs = PackBlockStore.open(data.resolve("packs"), random, clock);
                SqliteMetadataStore rows =
                        SqliteMetadataStore.open(data.resolve("metadata.sqlite"))) {
            if (rebuild) {
                List<Long> told = new ArrayList<>();
                BlockRows.rebuild(
                        rows, packs, project.id(), Samples.T0, (done, _) -> told.add(done));
                assertThat(told).isNotEmpty();
            }
            return contents(rows, packs, project);
        }
    }

    @Test
    @DisplayName("R5 whatever is stored meanwhile, each backup holds what was stored before it")
    void everyBackupHoldsWhatWasStored() throws IOException {
        List<Map<Hash, ByteBuffer>> states = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            store(1 + random.nextInt(40));
            if (random.nextInt(3) == 0) {
                restart();
            }
            states.add(contents(metadata, blocks, project));
            // More arrives after the metadata was copied and before the packs are.
            names.add(
                    backup(
                                    ALL,
                                    (what, _, _) -> {
                                        if (what.equals("metadata") && random.nextInt(4) == 0) {
                                            store(3);
                                        }
                                    })
                            .name());
        }
        for (int i = 0; i < names.size(); i++) {
            assertThat(restored(Optional.of(names.get(i)), false))
                    .as(names.get(i))
                    .containsAllEntriesOf(states.get(i));
            assertThat(restored(Optional.of(names.get(i)), true))
                    .as(names.get(i))
                    .containsAllEntriesOf(states.get(i));
        }
    }

    @Test
    void aBackupStoppedAnywhereIsNoneAndTheNextOneIsWhole() throws IOException {
        store(50);
        ProjectId other = new ProjectId(samples.id());
        String first = backup().name();
        for (int stopAt = 1; stopAt < 20; stopAt++) {
            blocks.append(other, List.of(Frames.random(random, 1_000).frame()));
            store(10);
            int[] left = {stopAt};
            try {
                backup(
                        ALL,
                        (_, _, _) -> {
                            if (left[0]-- == 0) {
                                throw new SynclineException(ErrorCode.UNAVAILABLE, "stopped");
                            }
                        });
                assertThat(stopAt).isGreaterThan(4);
                return;
            } catch (SynclineException e) {
                assertThat(e).hasMessage("stopped");
                try (BackupFolder backups = BackupFolder.open(target)) {
                    assertThat(backups.list()).hasSize(stopAt);
                }
            }
            backup();
            assertThat(restored(Optional.empty(), false))
                    .isEqualTo(contents(metadata, blocks, project));
            assertThat(restored(Optional.of(first), false)).hasSize(50);
        }
        throw new AssertionError("a backup of two small packs reports too often");
    }

    @Test
    void whatIsThereIsNotCopiedAgain() {
        store(20);
        restart();
        MakeBackup.Made first = backup();
        assertThat(first.copiedPacks()).isEqualTo(1);
        assertThat(first.copiedBytes()).isEqualTo(first.manifest().packBytes());
        MakeBackup.Made second = backup();
        assertThat(second.copiedPacks()).isZero();
        assertThat(second.keptPacks()).isEqualTo(1);
        store(1);
        assertThat(backup().copiedPacks()).isEqualTo(1);
    }

    @Test
    void aSmallPackFilledOnIsCopiedAgainThoughItIsShorterThanItsCopy() throws IOException {
        // Many frames make a long index; one frame that takes less room than it follows.
        store(400);
        restart();
        backup();
        store(1);
        assertThat(backup().copiedPacks()).isEqualTo(1);
        assertThat(restored(Optional.empty(), false)).hasSize(401);
    }

    @Test
    void fullPacksAreLinkedAndSmallOnesCopied() throws IOException {
        List<ByteBuffer> frames = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            frames.add(Frames.random(random, 256 << 10).frame());
        }
        blocks.append(project.id(), frames);
        ProjectId other = new ProjectId(samples.id());
        blocks.append(other, List.of(Frames.random(random, 10).frame()));
        restart();
        MakeBackup.Made made = backup();
        assertThat(made.linkedPacks()).isEqualTo(1);
        assertThat(made.copiedPacks()).isEqualTo(1);
        // The same, copied, into another folder.
        target = folder.resolve("copies");
        made = backup(new MakeBackup.Wishes(false, true, 0, List.of(), "test"), (_, _, _) -> {});
        assertThat(made.linkedPacks()).isZero();
        assertThat(made.copiedPacks()).isEqualTo(2);
    }

    @Test
    void aPackBeingFilledIsNeverLinked() {
        List<ByteBuffer> frames = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            frames.add(Frames.random(random, 256 << 10).frame());
        }
        blocks.append(project.id(), frames);
        assertThat(backup().linkedPacks()).isZero();
        blocks.append(project.id(), frames.subList(0, 1));
        assertThat(backup().copiedPacks()).isEqualTo(1);
    }

    @Test
    void settingsGoAlong() throws IOException {
        store(1);
        Path setting = Files.writeString(folder.resolve("data/listen"), "127.0.0.1:1\n");
        backup(
                new MakeBackup.Wishes(
                        true, false, 0, List.of(setting, folder.resolve("none")), "test"),
                (_, _, _) -> {});
        Path data = Files.createDirectories(folder.resolve("settings"));
        try (BackupFolder backups = BackupFolder.open(target)) {
            new TakeBackup(backups, backups.find(Optional.empty()), (_, _, _) -> {}).settings(data);
        }
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).containsExactly(data.resolve("listen"));
        }
        assertThat(data.resolve("listen")).hasContent("127.0.0.1:1");
    }

    @Test
    void oldBackupsGoWithThePacksThatOnlyTheyNeed() throws IOException {
        store(10);
        String first = backup().name();
        PackId old = blocks.packs(project.id()).getFirst();
        // Its blocks are stored elsewhere, and the pack goes.
        Map<Hash, ByteBuffer> all = contents(metadata, blocks, project);
        blocks.delete(project.id(), old);
        metadata.write(write -> {
            write.blocks(project.key()).clear();
            return true;
        });
        store(5);
        String second = backup().name();
        assertThat(restored(Optional.of(first), false)).isEqualTo(all);
        MakeBackup.Made third =
                backup(new MakeBackup.Wishes(true, true, 2, List.of(), "test"), (_, _, _) -> {});
        assertThat(third.forgotten()).containsExactly(first);
        assertThat(third.freedPacks()).isEqualTo(1);
        assertThat(restored(Optional.of(second), false)).hasSize(5);
        assertThatThrownBy(() -> restored(Optional.of(first), false))
                .hasMessageContaining("there is no backup " + first);
    }

    @Test
    @DisplayName("R5 a pack that vanishes while packs are copied is looked for in another")
    void packsMayVanishMeanwhile() throws IOException {
        store(10);
        Map<Hash, ByteBuffer> before = contents(metadata, blocks, project);
        PackFiles vanishing =
                new VanishingPacks(
                        blocks,
                        () -> {
                            PackId old = blocks.packs(project.id()).getFirst();
                            List<ByteBuffer> frames = List.copyOf(before.values());
                            blocks.delete(project.id(), old);
                            blocks.append(project.id(), frames);
                        });
        MakeBackup.Made made = backup(vanishing, ALL, (_, _, _) -> {});
        assertThat(made.manifest().packs()).isEqualTo(1);
        assertThat(restored(Optional.empty(), true)).isEqualTo(before);
    }

    /** Packs of which the first that is wanted vanishes just before it is copied. */
    private static final class VanishingPacks implements PackFiles {
        private final PackFiles packs;
        private final Runnable vanish;
        private boolean vanished;

        VanishingPacks(PackFiles packs, Runnable vanish) {
            this.packs = packs;
            this.vanish = vanish;
        }

        @Override
        public List<ProjectId> projects() {
            return packs.projects();
        }

        @Override
        public List<PackFile> packFiles(ProjectId project) {
            return packs.packFiles(project);
        }

        @Override
        public Copied copyOut(
                ProjectId project, PackFile pack, Path to, boolean link, LongConsumer copied) {
            if (!vanished) {
                vanished = true;
                vanish.run();
            }
            return packs.copyOut(project, pack, to, link, copied);
        }

        @Override
        public Copied copyIn(
                ProjectId project, PackId pack, Path source, boolean link, LongConsumer copied) {
            return packs.copyIn(project, pack, source, link, copied);
        }

        @Override
        public ScanResult check(ProjectId project, PackId pack, Path copy) {
            return packs.check(project, pack, copy);
        }
    }

    @Test
    void damageInANewCopyIsTold() throws IOException {
        store(10);
        restart();
        Path pack;
        try (Stream<Path> files =
                Files.list(folder.resolve("data/packs/packs").resolve(project.id().value()))) {
            pack = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        // In the middle of the first frame's payload.
        bytes[40 + 52 + 20] ^= 1;
        Files.write(pack, bytes);
        MakeBackup.Made made = backup();
        assertThat(made.damagedPacks()).isEqualTo(1);
        assertThat(backup().damagedPacks()).isZero();
    }

    @Test
    void whatTheManifestDoesNotVouchForIsNotRestored() throws IOException {
        store(5);
        String name = backup().name();
        Path file = target.resolve("backups").resolve(name).resolve("metadata.sqlite");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> restored(Optional.empty(), false))
                .hasMessageContaining("isn't what the backup's manifest says");
    }

    @Test
    void oneAtATime() {
        try (BackupFolder backups = BackupFolder.create(target)) {
            assertThat(backups.list()).isEmpty();
            assertThatThrownBy(this::backup).hasMessageContaining("another backup or restore");
        }
        assertThatThrownBy(() -> BackupFolder.open(folder.resolve("nowhere")))
                .hasMessageContaining("is no folder of backups");
    }
}
