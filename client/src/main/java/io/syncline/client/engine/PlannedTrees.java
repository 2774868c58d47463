package io.syncline.client.engine;

import io.syncline.core.plan.Trees;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The three trees as the planner is to see them: a husk (R18) is, like the ignored files for which
 * it is still there, no reason to keep its directory.
 */
final class PlannedTrees implements Trees {
    private final Work work;

    PlannedTrees(Work work) {
        this.work = work;
    }

    @Override
    public Optional<Entry> entry(Side side, NodeId id) {
        return work.state.entry(side, id);
    }

    @Override
    public Optional<NodeId> child(Side side, NodeId parent, Name name) {
        return work.state.child(side, parent, name);
    }

    @Override
    public Iterator<NodeId> children(Side side, NodeId parent) {
        Iterator<NodeId> all = work.state.children(side, parent);
        return side == Side.LOCAL && work.hasHusks() ? new WithoutHusks(all) : all;
    }

    @Override
    public boolean held(NodeId id) {
        return work.state.held(id);
    }

    @Override
    public Optional<NodeId> origin(NodeId id) {
        return work.state.origin(id);
    }

    private final class WithoutHusks implements Iterator<NodeId> {
        private final Iterator<NodeId> all;
        private Optional<NodeId> next = Optional.empty();

        WithoutHusks(Iterator<NodeId> all) {
            this.all = all;
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && all.hasNext()) {
                next = Optional.of(all.next()).filter(id -> !work.isHusk(id));
            }
            return next.isPresent();
        }

        @Override
        public NodeId next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            NodeId id = next.orElseThrow();
            next = Optional.empty();
            return id;
        }
    }
}
