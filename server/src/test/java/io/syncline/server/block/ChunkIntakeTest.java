package io.syncline.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ChunkIntakeTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    private final Random random = new Random(10);
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final BlockStore blocks = new MemoryBlockStore(random);
    private final BlockFilters filters = new BlockFilters(store);
    private final Project project = project(1);

    @AfterEach
    void close() {
        filters.close();
        blocks.close();
        store.close();
    }

    private Project project(int format) {
        return store.write(write ->
                write.projects()
                        .add(
                                new NewProject(
                                        new ProjectId(RandomId.next(random)),
                                        "p",
                                        format,
                                        false,
                                        new Epoch(RandomId.next(random)),
                                        NOW)));
    }

    private Block data(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return new Block(new BlockHasher().hash(0, bytes, 0, size), 0, ByteBuffer.wrap(bytes));
    }

    private ChunkAnswer take(MetadataStore through, Project into, Block... chunk) {
        try (var intake = new ChunkIntake(through, blocks, filters, () -> NOW)) {
            return take(intake, into, chunk);
        }
    }

    private static ChunkAnswer take(ChunkIntake intake, Project into, Block... chunk) {
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            for (Block block : chunk) {
                assertThat(encoder.add(block)).isTrue();
            }
            List<Hash> names = List.of(chunk).stream().map(Block::hash).toList();
            return intake.take(into, DEVICE, ChunkName.of(names), encoder.finish(), _ -> {});
        }
    }

    private void condemnEverything() {
        store.write(write -> {
            Collecting.Writable rows = write.collecting(project.key());
            return rows.condemn(rows.page(Optional.empty(), 1_000), NOW);
        });
    }

    /** A store in which everything is condemned just before each of the first writes. */
    private MetadataStore condemning(int times) {
        return new MetadataStore() {
            private int left = times;

            @Override
            public <T> T read(Read<T> work) {
                return store.read(work);
            }

            @Override
            public <T> T write(Write<T> work) {
                if (left > 0) {
                    left--;
                    condemnEverything();
                }
                return store.write(work);
            }

            @Override
            public <T> T writeBehind(Write<T> work) {
                return store.writeBehind(work);
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }

    @Test
    @DisplayName(
            "R10 L3 a block that was stored when a chunk came and is condemned before its rows are"
                    + " written is stored anew")
    void condemnedMeanwhileIsStoredAnew() {
        Block child = data(100);
        Block other = data(200);
        take(store, project, child);
        Block tree =
                Block.of(
                        TreeBlock.of(
                                1,
                                List.of(
                                        new TreeBlock.Entry(child.hash(), 100),
                                        new TreeBlock.Entry(other.hash(), 200))));

        ChunkAnswer answer = take(condemning(1), project, child, other, tree);

        assertThat(answer.stored()).isEqualTo(3);
        Set<Hash> present =
                store.read(read ->
                        read.blocks(project.key())
                                .present(List.of(child.hash(), other.hash(), tree.hash())));
        assertThat(present).hasSize(3);
    }

    @Test
    @DisplayName("R10 a tree block isn't stored above a condemned child, nor revived there")
    void treeNeedsUncondemnedChildren() {
        Block child = data(100);
        Block other = data(200);
        Block tree =
                Block.of(
                        TreeBlock.of(
                                1,
                                List.of(
                                        new TreeBlock.Entry(child.hash(), 100),
                                        new TreeBlock.Entry(other.hash(), 200))));
        take(store, project, child, other, tree);
        condemnEverything();

        assertThatThrownBy(() -> take(store, project, other, tree))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
        assertThat(take(store, project, child).stored()).isEqualTo(1);
        assertThat(take(store, project, other, tree).stored()).isEqualTo(2);
    }

    @Test
    @DisplayName("scenario 66, R41 a chunk for a project of an unknown format is refused clearly")
    void unknownFormatIsRefused() {
        Project later = project(2);
        assertThatThrownBy(() -> take(store, later, data(10)))
                .satisfies(failure -> assertCode(failure, ErrorCode.UPGRADE_REQUIRED))
                .hasMessageContaining("format 2");
        assertThat(store.read(read -> read.projects().find(later.id())).orElseThrow().format())
                .isEqualTo(2);
    }

    private static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }

    @Test
    @DisplayName("L9: one decoder is kept from chunk to chunk, and none after the end")
    void keepsDecodersUntilTheEnd() {
        ChunkIntake intake = new ChunkIntake(store, blocks, filters, () -> NOW);
        take(intake, project, data(30_000));
        take(intake, project, data(30_000));
        assertThat(intake.idleCount()).isEqualTo(1);

        intake.close();
        assertThat(intake.idleCount()).isZero();

        ChunkAnswer late = take(intake, project, data(30_000));
        assertThat(late).isEqualTo(new ChunkAnswer(1, 0));
        assertThat(intake.idleCount()).isZero();
    }
}
