package io.syncline.client.engine;

import io.syncline.core.plan.Plan;
import io.syncline.core.plan.Trees;
import io.syncline.core.tree.NodeId;
import java.util.Collection;

/** Makes plans: the planner, on which somebody may look. */
@FunctionalInterface
public interface Plans {
    /** As {@link io.syncline.core.plan.Planner#plan}. */
    Plan plan(Trees trees, Collection<NodeId> window);
}
