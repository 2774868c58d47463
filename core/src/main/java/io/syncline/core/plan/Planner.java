package io.syncline.core.plan;

import io.syncline.core.tree.NodeId;
import java.util.Collection;

/**
 * Makes plans from three trees: a pure function. Plan, carry out, plan again until the plan is
 * empty.
 */
public final class Planner {
    /** Which directions are open. */
    public enum Mode {
        /** Both sides follow each other. */
        READ_WRITE,
        /**
         * Nothing is sent; local edits stay, reported, until a remote change moves them to a
         * conflict copy (R29).
         */
        READ_ONLY
    }

    /** Most differing nodes to hand in at once (R46). */
    public static final int WINDOW_NODES = 2_000;

    /** Most nodes that one plan looks at below deleted directories besides its window. */
    private static final int WALK_NODES_MAX = 2 * WINDOW_NODES;

    private final ConflictName names;
    private final boolean readOnly;
    private final int walkNodesMax;

    /**
     * A planner for one replica.
     *
     * @param deviceLabel what people call this device; it is part of the names of conflict copies
     */
    public Planner(String deviceLabel, Mode mode) {
        this(deviceLabel, mode, WALK_NODES_MAX);
    }

    /** As above, with another bound for what a plan looks at below deleted directories. */
    Planner(String deviceLabel, Mode mode, int walkNodesMax) {
        this.names = new ConflictName(deviceLabel);
        this.readOnly = mode == Mode.READ_ONLY;
        this.walkNodesMax = walkNodesMax;
    }

    /**
     * The steps that bring the trees together as far as the nodes of the window go, with all that
     * they depend on.
     *
     * @param window differing nodes (remote unequal synced, or local unequal synced), parents
     *     before children, at most {@link #WINDOW_NODES}
     */
    public Plan plan(Trees trees, Collection<NodeId> window) {
        return new Round(trees, names, readOnly, walkNodesMax).plan(window);
    }
}
