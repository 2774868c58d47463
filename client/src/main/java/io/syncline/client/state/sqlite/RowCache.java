package io.syncline.client.state.sqlite;

import io.syncline.core.tree.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rows of one table used last, and the ids known to have none: the engine asks for a node again
 * and again while it works on it, and the driver takes microseconds per column. Holds at most
 * {@value #ROWS_MAX} rows. Guarded by the store's lock; emptied on rollback.
 *
 * @param <R> the row
 */
final class RowCache<R> {
    static final int ROWS_MAX = 32_768;

    private final Map<NodeId, Optional<R>> rows =
            new LinkedHashMap<>(1024, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<NodeId, Optional<R>> eldest) {
                    return size() > ROWS_MAX;
                }
            };

    Optional<R> get(NodeId id, Function<NodeId, Optional<R>> load) {
        Optional<R> row = rows.get(id);
        if (row == null) {
            row = load.apply(id);
            rows.put(id, row);
        }
        return row;
    }

    void put(NodeId id, Optional<R> row) {
        rows.put(id, row);
    }

    void clear() {
        rows.clear();
    }
}
