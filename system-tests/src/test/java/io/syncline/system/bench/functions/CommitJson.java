package io.syncline.system.bench.functions;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a commit is spelt in JSON, and read. */
@State(Scope.Thread)
@Items("changes")
public class CommitJson {
    @Param("500")
    int size;

    private Commit commit = commit(List.of(new Change.Check(new NodeId(1), 1)));
    private byte[] json = {};

    private static Commit commit(List<Change> changes) {
        return new Commit(
                new CommitId("1".repeat(32)),
                new ReplicaId("2".repeat(32)),
                Inputs.PROOF,
                false,
                changes);
    }

    @Setup
    public void make() {
        Random random = Inputs.random();
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            changes.add(
                    i % 2 == 0
                            ? new Change.Create(
                                    new NodeId(-i),
                                    new Place(
                                            NodeId.ROOT,
                                            new Name("some file %05d.txt".formatted(i))),
                                    Inputs.file(random),
                                    Optional.empty())
                            : new Change.Update(
                                    new NodeId(i),
                                    i,
                                    Optional.empty(),
                                    Optional.of(Inputs.file(random))));
        }
        commit = commit(changes);
        json = write();
    }

    @Benchmark
    public byte[] write() {
        return WireJson.COMMIT.toBytes(commit);
    }

    @Benchmark
    public Commit read() {
        return WireJson.COMMIT.fromBytes(json);
    }
}
