package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * A file or symbolic link to fetch.
 *
 * @param node the caller's name for it; not looked at
 * @param item what it shall hold, content included; a temporary gets its executable bit and its
 *     modification time, too
 * @param target where it will be put, for progress and messages only
 * @param sources files of this folder that may hold the same blocks: the old version, a copy. What
 *     they hold is hashed before it is used, so a wrong guess costs only time. At most {@link
 *     #SOURCES_MAX}
 * @param before what the first of the sources held when it was last seen: a hint
 */
public record Incoming(
        NodeId node,
        Item item,
        LocalPath target,
        List<LocalPath> sources,
        Optional<Content> before) {
    /** Most sources that are looked at for one file. */
    public static final int SOURCES_MAX = 4;

    /** A file of whose sources nothing is known. */
    public Incoming(NodeId node, Item item, LocalPath target, List<LocalPath> sources) {
        this(node, item, target, sources, Optional.empty());
    }

    public Incoming {
        sources = List.copyOf(sources);
        if (item.content().isEmpty() || sources.size() > SOURCES_MAX) {
            throw new IllegalArgumentException("no content, or too many sources: " + target);
        }
    }
}
