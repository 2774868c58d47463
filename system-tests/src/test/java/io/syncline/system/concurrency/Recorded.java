package io.syncline.system.concurrency;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A request and its answer, between two moments of {@link System#nanoTime}. */
sealed interface Recorded {
    /** When the request was about to be sent. */
    long begin();

    /** When its answer had been read. */
    long end();

    /** A commit; one that was sent several times was done by the first answer. */
    record Committed(long begin, long end, Commit commit, CommitAnswer answer) implements Recorded {
        /** The versions that it made, in the order of its changes. */
        List<Node> versions() {
            List<Node> versions = new ArrayList<>();
            for (int i = 0; i < answer.results().size(); i++) {
                if (answer.results().get(i) instanceof ChangeResult.Applied(Node node)
                        && !(commit.changes().get(i) instanceof Change.Check)) {
                    versions.add(node);
                }
            }
            return versions;
        }
    }

    /** A node as it was answered. */
    record Looked(long begin, long end, NodeId id, Optional<Node> node) implements Recorded {}

    /** A whole listing in one page. */
    record Listed(long begin, long end, NodeId directory, ChildrenPage page) implements Recorded {}

    /** A page of the feed, or the news of a hint: then all that is known is when it came. */
    record Paged(long begin, long end, ChangesPage page) implements Recorded {}
}
