package io.syncline.storage.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlockRowsTest {
    @TempDir private Path folder;

    private final Random random = new Random(23);
    private final Samples samples = new Samples(23);
    private MetadataStore metadata;
    private BlockStore blocks;
    private Project project;

    @BeforeEach
    void open() {
        metadata = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
        blocks = PackBlockStore.open(folder, random, InstantSource.fixed(Samples.T0));
        project = metadata.write(transaction -> transaction.projects().add(samples.newProject()));
    }

    @AfterEach
    void close() {
        blocks.close();
        metadata.close();
    }

    @Test
    @DisplayName("R5 R33 rows are rebuilt from packs alone")
    void rowsAreRebuiltFromPacks() {
        Map<Hash, NewBlock> stored = store(200);
        // Lost, wrong and invented rows.
        metadata.write(transaction -> {
            transaction.blocks(project.key()).clear();
            Hash known = stored.keySet().iterator().next();
            return transaction
                    .blocks(project.key())
                    .insert(
                            List.of(
                                    samples.block(),
                                    new NewBlock(known, samples.block().location(), 5, 3)),
                            Samples.T0);
        });

        BlockRows.Result result =
                BlockRows.rebuild(metadata, blocks, project.id(), Samples.T0.plusSeconds(9));

        assertThat(result).isEqualTo(new BlockRows.Result(1, 200, new ScanResult(200, 0, 0)));
        List<BlockRow> rows =
                metadata.read(transaction ->
                        transaction.blocks(project.key()).page(Optional.empty(), 1_000));
        assertThat(rows).hasSize(200);
        for (BlockRow row : rows) {
            assertThat(new NewBlock(row.hash(), row.location(), row.sizeBytes(), row.level()))
                    .isEqualTo(stored.get(row.hash()));
            assertThat(row.arrived()).isEqualTo(Samples.T0.plusSeconds(9));
        }
        assertThat(rows.stream().map(BlockRow::number).sorted().toList())
                .startsWith(0L)
                .endsWith(199L);
    }

    @Test
    void failedRebuildLeavesTheOldRows() {
        store(10);
        blocks.close();

        assertThatThrownBy(() -> BlockRows.rebuild(metadata, blocks, project.id(), Samples.T0))
                .isInstanceOf(SynclineException.class);

        long rows = metadata.<Long>read(transaction -> transaction.blocks(project.key()).count());
        assertThat(rows).isEqualTo(10);
    }

    @Test
    void unknownProjectIsNotFound() {
        assertThatThrownBy(() ->
                        BlockRows.rebuild(
                                metadata, blocks, new ProjectId(samples.id()), Samples.T0))
                .hasMessageContaining("no project");
    }

    private Map<Hash, NewBlock> store(int count) {
        List<Named> frames = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int size = 50 + random.nextInt(2_000);
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            sizes.add(size);
            frames.add(Frames.of(i % 3, bytes));
        }
        List<FrameLocation> locations =
                blocks.append(project.id(), frames.stream().map(Named::frame).toList());
        Map<Hash, NewBlock> rows = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Hash hash = frames.get(i).hash();
            rows.put(hash, new NewBlock(hash, locations.get(i), sizes.get(i), i % 3));
        }
        metadata.write(
                transaction -> transaction.blocks(project.key()).insert(rows.values(), Samples.T0));
        return rows;
    }
}
