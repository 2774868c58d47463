package io.syncline.system.concurrency;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * What all clients know of the project: the newest versions that anybody was answered. So they meet
 * at the same nodes, and are as stale as real clients are. Thread-safe.
 */
final class Board {
    private final Map<NodeId, Node> live = new ConcurrentHashMap<>();
    private final Map<NodeId, Long> newest = new ConcurrentHashMap<>();
    private final AtomicReference<Proof> proof;

    Board(Proof proof) {
        this.proof = new AtomicReference<>(proof);
    }

    void saw(Node node) {
        newest.compute(
                node.id(),
                (id, before) -> {
                    if (before != null && before >= node.sequence()) {
                        return before;
                    }
                    if (node.deleted()) {
                        live.remove(id);
                    } else {
                        live.put(id, node);
                    }
                    return node.sequence();
                });
    }

    void saw(Proof shown) {
        proof.accumulateAndGet(shown, (a, b) -> a.sequence() >= b.sequence() ? a : b);
    }

    Proof proof() {
        return proof.get();
    }

    int liveNodes() {
        return live.size();
    }

    Optional<Node> anyNode(RandomGenerator random) {
        return pick(List.copyOf(live.values()), random);
    }

    Optional<Node> anyFile(RandomGenerator random) {
        return pick(
                live.values().stream().filter(node -> !node.item().isDirectory()).toList(), random);
    }

    Optional<Node> live(NodeId id) {
        return Optional.ofNullable(live.get(id));
    }

    /** A live directory, often the root. */
    NodeId anyDirectory(RandomGenerator random) {
        List<Node> directories =
                live.values().stream().filter(node -> node.item().isDirectory()).toList();
        return random.nextInt(5) == 0
                ? NodeId.ROOT
                : pick(directories, random).map(Node::id).orElse(NodeId.ROOT);
    }

    private static Optional<Node> pick(List<Node> nodes, RandomGenerator random) {
        return nodes.isEmpty()
                ? Optional.empty()
                : Optional.of(nodes.get(random.nextInt(nodes.size())));
    }
}
