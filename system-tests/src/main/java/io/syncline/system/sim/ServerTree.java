package io.syncline.system.sim;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The nodes that the server has now. */
final class ServerTree implements Identities.Nodes {
    private static final int PAGE = 1_000;
    private static final int DEPTH_MAX = 50;
    private static final int HISTORY_MAX = 100_000;

    private final SimulatedServer server;

    ServerTree(SimulatedServer server) {
        this.server = server;
    }

    private List<Node> nodes() {
        ProjectKey project = server.row().key();
        return server.metadata()
                .read(read -> {
                    var all = new ArrayList<Node>();
                    long since = 0;
                    List<Node> page;
                    do {
                        page = read.nodes(project).changes(since, PAGE);
                        all.addAll(page);
                        since = page.isEmpty() ? since : page.getLast().sequence();
                    } while (page.size() == PAGE);
                    return all;
                });
    }

    @Override
    public Optional<Node> at(LocalPath path) {
        List<Node> all = nodes();
        NodeId at = NodeId.ROOT;
        Optional<Node> found = Optional.empty();
        for (String name : path.names()) {
            NodeId parent = at;
            found =
                    all.stream()
                            .filter(node -> !node.deleted())
                            .filter(node -> node.place().parent().equals(parent))
                            .filter(node -> node.place().name().value().equals(name))
                            .findFirst();
            if (found.isEmpty()) {
                return found;
            }
            at = found.get().id();
        }
        return found;
    }

    @Override
    public Optional<LocalPath> place(NodeId id) {
        List<Node> all = nodes();
        Deque<String> names = new ArrayDeque<>();
        for (NodeId up = id; !up.isRoot() && names.size() < DEPTH_MAX; ) {
            NodeId wanted = up;
            Optional<Node> node =
                    all.stream()
                            .filter(one -> !one.deleted() && one.id().equals(wanted))
                            .findFirst();
            if (node.isEmpty()) {
                return Optional.empty();
            }
            names.addFirst(node.get().place().name().value());
            up = node.get().place().parent();
        }
        return Optional.of(new LocalPath(List.copyOf(names)));
    }

    /** The contents of all nodes, and of all their versions that are kept. */
    Set<Hash> everSent() {
        var contents = new HashSet<Hash>();
        Consumer<Node> add =
                node -> node.item().content().map(Content::hash).ifPresent(contents::add);
        nodes().forEach(add);
        ProjectKey project = server.row().key();
        server.metadata()
                .read(read -> read.nodes(project).history(Long.MAX_VALUE, HISTORY_MAX))
                .forEach(version -> add.accept(version.node()));
        return contents;
    }
}
