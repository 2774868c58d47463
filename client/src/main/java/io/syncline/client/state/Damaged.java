package io.syncline.client.state;

import io.syncline.client.disk.Stat;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.util.Objects;

/**
 * A file or symlink that a power cut damaged and that isn't put away yet (R31).
 *
 * @param content what was left of it
 * @param seen the disk as that was read
 */
public record Damaged(NodeId id, Content content, Stat seen) {
    public Damaged {
        Objects.requireNonNull(content);
        Objects.requireNonNull(seen);
    }

    /** The same under another id. */
    public Damaged as(NodeId other) {
        return new Damaged(other, content, seen);
    }
}
