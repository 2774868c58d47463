package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a metadata store as they are, so that a server can move from one kind of store to
 * another without losing ids, numbers and history.
 *
 * <p>Only for stores that no server uses; one thread at a time. What is put is durable when {@link
 * #put} returns, all of one call or nothing. Nothing is validated but that keys are unique: the
 * rows come from a store that did. Failures are those of {@link MetadataStore}.
 */
public interface MetadataRows extends AutoCloseable {
    /** Most rows of one page and one put. */
    int ROWS_MAX = 10_000;

    /** How many rows there are. Reads the whole table. */
    long count(MovedTable table);

    /**
     * The rows behind one, in order of the table's keys.
     *
     * @param after only its keys count; empty for the first page
     */
    List<MovedRow> page(MovedTable table, Optional<MovedRow> after, int limit);

    /** The last row in order of keys. */
    Optional<MovedRow> last(MovedTable table);

    /** The rows of those blocks that the project has. */
    List<MovedRow> blocks(long project, Collection<Hash> hashes);

    /** Adds rows; the row of a block's project must be there. STALE where one is there already. */
    void put(MovedTable table, List<MovedRow> rows);

    /** Makes what is derived from the rows, after the last was put. May be repeated. */
    void finish();

    @Override
    void close();
}
