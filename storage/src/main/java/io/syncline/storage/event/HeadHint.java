package io.syncline.storage.event;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import java.util.Optional;

/**
 * The project's head is at least here. Idempotent and coalescible.
 *
 * @param news the changes that led there, if they are few (R50); of coalesced hints the last one's
 */
public record HeadHint(ProjectId project, Epoch epoch, long sequence, Optional<ChangesPage> news) {
    /** A hint without changes. */
    public HeadHint(ProjectId project, Epoch epoch, long sequence) {
        this(project, epoch, sequence, Optional.empty());
    }
}
