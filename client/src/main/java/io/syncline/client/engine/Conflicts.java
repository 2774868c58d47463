package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.scan.KnownNode;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conflict copies that were made here, for people: the newest {@value #COPIES_MAX}. */
final class Conflicts {
    static final int COPIES_MAX = 1_000;
    private static final String CONFLICTS = "conflicts";

    private final Work work;

    Conflicts(Work work) {
        this.work = work;
    }

    /** Remembers one, until it is gone; inside a transaction. */
    void remember(LocalPath copy) {
        var all = new ArrayList<>(list());
        all.add(copy);
        List<LocalPath> kept = all.subList(Math.max(0, all.size() - COPIES_MAX), all.size());
        String[] texts = kept.stream().map(LocalPath::toString).toArray(String[]::new);
        work.state.store().putValue(CONFLICTS, Parts.join(texts));
    }

    /** Those that still are where they were made, the oldest first. */
    List<LocalPath> list() {
        return work.state.store().value(CONFLICTS).map(Parts::split).orElse(List.of()).stream()
                .map(LocalPath::parse)
                .filter(this::isThere)
                .toList();
    }

    private boolean isThere(LocalPath path) {
        NodeId at = NodeId.ROOT;
        for (String name : path.names()) {
            Optional<NodeId> next = work.state.child(at, name).map(KnownNode::id);
            if (next.isEmpty()) {
                return false;
            }
            at = next.get();
        }
        return true;
    }
}
