package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of rows of blocks. */
public abstract class BlocksContract extends MetadataContract {
    @Test
    @DisplayName("R33 R47 R48 blocks get rows with dense numbers, in any order, once")
    void blocksGetRowsOnce() {
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            blocks.add(samples.block());
        }
        assertThat(insert(blocks.subList(0, 200), T0)).isEqualTo(200);
        assertThat(insert(blocks, T0.plusSeconds(1))).isEqualTo(100);

        List<Hash> all = blocks.stream().map(NewBlock::hash).toList();
        Hash unknown = samples.hash();
        List<Hash> asked = new ArrayList<>(all);
        asked.add(unknown);
        assertThat(set(transaction -> transaction.blocks(project.key()).present(asked)))
                .isEqualTo(Set.copyOf(all));
        Map<Hash, BlockRow> rows =
                store.read(transaction -> transaction.blocks(project.key()).find(asked));
        assertThat(rows).hasSize(300);
        for (NewBlock block : blocks) {
            BlockRow row = at(rows, block.hash());
            assertThat(row.location()).isEqualTo(block.location());
            assertThat(row.sizeBytes()).isEqualTo(block.sizeBytes());
            assertThat(row.level()).isEqualTo(block.level());
        }
        assertThat(at(rows, all.getFirst()).arrived()).isEqualTo(T0);
        assertThat(at(rows, all.getLast()).arrived()).isEqualTo(T0.plusSeconds(1));
        assertThat(rows.values().stream().map(BlockRow::number).sorted())
                .containsExactlyElementsOf(LongStream.range(0, 300).boxed().toList());
    }

    @Test
    void blockThatIsKnownKeepsItsPlace() {
        NewBlock first = samples.block();
        NewBlock again =
                new NewBlock(first.hash(), samples.block().location(), first.sizeBytes(), 0);
        insert(List.of(first), T0);

        assertThat(insert(List.of(again, again), T0)).isZero();

        assertThat(
                        map(transaction ->
                                transaction.blocks(project.key()).find(List.of(first.hash()))))
                .extractingByKey(first.hash())
                .extracting(BlockRow::location)
                .isEqualTo(first.location());
    }

    @Test
    @DisplayName("L7 a block of one project is missing in another")
    void blocksBelongToOneProject() {
        NewBlock block = samples.block();
        insert(List.of(block), T0);
        Project other =
                store.write(transaction -> transaction.projects().add(samples.newProject()));

        assertThat(
                        set(transaction ->
                                transaction.blocks(other.key()).present(List.of(block.hash()))))
                .isEmpty();
    }

    @Test
    void blockRowsArePagedInOrderOfHashAndCleared() {
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            blocks.add(samples.block());
        }
        insert(blocks, T0);

        List<Hash> paged = new ArrayList<>();
        List<BlockRow> page;
        do {
            Optional<Hash> after =
                    paged.isEmpty() ? Optional.empty() : Optional.of(paged.getLast());
            page = store.read(transaction -> transaction.blocks(project.key()).page(after, 10));
            page.forEach(row -> paged.add(row.hash()));
        } while (!page.isEmpty());

        assertThat(paged)
                .containsExactlyElementsOf(blocks.stream().map(NewBlock::hash).sorted().toList());
        store.write(transaction -> {
            transaction.blocks(project.key()).clear();
            return 0;
        });
        assertThat(store.<Long>read(transaction -> transaction.blocks(project.key()).count()))
                .isZero();
        assertThat(insert(blocks, T0)).isEqualTo(25);
    }
}
