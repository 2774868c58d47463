package io.syncline.core.lineage;

/**
 * How a reader must recover after 410 EXPIRED; the member {@code resync} of the problem document.
 */
public enum Resync {
    /**
     * Same lineage: fetch the tree anew, compare by node id, delete locally only what is unchanged
     * locally.
     */
    RECONCILE,
    /** Another lineage: never delete; upload what the server lacks. */
    UNION
}
