package io.syncline.core.plan;

import io.syncline.core.tree.NodeId;
import java.util.Collection;
import java.util.List;

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

    /**
     * A planner for one replica.
     *
     * @param deviceLabel what people call this device; it is part of the names of conflict copies
     */
    public Planner(String deviceLabel, Mode mode) {}

    /**
     * The steps that bring the trees together as far as the nodes of the window go, with all that
     * they depend on.
     *
     * @param window differing nodes (remote unequal synced, or local unequal synced), parents
     *     before children, at most {@link #WINDOW_NODES}
     */
    public Plan plan(Trees trees, Collection<NodeId> window) {
        return new Plan(List.of());
    }
}
