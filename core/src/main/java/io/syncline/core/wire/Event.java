package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import java.util.List;
import java.util.Optional;

/**
 * A message on the event socket, JSON text with a member {@code type}. Unknown types are ignored by
 * readers.
 */
public sealed interface Event {
    /**
     * Client to server, replaces the earlier subscription: {@code
     * {"type":"subscribe","projects":[…]}}.
     */
    record Subscribe(List<ProjectId> projects) implements Event {
        public Subscribe {
            projects = List.copyOf(projects);
        }
    }

    /**
     * Server to client: the project's head is (at least) here. A hint: idempotent and coalescible.
     *
     * @param news the changes that led there, if they are few (R50): a reader that is at or beyond
     *     the page's {@code from} need not ask for them; at most {@link Limits#HINT_CHANGES_BYTES}
     */
    record Head(ProjectId project, Epoch epoch, long sequence, Optional<ChangesPage> news)
            implements Event {
        /** A hint without changes. */
        public Head(ProjectId project, Epoch epoch, long sequence) {
            this(project, epoch, sequence, Optional.empty());
        }
    }

    /**
     * Server to client: a project that can't be watched (any more); the reader asks by HTTP why.
     */
    record Unsubscribed(ProjectId project) implements Event {}

    /** A message of a type that this program doesn't know; only ever read, and then ignored. */
    record Unknown(String type) implements Event {}
}
