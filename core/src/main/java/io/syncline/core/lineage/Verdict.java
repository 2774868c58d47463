package io.syncline.core.lineage;

/** What follows from what a reader showed. */
public sealed interface Verdict {
    /** Its history is a prefix of this one: it may read on and commit. */
    record Continues() implements Verdict {}

    /**
     * It must fetch the tree anew.
     *
     * @param fork with UNION: the last sequence that both histories are known to share; 0: none is
     */
    record Expired(Resync mode, long fork) implements Verdict {}

    /**
     * The reader holds history that this server signed and no longer has: it was taken back to an
     * older state and nobody said so. The server starts a new epoch, and the reader is told UNION
     * with fork 0.
     */
    record RolledBack() implements Verdict {}
}
