package io.syncline.storage.metadata;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One row of a {@link MovedTable}; immutable, and its bytes are never changed by who sees them. */
public final class MovedRow {
    private final MovedTable table;
    private final @Nullable Object[] values;

    /** A row of values in the order of the table's columns; null where there is none. */
    public MovedRow(MovedTable table, @Nullable Object... values) {
        if (values.length != table.columns().size()) {
            throw new IllegalStateException(table + " has " + table.columns().size() + " columns");
        }
        this.table = table;
        this.values = values.clone();
    }

    /** Whose row it is. */
    public MovedTable table() {
        return table;
    }

    /** The value at this place of the columns. */
    public @Nullable Object value(int index) {
        return values[index];
    }

    /** A number that is there. */
    public long number(String column) {
        return (Long) there(column);
    }

    /** Bytes that are there. */
    public byte[] bytes(String column) {
        return (byte[]) there(column);
    }

    /** A text that is there. */
    public String text(String column) {
        return (String) there(column);
    }

    private Object there(String column) {
        return Objects.requireNonNull(values[table.index(column)], column);
    }

    /** The same but for one value. */
    public MovedRow with(String column, @Nullable Object value) {
        @Nullable Object[] changed = values.clone();
        changed[table.index(column)] = value;
        return new MovedRow(table, changed);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MovedRow row
                && row.table == table
                && Arrays.deepEquals(row.values, values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    /** Shows no values: some are secrets. */
    @Override
    public String toString() {
        return "a row of " + table.text();
    }
}
