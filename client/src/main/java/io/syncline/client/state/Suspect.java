package io.syncline.client.state;

import io.syncline.client.disk.FileIdentity;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.util.Objects;
import java.util.Optional;

/**
 * A file or symlink that was written, and known, shortly before the system ended, as by a power
 * cut, and isn't read yet since (R31).
 *
 * @param then the file that it was before
 * @param untilNanos what was written or moved there later is somebody's doing; nanoseconds since
 *     1970, by the disk
 * @param content what that held, where it isn't what is agreed on
 * @param deleted it was gone from here: the cut may have brought it back, as another node
 */
public record Suspect(
        NodeId id, FileIdentity then, long untilNanos, Optional<Content> content, boolean deleted) {
    public Suspect {
        Objects.requireNonNull(then);
        Objects.requireNonNull(content);
    }

    /** The same under another id. */
    public Suspect as(NodeId other) {
        return new Suspect(other, then, untilNanos, content, deleted);
    }

    /** The same, in doubt at least until then. */
    public Suspect until(long nanos) {
        return new Suspect(id, then, Math.max(untilNanos, nanos), content, deleted);
    }
}
