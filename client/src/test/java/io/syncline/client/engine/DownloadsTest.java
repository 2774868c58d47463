package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DownloadsTest {
    private static final NodeId NODE = new NodeId(7);

    private final Work work =
            new Work(
                    new MemoryStateStore(),
                    EngineSettings.of(new ReplicaId("a".repeat(32)), "here", true),
                    Names.EXACT);
    private final Downloads downloads = new Downloads(work);

    @BeforeEach
    void theServerLacksSomething() {
        var step =
                new Step.Materialise(
                        NODE,
                        new Place(NodeId.ROOT, new Name("f")),
                        Item.file(new Content(0, new Hash(1, 0, 0, 0), 5), false, 0));
        downloads.want(NODE, step, step.item(), List.of(), Optional.empty());
        downloads.send();
        Effect.FetchFiles fetch = (Effect.FetchFiles) work.out.getLast();
        downloads.received(new Fetched.Unavailable(fetch.files().getFirst(), List.of()));
        downloads.ended(fetch.batch());
        work.planWanted = false;
    }

    @Test
    void whatIsWaitedForIsTriedAgainOnceBlocksHaveCome() {
        downloads.quiet();
        downloads.tryLackingAgain();
        assertThat(work.planWanted).isTrue();
        assertThat(work.delays.waits(NODE, work.now)).isFalse();
    }

    @Test
    @DisplayName(
            "L9: what was lacking is forgotten once nothing waits for it, also where a device"
                    + " differs for good (R29)")
    void whatIsNotWaitedForIsForgotten() {
        work.delays.succeeded(NODE);
        downloads.quiet();
        downloads.tryLackingAgain();
        assertThat(work.planWanted).isFalse();
    }
}
