package io.syncline.storage.metadata.memory;

import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayList;
import java.util.List;

/** No index at all: looks at every name, to compare others with. */
final class MemoryNameIndex implements NameIndex.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryNameIndex(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public long upTo() {
        return transaction.project(project).namesUpTo;
    }

    @Override
    public List<NodeId> candidates(String term, long below, int limit) {
        List<NodeId> found = new ArrayList<>();
        boolean beginning = term.codePointCount(0, term.length()) < 3;
        ProjectTables tables = transaction.project(project);
        tables.nodes.below(
                new NodeId(below),
                (id, version) -> {
                    if (found.size() >= limit) {
                        return false;
                    }
                    Node node = version.node();
                    String key = NameKey.of(node.place().name()).value();
                    boolean matches = beginning ? key.startsWith(term) : key.contains(term);
                    if (!node.deleted() && node.sequence() <= tables.namesUpTo && matches) {
                        found.add(id);
                    }
                    return true;
                });
        return found;
    }

    @Override
    public int follow(int limit) {
        List<Node> changes = new MemoryNodes(transaction, project).changes(upTo(), limit);
        if (!changes.isEmpty()) {
            transaction.project(project).namesUpTo = changes.getLast().sequence();
        }
        return changes.size();
    }
}
