package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.NodeId;

/**
 * A file or symbolic link to describe or to send.
 *
 * @param node the caller's name for it; not looked at
 * @param sizeBytes as last seen, for progress only
 */
public record Outgoing(NodeId node, LocalPath path, long sizeBytes) {}
