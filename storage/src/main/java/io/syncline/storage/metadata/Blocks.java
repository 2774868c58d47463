package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which blocks one project has, and where their bytes are (R33). */
public interface Blocks {
    /** Which of these blocks the project has; condemned ones count as missing (R10). */
    Set<Hash> present(Collection<Hash> hashes);

    /** The rows of these blocks, condemned ones included; unknown ones are left out. */
    Map<Hash, BlockRow> find(Collection<Hash> hashes);

    /** A page of all rows in order of hash: those above {@code after}. */
    List<BlockRow> page(Optional<Hash> after, int limit);

    /** How many rows there are. */
    long count();

    /** With the mutations. */
    interface Writable extends Blocks {
        /**
         * Gives each block a row and a number. Call only when their bytes are durable (a row
         * without bytes must never exist). A block that has a row keeps its location; a condemned
         * one is revived at the new location, under a new number, and leaves quarantine. Rows are
         * written in order of hash (R48).
         *
         * @return how many were missing or condemned before
         */
        int insert(Collection<NewBlock> blocks, Instant now);

        /** Forgets all rows of the project: the first step of rebuilding them from packs. */
        void clear();

        /**
         * Forgets up to {@code limit} rows of the project and says how many: {@link #clear} in
         * slices, for projects of any size. The last slice, which finds none, ends it.
         */
        int clear(int limit);
    }
}
