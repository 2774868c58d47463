package io.syncline.client.api;

import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.SearchPage;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A project's tree and history on the server. For guarantees and failures see {@link ServerApi}.
 */
public interface TreeApi {

    /**
     * The next page of the change feed.
     *
     * @param request a page whose {@code from} isn't its {@code since} throws CORRUPT
     */
    ChangesOutcome changes(ProjectId project, ChangesRequest request);

    /**
     * A piece of a snapshot: the newest one where none is named.
     *
     * @param replica whose start it is; its cursor is registered, so that the feed waits (R16)
     * @param name the snapshot whose first piece came; empty for the first
     * @param length 1.. ; less may come
     */
    SnapshotOutcome snapshot(
            ProjectId project, ReplicaId replica, Optional<String> name, long offset, int length);

    /**
     * Sends a commit. A repeat of the same bytes gets the first answer (L8, R9).
     *
     * @param body the commit's JSON exactly as journalled, so that a resend is identical (R8);
     *     neither changed nor kept
     */
    CommitOutcome commit(ProjectId project, byte[] body);

    /** Tells how far this replica is (R15). */
    CheckpointOutcome checkpoint(ProjectId project, Checkpoint checkpoint);

    /** A page of a directory's live children, directories first; NOT_FOUND throws. */
    ChildrenPage children(
            ProjectId project,
            NodeId directory,
            ListingOrder order,
            Optional<String> after,
            int limit);

    /** The same, beginning with the row of a cursor: one of a page map's. */
    ChildrenPage childrenFrom(
            ProjectId project, NodeId directory, ListingOrder order, String from, int limit);

    /**
     * Where each page of a listing begins.
     *
     * @param size rows of a page: one of {@link Limits#PAGE_MAP_SIZES}
     */
    PageMap pageMap(ProjectId project, NodeId directory, ListingOrder order, int size);

    /**
     * Live nodes whose names hold the text, whatever its case, or, if it has one or two characters,
     * begin with it.
     */
    SearchPage search(ProjectId project, String text, Optional<String> after, int limit);

    /** A node, tombstones included; empty when the server never knew it. */
    Optional<Node> node(ProjectId project, NodeId id);

    /** The live node at a path of names joined by {@code /}; empty when there is none. */
    Optional<Resolved> resolve(ProjectId project, String path);

    /**
     * A page of history, newest first.
     *
     * @param before only entries below this sequence; empty: from the newest on
     */
    LogPage log(ProjectId project, OptionalLong before, int limit);

    /** The answer to a question for changes. */
    sealed interface ChangesOutcome {
        /** The page asked for. */
        record Page(ChangesPage page) implements ChangesOutcome {}

        /** The reader's cursor isn't of this history (R2). */
        record Expired(Resync mode, long fork) implements ChangesOutcome {}
    }

    /** The answer to a question for a snapshot. */
    sealed interface SnapshotOutcome {
        /**
         * Bytes from the offset that was asked for.
         *
         * @param name by which the rest is asked for
         * @param sizeBytes of the whole file
         * @param proof of its cursor, with which the feed is asked for what follows
         */
        record Piece(String name, long sizeBytes, Proof proof, ByteBuffer bytes)
                implements SnapshotOutcome {}

        /** There is none, or not that one any more. */
        record None() implements SnapshotOutcome {}
    }

    /** What became of a commit as a whole. */
    sealed interface CommitOutcome {
        /** The server's answer; single changes may be refused in it. */
        record Answered(CommitAnswer answer) implements CommitOutcome {}

        /** Nothing is applied: the commit's base isn't of this history. */
        record Expired(Resync mode, long fork) implements CommitOutcome {}
    }

    /** The answer to a checkpoint. */
    sealed interface CheckpointOutcome {
        /** Kept. */
        record Accepted() implements CheckpointOutcome {}

        /**
         * The claimed digest isn't the one at that sequence, or the cursor is of another line; the
         * feed tells how to recover.
         */
        record Expired() implements CheckpointOutcome {}

        /** The replica was further already, or is another device's: it registers anew (R42). */
        record Stale() implements CheckpointOutcome {}
    }
}
