package io.syncline.client.state;

import io.syncline.client.disk.FileIdentity;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.util.Objects;
import java.util.Optional;

/**
 * A file or symlink that was written, and known, shortly before a power cut, and isn't read yet
 * since (R31).
 *
 * @param then the file that it was before the cut
 * @param content what that held, where it isn't what is agreed on
 * @param deleted it was gone from here: the cut may have brought it back, as another node
 */
public record Suspect(NodeId id, FileIdentity then, Optional<Content> content, boolean deleted) {
    public Suspect {
        Objects.requireNonNull(then);
        Objects.requireNonNull(content);
    }

    /** The same under another id. */
    public Suspect as(NodeId other) {
        return new Suspect(other, then, content, deleted);
    }
}
