package io.syncline.server.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BlockFiltersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random = new Random(48);
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final PackId pack = new PackId(RandomId.next(random));

    @AfterEach
    void close() {
        store.close();
    }

    private ProjectKey project() {
        Project project =
                store.write(write ->
                        write.projects()
                                .add(
                                        new NewProject(
                                                new ProjectId(RandomId.next(random)),
                                                "p",
                                                1,
                                                false,
                                                new Epoch(RandomId.next(random)),
                                                NOW)));
        return project.key();
    }

    private Hash hash() {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private List<Hash> hashes(int count) {
        List<Hash> hashes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hashes.add(hash());
        }
        return hashes;
    }

    private List<Hash> insert(ProjectKey project, int count) {
        List<Hash> hashes = hashes(count);
        List<NewBlock> rows = new ArrayList<>();
        for (Hash hash : hashes) {
            rows.add(new NewBlock(hash, new FrameLocation(pack, rows.size(), 1), 1, 0));
        }
        store.write(write -> write.blocks(project).insert(rows, NOW));
        return hashes;
    }

    private static void awaitReady(BlockFilters filters, ProjectKey project) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!filters.isReady(project)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no filter was built");
            }
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    @DisplayName("R48 a filter of 10 bits a block has all of them and few others")
    void filterHasAllAndFewOthers() {
        BlockFilter filter = new BlockFilter(100_000);
        List<Hash> members = hashes(100_000);
        members.forEach(filter::add);
        assertThat(members).allMatch(filter::mayHave);
        long others = hashes(100_000).stream().filter(filter::mayHave).count();
        assertThat(others).isLessThan(3_000);
        assertThat(BlockFilter.bytes(100_000)).isLessThan(100_000 * 10 / 8 + 64);
    }

    @Test
    @DisplayName("R48 cold hashes are answered by the filter, stored ones are never called missing")
    void filterAnswersNegatives() {
        ProjectKey project = project();
        List<Hash> before = insert(project, 2_000);
        try (BlockFilters filters = new BlockFilters(store, 1 << 20, 1_000)) {
            // Nothing is known yet, so everything may be stored.
            List<Hash> cold = hashes(1_000);
            assertThat(filters.mayHave(project, cold)).containsAll(cold);
            awaitReady(filters, project);
            assertThat(filters.mayHave(project, cold)).hasSizeLessThan(50);
            assertThat(filters.mayHave(project, before)).containsAll(before);

            List<Hash> later = insert(project, 100);
            filters.stored(project, later, 2_100);
            assertThat(filters.mayHave(project, later)).containsAll(later);
        }
    }

    @Test
    @DisplayName("R48 a project that outgrows its filter gets a larger one")
    void filterIsMadeAnew() {
        ProjectKey project = project();
        insert(project, 1_000);
        try (BlockFilters filters = new BlockFilters(store, 1 << 20, 1_000)) {
            filters.mayHave(project, hashes(1));
            awaitReady(filters, project);
            List<Hash> later = insert(project, 600);
            filters.stored(project, later, 1_600);
            assertThat(filters.mayHave(project, later)).containsAll(later);
            awaitReady(filters, project);
            assertThat(filters.mayHave(project, later)).containsAll(later);
            assertThat(filters.mayHave(project, hashes(1_000))).hasSizeLessThan(50);
        }
    }

    @Test
    @DisplayName("R48 a small project that grows gets a filter")
    void smallProjectsHaveNone() {
        ProjectKey project = project();
        insert(project, 10);
        try (BlockFilters filters = new BlockFilters(store, 1 << 20, 1_000)) {
            List<Hash> cold = hashes(100);
            for (int i = 0; i < 3; i++) {
                assertThat(filters.mayHave(project, cold)).containsAll(cold);
            }
            List<Hash> later = insert(project, 1_000);
            filters.stored(project, later, 1_010);
            filters.mayHave(project, cold);
            awaitReady(filters, project);
            assertThat(filters.mayHave(project, later)).containsAll(later);
        }
    }

    @Test
    @DisplayName("L9 R48 all filters together stay within their bound")
    void filtersMakeRoom() {
        ProjectKey first = project();
        ProjectKey second = project();
        insert(first, 2_000);
        insert(second, 2_000);
        try (BlockFilters filters =
                new BlockFilters(store, BlockFilter.bytes(3_000) + 100, 1_000)) {
            filters.mayHave(first, hashes(1));
            awaitReady(filters, first);
            filters.mayHave(second, hashes(1));
            awaitReady(filters, second);
            List<Hash> cold = hashes(100);
            assertThat(filters.mayHave(first, cold)).containsAll(cold);
        }
        ProjectKey huge = project();
        insert(huge, 2_000);
        try (BlockFilters filters = new BlockFilters(store, 500, 1_000)) {
            List<Hash> cold = hashes(100);
            for (int i = 0; i < 3; i++) {
                assertThat(filters.mayHave(huge, cold)).containsAll(cold);
            }
        }
    }
}
