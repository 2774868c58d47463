package io.syncline.system.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.TreeApi.ChangesOutcome;
import io.syncline.client.api.TreeApi.CheckpointOutcome;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Reads the feed with random limits and pauses, over new connections now and then, and builds the
 * tree from it. One that is registered never is told to begin anew (R16); others may be, and begin
 * anew now and then anyway.
 */
final class Reader {
    private final Trial trial;
    private final Supplier<HttpServerApi> connect;
    private final RandomGenerator random;
    private final boolean registered;
    private final ReplicaId replica;
    private HttpServerApi api;
    private final Map<NodeId, Node> nodes = new HashMap<>();
    private TreeDigest digest = TreeDigest.EMPTY;
    private Optional<Proof> proof = Optional.empty();
    private Optional<Long> begunAtFloor = Optional.empty();
    private boolean consistent;
    private long at;

    Reader(
            Trial trial,
            Supplier<HttpServerApi> connect,
            RandomGenerator random,
            boolean registered) {
        this.trial = trial;
        this.connect = connect;
        this.random = random;
        this.registered = registered;
        this.replica = new ReplicaId(RandomId.next(random));
        this.api = connect.get();
    }

    /** Reads on to the head after it is to end. */
    void run(BooleanSupplier goesOn) {
        try {
            while (goesOn.getAsBoolean()) {
                step();
            }
            do {
                step();
            } while (!consistent);
        } finally {
            api.close();
        }
    }

    private void step() {
        if (random.nextInt(20) == 0) {
            api.close();
            api = connect.get();
        }
        if (!registered && random.nextInt(50) == 0) {
            beginAnew();
        }
        long begin = System.nanoTime();
        ChangesOutcome outcome =
                trial.clock().request(() -> api.changes(trial.project(), request()));
        switch (outcome) {
            case ChangesOutcome.Page(ChangesPage page) -> {
                trial.recording().add(new Recorded.Paged(begin, System.nanoTime(), page));
                take(page);
            }
            case ChangesOutcome.Expired(Resync mode, _) -> {
                assertThat(registered).as("a registered reader is expired").isFalse();
                assertThat(mode).isEqualTo(Resync.RECONCILE);
                beginAnew();
            }
        }
        if (random.nextInt(3) == 0) {
            Trial.pause(random.nextInt(30));
        }
    }

    private ChangesRequest request() {
        return new ChangesRequest(
                proof,
                at,
                begunAtFloor,
                random.nextInt(10) == 0 ? 500 : random.nextInt(1, 30),
                registered && proof.isEmpty() ? Optional.of(replica) : Optional.empty());
    }

    private void beginAnew() {
        nodes.clear();
        digest = TreeDigest.EMPTY;
        proof = Optional.empty();
        begunAtFloor = Optional.empty();
        consistent = false;
        at = 0;
    }

    private void take(ChangesPage page) {
        assertThat(page.from()).isEqualTo(at);
        long last = at;
        for (Node node : page.changes()) {
            assertThat(node.sequence()).isGreaterThan(last).isLessThanOrEqualTo(page.to());
            last = node.sequence();
            put(node);
            trial.board().saw(node);
        }
        trial.board().saw(page.proof());
        if (proof.isEmpty()) {
            begunAtFloor = Optional.of(page.floor());
        }
        proof = Optional.of(page.proof());
        at = page.to();
        consistent = !page.more();
        if (consistent) {
            begunAtFloor = Optional.empty();
            assertThat(digest).as("the digest at %s", at).isEqualTo(page.proof().digest());
            if (registered && random.nextInt(10) == 0) {
                checkpoint(page);
            }
        }
    }

    private void put(Node node) {
        Node before = nodes.put(node.id(), node);
        if (before != null && !before.deleted()) {
            digest = digest.minus(before);
        }
        if (!node.deleted()) {
            digest = digest.plus(node);
        }
    }

    private void checkpoint(ChangesPage page) {
        Checkpoint checkpoint =
                new Checkpoint(
                        replica,
                        new Cursor(page.epoch(), at),
                        digest,
                        Optional.of(new Cursor(page.epoch(), at)),
                        0,
                        "reader");
        CheckpointOutcome outcome =
                trial.clock().request(() -> api.checkpoint(trial.project(), checkpoint));
        assertThat(outcome).isInstanceOf(CheckpointOutcome.Accepted.class);
    }

    /** What it holds now. */
    TreeDigest digest() {
        return digest;
    }
}
