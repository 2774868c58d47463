package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ways from a directory up to the root, as one side will have them after the plan. */
final class Ways {
    private Ways() {}

    /**
     * Whether {@code node} may move into {@code directory} once all that {@code moving} collects
     * has moved: every node on the way up that gets another parent. Then the way is what it will be
     * in the end, and {@code node} isn't on it. False where it still is: something on the way can't
     * move yet.
     */
    static boolean opens(
            Subject node,
            NodeId directory,
            Subjects subjects,
            boolean onDisk,
            List<Subject> moving) {
        if (!node.isDirectory()) {
            return true;
        }
        Subject step = subjects.of(directory);
        // As long as something can't move yet, the way may go in circles that don't touch the node.
        for (int steps = 0; !step.id.isRoot(); steps++) {
            Entry now = onDisk ? step.local : step.remote;
            Place target = target(step, onDisk);
            if (step == node || (now == null && target == null) || steps > Limits.TREE_DEPTH_MAX) {
                return false;
            }
            if (now != null && target != null && !target.parent().equals(now.place().parent())) {
                moving.add(step);
            }
            Place place = target != null ? target : Objects.requireNonNull(now).place();
            step = subjects.of(place.parent());
        }
        return true;
    }

    private static @Nullable Place target(Subject node, boolean onDisk) {
        Operation operation = onDisk ? node.onDisk : node.onServer;
        if (operation != Operation.MOVE && operation != Operation.MAKE) {
            return null;
        }
        return onDisk ? node.diskTarget : node.here().place();
    }
}
