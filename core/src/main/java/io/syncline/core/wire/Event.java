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
     *
     * @param transfers whether the transfers of all devices are to be told as well
     */
    record Subscribe(List<ProjectId> projects, boolean transfers) implements Event {
        public Subscribe {
            projects = List.copyOf(projects);
        }

        /** Of heads only. */
        public Subscribe(List<ProjectId> projects) {
            this(projects, false);
        }
    }

    /**
     * Client to server: how far a transfer of this device is. Server to client: how far one of any
     * device is.
     */
    record Progress(Transfer transfer) implements Event {}

    /**
     * Server to client: the project's head is (at least) here. A hint: idempotent and coalescible.
     *
     * @param news the changes that led there, if they are few (R50): a reader that is at or beyond
     *     the page's {@code from} need not ask for them; at most {@link Limits#HINT_CHANGES_BYTES}
     * @param wanted the project wants blocks that were damaged, or has got such back: ask which
     */
    record Head(
            ProjectId project,
            Epoch epoch,
            long sequence,
            Optional<ChangesPage> news,
            boolean wanted)
            implements Event {
        /** A hint of the head alone. */
        public Head(ProjectId project, Epoch epoch, long sequence, Optional<ChangesPage> news) {
            this(project, epoch, sequence, news, false);
        }

        /** A hint without changes. */
        public Head(ProjectId project, Epoch epoch, long sequence) {
            this(project, epoch, sequence, Optional.empty());
        }

        /** The same hint, which says that blocks are wanted if this one or the other does. */
        public Head wantedAlso(boolean also) {
            return also && !wanted ? new Head(project, epoch, sequence, news, true) : this;
        }
    }

    /**
     * Server to client: a project that can't be watched (any more); the reader asks by HTTP why.
     */
    record Unsubscribed(ProjectId project) implements Event {}

    /** A message of a type that this program doesn't know; only ever read, and then ignored. */
    record Unknown(String type) implements Event {}
}
