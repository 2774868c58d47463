package io.syncline.core.wire;

import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Which live files hold blocks that a project wants to be sent again (R25).
 *
 * @param blocks how many blocks are wanted, at most {@link #BLOCKS_MAX}
 * @param complete whether all files that hold one are known by now; else ask again in a moment
 * @param files some of those, in order of node, at most {@link #FILES_MAX}
 * @param after the last node of this page where more follow
 */
public record WantedPage(int blocks, boolean complete, List<File> files, Optional<NodeId> after) {
    /** More wanted blocks aren't counted. */
    public static final int BLOCKS_MAX = 10_000;

    /** Files of one page. */
    public static final int FILES_MAX = 1_000;

    /** Nothing is wanted. */
    public static final WantedPage NOTHING = new WantedPage(0, true, List.of(), Optional.empty());

    public WantedPage {
        files = List.copyOf(files);
    }

    /** A live node whose content, with this level and top hash, holds a wanted block. */
    public record File(NodeId node, int level, Hash hash) {}
}
