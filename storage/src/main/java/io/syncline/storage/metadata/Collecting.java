package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the collector of unused blocks looks at in one project, in pages, so that no look lasts long
 * (R47). It relies on this: a block gets a higher number than all before it whenever it begins to
 * count as stored, and a commit a higher sequence; so whatever became reachable after a {@link
 * Position} is found above it, without asking any clock.
 */
public interface Collecting {
    /**
     * Where a project stands.
     *
     * @param head the sequence of its newest change
     * @param nextBlock the number that its next block will get
     */
    record Position(long head, long nextBlock) {}

    /**
     * A content that must be kept.
     *
     * @param key where it was found: the node's id, or a sequence; for the next page
     * @param level of its top block
     * @param hash of its top block
     */
    record Root(long key, int level, Hash hash) {}

    /**
     * What a mark needs of a block.
     *
     * @param number its present number
     */
    record Mark(Hash hash, long number, int level, boolean condemned) {}

    /**
     * A block as a whole pass sees it.
     *
     * @param pack the key of its pack, see {@link Packs.Pack}
     * @param lengthBytes of its frame
     * @param condemned when it was condemned, if it is
     */
    record State(
            Hash hash,
            long number,
            int level,
            long pack,
            int lengthBytes,
            int sizeBytes,
            Instant arrived,
            Optional<Instant> condemned) {}

    /** Where the project stands now. */
    Position position();

    /** A page of the live nodes' contents by id, those above {@code after}; empty ones left out. */
    List<Root> liveContents(long after, int limit);

    /** A page of the contents in history by sequence, those above {@code after}. */
    List<Root> historyContents(long after, int limit);

    /** A page of the live nodes' contents by the node's sequence, those above {@code after}. */
    List<Root> changedContents(long after, int limit);

    /** What marking needs of these blocks, condemned ones included; unknown ones are left out. */
    List<Mark> marks(Collection<Hash> hashes);

    /** A page of the tree blocks by number, from {@code number} on, condemned ones included. */
    List<State> trees(long number, int limit);

    /** A page of all blocks in order of hash: those above {@code after}. */
    List<State> page(Optional<Hash> after, int limit);

    /** When the last whole run ended; absent before the first. */
    Optional<Instant> finished();

    /**
     * With the mutations. Storing tree blocks and committing {@link #share} the project's collector
     * row, the collector's own mutations {@link #exclude} everyone who does (R10).
     */
    interface Writable extends Collecting {
        /**
         * From now until this transaction ends no block is condemned or deleted by another: whether
         * a block is stored may be asked, and relied upon in what is written.
         */
        void share();

        /**
         * From now until this transaction ends no other one shares: what became reachable can be
         * asked, and relied upon.
         */
        void exclude();

        /**
         * Makes blocks count as missing. One that meanwhile got another number, is condemned
         * already or gone stays as it is.
         *
         * @param blocks as they were seen
         * @return how many were condemned
         */
        int condemn(Collection<State> blocks, Instant now);

        /**
         * Makes condemned blocks that turned out to be reachable count as stored again, under their
         * old numbers; quarantined ones stay condemned. Call with children before parents.
         *
         * @return how many were revived
         */
        int revive(Collection<Hash> hashes);

        /**
         * Forgets blocks that were condemned at or before a time; others stay.
         *
         * @return those that were forgotten
         */
        List<Hash> delete(Collection<Hash> hashes, Instant condemnedUntil);

        /** Remembers that a whole run ended. */
        void finish(Instant now);
    }
}
