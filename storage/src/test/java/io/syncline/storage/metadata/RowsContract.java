package io.syncline.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of the rows of every kind of store that servers move between. */
public abstract class RowsContract {
    private static final int ROWS = 37;
    private static final long SEED = 20_261_126;

    private final Random random = new Random(SEED);
    private MetadataRows rows;

    /** The rows of a new store, which a server would use. */
    protected abstract MetadataRows open();

    /** The store whose rows were opened last. */
    protected abstract MetadataStore store();

    @BeforeEach
    void openRows() {
        rows = open();
    }

    @AfterEach
    void closeRows() {
        rows.close();
    }

    /** Rows in order of keys, all values drawn. */
    private List<MovedRow> drawn(MovedTable table) {
        List<MovedRow> drawn = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            Object[] values = new Object[table.columns().size()];
            for (int j = 0; j < values.length; j++) {
                MovedTable.Column column = table.columns().get(j);
                values[j] = value(table, column, i);
            }
            drawn.add(new MovedRow(table, values));
        }
        return drawn;
    }

    private Object value(MovedTable table, MovedTable.Column column, int i) {
        return switch (column.kind()) {
            // Keys ascend; all else fits into the narrowest column.
            case NUMBER ->
                    switch (column.name()) {
                        case "key", "id", "sequence", "directory" -> 1L + i;
                        case "project" -> table.keys().size() == 1 ? 1L + i : 1L + i / 10;
                        case "kind" -> table == MovedTable.QUOTA ? (long) (i / 13) : 1L;
                        default -> (long) random.nextInt(1, 30_000);
                    };
            case FLAG -> random.nextBoolean();
            case REAL -> random.nextInt(1_000) / 8.0;
            case TEXT -> String.format("%04d-ä\uD83D\uDE00", i);
            case BYTES -> {
                byte[] bytes = new byte[column.name().equals("hash") ? 32 : 16];
                random.nextBytes(bytes);
                bytes[0] = (byte) (i * 6);
                yield bytes;
            }
        };
    }

    private void putProjects() {
        rows.put(MovedTable.PROJECT, drawn(MovedTable.PROJECT));
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @EnumSource(MovedTable.class)
    void whatIsPutIsReadInOrderOfKeysPageByPage(MovedTable table) {
        if (table != MovedTable.PROJECT) {
            putProjects();
        }
        List<MovedRow> drawn = drawn(table);
        assertThat(rows.last(table)).isEmpty();

        rows.put(table, drawn.subList(0, 20));
        assertThat(rows.last(table)).contains(drawn.get(19));
        rows.put(table, drawn.subList(20, ROWS));

        assertThat(rows.count(table)).isEqualTo(ROWS);
        List<MovedRow> read = new ArrayList<>();
        Optional<MovedRow> after = Optional.empty();
        for (int page = 0; page <= ROWS / 5; page++) {
            List<MovedRow> found = rows.page(table, after, 5);
            read.addAll(found);
            after = Optional.of(found.getLast());
        }
        assertThat(read).isEqualTo(drawn);
        assertThat(rows.page(table, after, 5)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(MovedTable.class)
    void aRowThatIsThereIsRefusedWithAllThatCameWithIt(MovedTable table) {
        if (table != MovedTable.PROJECT) {
            putProjects();
        }
        List<MovedRow> drawn = drawn(table);
        rows.put(table, drawn.subList(5, 6));

        assertThatThrownBy(() -> rows.put(table, drawn.subList(0, 10)))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE));
        assertThat(rows.count(table)).isEqualTo(1);
    }

    @Test
    void whatCanBeAbsentMayBe() {
        MovedRow row =
                drawn(MovedTable.NODE)
                        .getFirst()
                        .with("hash", null)
                        .with("level", null)
                        .with("name_key", null);
        rows.put(MovedTable.NODE, List.of(row));

        assertThat(rows.page(MovedTable.NODE, Optional.empty(), 2)).containsExactly(row);
    }

    @Test
    void blocksAreFoundByTheirHashesAndSummedUp() {
        putProjects();
        List<MovedRow> blocks = drawn(MovedTable.BLOCK);
        rows.put(MovedTable.BLOCK, blocks);
        List<MovedRow> first =
                blocks.stream().filter(block -> block.number("project") == 1).toList();
        Hash mine = Hash.of(first.getFirst().bytes("hash"));
        Hash others = Hash.of(blocks.getLast().bytes("hash"));

        assertThat(rows.blocks(1, List.of(mine, others, Hash.EMPTY)))
                .containsExactly(first.getFirst());
        Usage usage = store().read(read -> read.quotas().usage(new ProjectKey(1)));
        assertThat(usage.blocks()).isEqualTo(first.size());
        assertThat(usage.frameBytes())
                .isEqualTo(first.stream().mapToLong(block -> block.number("length")).sum());
        assertThat(usage.contentBytes())
                .isEqualTo(
                        rows.page(MovedTable.PROJECT, Optional.empty(), 1)
                                .getFirst()
                                .number("content_bytes"));
    }

    @Test
    @DisplayName("what comes after a move is numbered behind what came by it")
    void numbersGoOn() {
        putProjects();
        rows.finish();
        rows.finish();

        Project made =
                store().write(write ->
                        write.projects()
                                .add(
                                        new NewProject(
                                                new ProjectId("e".repeat(32)),
                                                "after",
                                                1,
                                                false,
                                                new Epoch("f".repeat(32)),
                                                Samples.T0)));

        assertThat(made.key().value()).isGreaterThan(ROWS);
    }

    @Test
    void rowsShowNoValues() {
        MovedRow row = drawn(MovedTable.SETTING).getFirst();

        assertThat(row.toString()).isEqualTo("a row of setting");
        assertThat(row)
                .isEqualTo(row.with("value", Objects.requireNonNull(row.bytes("value")).clone()));
        assertThat(Arrays.equals(row.bytes("value"), new byte[0])).isFalse();
    }
}
