package io.syncline.client.engine;

import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.NodeId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Goes through the nodes that differ, window by window (R46), so that what is held back doesn't
 * hide the rest.
 */
final class Differences {
    private final Work work;

    /** Where the next window begins. */
    private NodeId remoteFrom = StateStore.FIRST;

    private NodeId localFrom = StateStore.FIRST;
    private NodeId localOnlyFrom = NodeId.ROOT;

    Differences(Work work) {
        this.work = work;
    }

    boolean isAtStart() {
        return remoteFrom.equals(StateStore.FIRST)
                && localFrom.equals(StateStore.FIRST)
                && localOnlyFrom.equals(NodeId.ROOT);
    }

    void startOver() {
        remoteFrom = StateStore.FIRST;
        localFrom = StateStore.FIRST;
        localOnlyFrom = NodeId.ROOT;
    }

    /** At most {@link Planner#WINDOW_NODES} that can be planned, from where the last ended. */
    List<NodeId> window() {
        var window = new LinkedHashSet<NodeId>();
        StateStore store = work.state.store();
        remoteFrom =
                fill(
                        window,
                        remoteFrom,
                        from ->
                                store.remoteAfter(from, Planner.WINDOW_NODES).stream()
                                        .map(RemoteRow::id)
                                        .toList());
        localFrom = fill(window, localFrom, from -> store.localKnown(from, Planner.WINDOW_NODES));
        localOnlyFrom =
                fill(
                        window,
                        localOnlyFrom,
                        from -> store.localOnlyKnown(from, Planner.WINDOW_NODES));
        return List.copyOf(window);
    }

    /** Where the next one begins. */
    private NodeId fill(Set<NodeId> window, NodeId from, Function<NodeId, List<NodeId>> after) {
        NodeId at = from;
        while (window.size() < Planner.WINDOW_NODES) {
            List<NodeId> ids = after.apply(at);
            if (ids.isEmpty()) {
                break;
            }
            for (NodeId id : ids) {
                if (window.size() >= Planner.WINDOW_NODES) {
                    break;
                }
                at = id;
                if (!work.state.held(id)) {
                    window.add(id);
                }
            }
        }
        return at;
    }

    boolean hasRemote() {
        return !work.state.store().remoteAfter(StateStore.FIRST, 1).isEmpty();
    }

    boolean hasLocal() {
        return !work.state.store().localAfter(StateStore.FIRST, 1).isEmpty();
    }

    /**
     * Whether as many nodes are under way as differ: a window would find each of them held. Where
     * others are under way too, they end, and then it is looked again.
     */
    boolean areAllUnderway() {
        StateStore store = work.state.store();
        return work.busyCount() > 0 && store.remoteCount() + store.localCount() <= work.busyCount();
    }
}
