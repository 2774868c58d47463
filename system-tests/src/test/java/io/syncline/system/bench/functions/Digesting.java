package io.syncline.system.bench.functions;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a project's digest follows changes: the old node out, the new one in. */
@State(Scope.Thread)
@Items(
        value = "changes",
        against = "replace",
        naive = "the digest of all nodes of a project of 10,000 anew after each")
public class Digesting {
    @Param("10000")
    int nodes;

    @Param("50")
    int size;

    private List<Node> before = List.of();
    private TreeDigest digest = TreeDigest.EMPTY;

    @Setup
    public void make() {
        before = Inputs.tree(nodes);
        digest = whole();
    }

    TreeDigest whole() {
        TreeDigest sum = TreeDigest.EMPTY;
        for (Node node : before) {
            sum = sum.plus(node);
        }
        return sum;
    }

    @Benchmark
    public TreeDigest replace() {
        TreeDigest sum = digest;
        for (int i = 0; i < size; i++) {
            Node old = before.get(i);
            Node changed =
                    new Node(
                            old.id(),
                            old.place(),
                            old.item(),
                            old.sequence() + 1,
                            false,
                            old.device());
            sum = sum.replace(old, changed);
        }
        return sum;
    }

    @Benchmark
    public TreeDigest naive() {
        TreeDigest sum = TreeDigest.EMPTY;
        for (int i = 0; i < size; i++) {
            sum = whole();
        }
        return sum;
    }
}
