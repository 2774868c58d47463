package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The packs that a project's block rows point into. A <em>superseded</em> pack is one that nothing
 * pointed into when it was looked at; it is deleted after the backup horizon (R5).
 */
public interface Packs {
    /**
     * A pack.
     *
     * @param key its dense number in this store
     * @param superseded since when nothing points into it, if so
     */
    record Pack(long key, PackId id, Optional<Instant> superseded) {}

    /** A block's frame that has been copied to another place. */
    record Move(Hash hash, FrameLocation from, FrameLocation to) {}

    /** A page of the packs in order of key: those above {@code after} (0 at first). */
    List<Pack> page(long after, int limit);

    /** The superseded packs, at most {@code limit}, the earliest superseded first. */
    List<Pack> superseded(int limit);

    /** With the mutations. */
    interface Writable extends Packs {
        /**
         * Points rows at the copies of their frames; a row that meanwhile points elsewhere stays.
         * Call only when the copies are durable.
         *
         * @return how many rows were changed
         */
        int move(Collection<Move> moves);

        /** Remembers that a pack, which may be unknown so far, is superseded since then. */
        void supersede(PackId pack, Instant now);

        /** Takes that back, because something points into it after all. */
        void restore(PackId pack);

        /** Forgets a pack that no row points into. */
        void forget(PackId pack);
    }
}
