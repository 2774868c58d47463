package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DiskResultsTest {
    private static final NodeId NODE = new NodeId(7);

    private final List<NodeId> taken = new ArrayList<>();

    private final Names names =
            new Names() {
                @Override
                public String local(NodeId id, Place place) {
                    return place.name().value();
                }

                @Override
                public Name name(String localName) {
                    return new Name(localName);
                }

                @Override
                public void taken(NodeId id) {
                    taken.add(id);
                }
            };

    private final Work work =
            new Work(
                    new MemoryStateStore(),
                    EngineSettings.of(
                            new ReplicaId("0123456789abcdef0123456789abcdef"), "here", false),
                    names);

    private final DiskResults results = new DiskResults(work, new Conflicts(work));

    private void somethingIsThere() {
        var step = new Step.Materialise(NODE, new Place(NodeId.ROOT, new Name("d")), Item.DIRECTORY);
        var task = new DiskTask.MakeDirectory(step, 7, LocalPath.of("d"));
        results.take(new Event.Carried.Result(task, new Outcome.Exists()));
    }

    @Test
    @DisplayName("R30: a name counts as taken only after a scan has found no node that has it")
    void aNameIsTakenAfterAScan() {
        somethingIsThere();
        somethingIsThere();
        assertThat(taken).as("nothing was looked at meanwhile").isEmpty();

        work.scans++;
        somethingIsThere();
        assertThat(taken).containsExactly(NODE);

        somethingIsThere();
        assertThat(taken).as("of its next spelling").containsExactly(NODE);
    }
}
