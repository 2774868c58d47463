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

    /**
     * What is left of this hint, which waits, and a later one of the same project: of one epoch the
     * highest sequence, of two epochs the later hint.
     */
    public HeadHint coalesced(HeadHint later) {
        boolean higher = epoch.equals(later.epoch()) && sequence >= later.sequence();
        return higher ? wantedAlso(later.wanted()) : later.wantedAlso(wanted);
    }
}
