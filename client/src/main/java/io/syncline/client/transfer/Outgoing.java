package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import java.util.Optional;

/**
 * A file or symbolic link to describe or to send.
 *
 * @param node the caller's name for it; not looked at
 * @param sizeBytes as last seen, for progress only
 * @param before what it held when the server last had all of it: a hint that much of it needn't be
 *     asked for, block by block
 */
public record Outgoing(NodeId node, LocalPath path, long sizeBytes, Optional<Content> before) {
    /** A file of which the server isn't known to have anything. */
    public Outgoing(NodeId node, LocalPath path, long sizeBytes) {
        this(node, path, sizeBytes, Optional.empty());
    }
}
