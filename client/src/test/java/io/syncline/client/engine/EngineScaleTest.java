package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.core.lineage.Proof;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.WantedPage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an engine does per node must not grow with how many nodes there are. */
final class EngineScaleTest {
    private static final int FILES = 8_800;
    private static final int TOGETHER = 10;
    private static final Epoch EPOCH = new Epoch("e".repeat(32));
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    private final Random random = new Random(5);
    private final MemoryStateStore rows = new MemoryStateStore();
    private final Deque<Effect> effects = new ArrayDeque<>();
    private final Deque<Event> slow = new ArrayDeque<>();
    private long now = 1_000_000;

    /** Rows that were read to be planned. */
    private long windowed;

    private Engine engine;
    private long inode;

    @BeforeEach
    void start() {
        StateStore counting =
                (StateStore)
                        Proxy.newProxyInstance(
                                StateStore.class.getClassLoader(),
                                new Class<?>[] {StateStore.class},
                                (_, method, arguments) -> {
                                    try {
                                        Object answer = method.invoke(rows, arguments);
                                        if (method.getName().equals("remoteAfter")
                                                && (Integer) arguments[1] > 1) {
                                            windowed += ((List<?>) answer).size();
                                        }
                                        return answer;
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        engine =
                new Engine(
                        counting,
                        EngineSettings.of(new ReplicaId(RandomId.next(random)), "f", false),
                        new Planner("device", Planner.Mode.READ_WRITE)::plan,
                        Names.EXACT,
                        () -> new CommitId(RandomId.next(random)));
        effects.addAll(engine.start(now, Optional.empty()));
    }

    @Test
    @DisplayName("R46 a first sync plans each file a few times, however many there are")
    void firstSyncPlansEachFileAFewTimes() {
        run();

        assertThat(engine.status().pending()).isZero();
        assertThat(engine.status().digest()).isEqualTo(digest());
        assertThat(windowed).isLessThan(4L * FILES);
    }

    /** Answers whatever is asked; of fetched files a few at a time arrive, and time goes on. */
    private void run() {
        while (!effects.isEmpty() || !slow.isEmpty()) {
            List<Event> events = new ArrayList<>();
            if (effects.isEmpty()) {
                for (int i = 0; i < TOGETHER && !slow.isEmpty(); i++) {
                    events.add(slow.removeFirst());
                }
            } else {
                answer(effects.removeFirst(), events);
            }
            now += 1;
            effects.addAll(engine.handle(now, events));
            if (effects.isEmpty() && slow.isEmpty() && engine.nextMillis() < now + 10_000) {
                now = Math.max(now, engine.nextMillis());
                effects.addAll(engine.handle(now, List.of(new Event.Tick())));
            }
        }
    }

    private void answer(Effect effect, List<Event> events) {
        switch (effect) {
            case Effect.Recover _ -> events.add(new Event.Recovered(List.of()));
            case Effect.LookAtRoot _ -> events.add(new Event.RootSeen(RootState.FINE));
            case Effect.Scan _ ->
                    events.add(new Event.Scanned(new ScanResult.Completed(1, 0, 0, true)));
            case Effect.FetchSnapshot _ -> events.add(new Event.NoSnapshot());
            case Effect.FetchChanges(ChangesRequest request) ->
                    events.add(new Event.Page(request, page(request.since(), request.limit())));
            case Effect.FetchFiles(long batch, List<Incoming> files) -> {
                files.forEach(file -> slow.add(new Event.Received(ready(file))));
                slow.add(new Event.ReceiveEnded(batch));
            }
            case Effect.CarryOut(List<DiskTask> tasks) ->
                    events.add(
                            new Event.Carried(
                                    tasks.stream()
                                            .map(task ->
                                                    new Event.Carried.Result(
                                                            task,
                                                            new Outcome.Done(
                                                                    stat(task.id()),
                                                                    Optional.empty())))
                                            .toList()));
            case Effect.PutCheckpoint _ -> events.add(new Event.CheckpointTaken());
            case Effect.AskWanted _ -> events.add(new Event.Wanted(WantedPage.NOTHING));
            case Effect.ReadFiles _, Effect.SendCommit _, Effect.SendAgain _, Effect.Discard _ ->
                    throw new IllegalStateException("nothing was changed here: " + effect);
        }
    }

    private Fetched ready(Incoming file) {
        return new Fetched.Ready(
                file, LocalPath.TEMPORARIES.child("t" + file.node()), stat(file.node()));
    }

    private Stat stat(NodeId id) {
        boolean directory = id.value() % 11 == 1;
        return new Stat(
                directory ? FileKind.DIRECTORY : FileKind.FILE,
                new FileIdentity(1, ++inode, inode),
                directory ? 0 : 1,
                0,
                0,
                false,
                1);
    }

    /** Directories 1, 12, 23, … with ten files each. */
    private static Node node(long id) {
        boolean directory = id % 11 == 1;
        return new Node(
                new NodeId(id),
                new Place(
                        directory ? NodeId.ROOT : new NodeId((id - 1) / 11 * 11 + 1),
                        new Name("n" + id)),
                directory ? Item.DIRECTORY : Item.file(content(id), false, 0),
                id,
                false,
                DEVICE);
    }

    private static Content content(long id) {
        return new Content(0, new Hash(1, 2, 3, id), 1);
    }

    private static TreeDigest digest() {
        TreeDigest digest = TreeDigest.EMPTY;
        for (long id = 1; id <= FILES; id++) {
            digest = digest.plus(node(id));
        }
        return digest;
    }

    private static ChangesPage page(long since, int limit) {
        long to = Math.min(FILES, since + limit);
        List<Node> nodes = new ArrayList<>();
        for (long id = since + 1; id <= to; id++) {
            nodes.add(node(id));
        }
        boolean more = to < FILES;
        Proof proof = new Proof(new Cursor(EPOCH, FILES), digest(), "a".repeat(32));
        return new ChangesPage(proof, since, to, more, 0, Optional.empty(), nodes);
    }
}
