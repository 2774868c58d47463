package io.syncline.storage.event;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import java.util.Optional;

/**
 * The project's head is at least here. Idempotent and coalescible.
 *
 * @param news the changes that led there, if they are few (R50); of coalesced hints the last one's
 * @param wanted the project wants blocks that were damaged, or has got such back; of coalesced
 *     hints any one's
 */
public record HeadHint(
        ProjectId project, Epoch epoch, long sequence, Optional<ChangesPage> news, boolean wanted) {
    /** A hint of the head alone. */
    public HeadHint(ProjectId project, Epoch epoch, long sequence, Optional<ChangesPage> news) {
        this(project, epoch, sequence, news, false);
    }

    /** The same hint, which says that blocks are wanted if this one or the other does. */
    public HeadHint wantedAlso(boolean also) {
        return also && !wanted ? new HeadHint(project, epoch, sequence, news, true) : this;
    }

    /** A hint without changes. */
    public HeadHint(ProjectId project, Epoch epoch, long sequence) {
        this(project, epoch, sequence, Optional.empty());
    }
}
