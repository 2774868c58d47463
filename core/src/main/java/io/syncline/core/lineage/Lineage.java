package io.syncline.core.lineage;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import java.util.Optional;

/** Judges readers against a project's history (R2, R3, R4). */
public final class Lineage {
    /** An epoch's sequences begin above a multiple of this (R3). */
    private static final int EPOCH_BITS = 32;

    /** What the server knows of a project's history, all of one database snapshot. */
    public interface History {
        /** The present epoch. */
        Epoch epoch();

        /** The newest sequence. */
        long head();

        /** Below it tombstones may be gone, and the digests of commits. */
        long floor();

        /** The digest at exactly this sequence; absent where no commit ended or it was trimmed. */
        Optional<TreeDigest> digestAt(long sequence);

        /** An earlier epoch of this history; absent for the present one and for foreign ones. */
        Optional<Ancestor> ancestor(Epoch epoch);

        /** Whether the server signed this for this project. */
        boolean signed(Proof proof);
    }

    private Lineage() {}

    /**
     * What follows for a reader that shows this.
     *
     * @param proof the newest head that it saw; absent: it has read nothing
     * @param since how far it has read
     */
    public static Verdict judge(History history, Optional<Proof> proof, long since) {
        if (proof.isEmpty() || since > proof.get().sequence()) {
            // What was read beyond the proof could be of any history.
            return since == 0 ? new Verdict.Continues() : union(0);
        }
        return judge(history, proof.get());
    }

    private static Verdict judge(History history, Proof proof) {
        boolean present = proof.epoch().equals(history.epoch());
        Optional<Ancestor> ancestor = present ? Optional.empty() : history.ancestor(proof.epoch());
        if (proof.sequence() > history.head()) {
            return history.signed(proof)
                    ? new Verdict.RolledBack()
                    : union(ancestor.map(Ancestor::shared).orElse(0L));
        }
        if (!present && ancestor.isEmpty()) {
            return union(0);
        }
        if (ancestor.isPresent() && proof.sequence() > ancestor.get().fork()) {
            return union(ancestor.get().shared());
        }
        Optional<TreeDigest> ours = history.digestAt(proof.sequence());
        if (ours.isPresent() && ours.get().equals(proof.digest())) {
            return new Verdict.Continues();
        }
        if (!history.signed(proof)) {
            return union(0);
        }
        if (ours.isEmpty() && proof.sequence() < history.floor()) {
            // Trimmed: the signature alone has to do, and does only within one epoch.
            return present
                    ? new Verdict.Expired(Resync.RECONCILE, 0)
                    : union(ancestor.map(Ancestor::shared).orElse(0L));
        }
        return new Verdict.RolledBack();
    }

    private static Verdict union(long fork) {
        return new Verdict.Expired(Resync.UNION, fork);
    }

    /**
     * Whether a reader of this history may go on from there, or misses tombstones (R16).
     *
     * @param since how far it has read
     * @param begun the floor when it began at nothing, if it has been reading since then: all that
     *     was deleted later still has its tombstone as long as the floor stands there
     */
    public static boolean isBelowFloor(History history, long since, Optional<Long> begun) {
        return since != 0
                && since < history.floor()
                && begun.filter(floor -> floor >= history.floor()).isEmpty();
    }

    /**
     * Where a new epoch begins (R3): the next multiple of 2^32 above all sequences that were ever
     * used.
     *
     * @throws IllegalStateException beyond 2^53
     */
    public static long epochStart(long highestUsed) {
        long start = ((highestUsed >> EPOCH_BITS) + 1) << EPOCH_BITS;
        if (start > Node.MAX_SEQUENCE) {
            throw new IllegalStateException("no sequences are left above " + highestUsed);
        }
        return start;
    }
}
