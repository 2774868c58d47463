package io.syncline.system.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.client.api.BlockApi;
import io.syncline.client.api.EventChannel;
import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.TreeApi;
import io.syncline.client.api.WebSocketEvents;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import io.syncline.system.endtoend.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A hundred devices of one project, each connected to the event socket: each saves a small file
 * once a minute, is told of every save of the others and reads the changes. What that costs the
 * server's processor.
 */
final class UsersRow {
    private static final int USERS = 100;
    private static final Duration BETWEEN_SAVES = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration TICKS = Duration.ofMillis(100);
    private static final int POLLS_MAX = 10_000;

    /** So much processor time in a second a server takes that is asked for nothing. */
    private static final Duration AT_REST = Duration.ofMillis(20);

    /** Longer than the minute after which a server looks again whether a snapshot is due. */
    private static final int REST_SECONDS = 70;

    private static final int REST_SECONDS_MAX = 300;

    private final Bed bed;

    UsersRow(Bed bed) {
        this.bed = bed;
    }

    Row measure() throws Exception {
        Loader loader = bed.project();
        JoinLink link = JoinLink.parse(bed.joinLink(loader.project()));
        List<User> users = new ArrayList<>();
        try {
            for (int i = 0; i < USERS; i++) {
                users.add(new User(i, loader, bed.join(link, "user " + i)));
            }
            long seconds = bed.rounds(60);
            // So that compilers and caches are where they are on any other day.
            var _ = saveEvery(users, Duration.ofMillis(100), bed.rounds(300));
            awaitRest();
            users.forEach(user -> user.advances.clear());
            Duration before = bed.deployment().server().processorTime();
            long start = System.nanoTime();
            List<Advance> saves =
                    saveEvery(
                            users,
                            BETWEEN_SAVES.dividedBy(USERS),
                            (int) (seconds * USERS / BETWEEN_SAVES.toSeconds()));
            double elapsed = (System.nanoTime() - start) / 1e9;
            double percent =
                    bed.deployment().server().processorTime().minus(before).toNanos()
                            / 1e7
                            / elapsed;
            double[] delays =
                    users.stream()
                            .flatMapToDouble(user -> saves.stream().mapToDouble(user::delayMillis))
                            .toArray();
            return Row.ofValue(
                            "users-100",
                            "processor of the server: %d users connected, each saves a file a minute"
                                    .formatted(USERS),
                            new Times(delays),
                            percent,
                            "% of a core")
                    .goal(5)
                    .naive(
                            naivePercent(loader),
                            "%d users list their folder of %,d files every second (one such listing, %d-fold)"
                                    .formatted(USERS, loader.shape().folderFiles(), USERS))
                    .note("times are from an answered commit until another user has read it");
        } finally {
            users.forEach(User::close);
        }
    }

    /** What the rows before have left to do, such as a snapshot, isn't what the users cost. */
    private void awaitRest() {
        int quiet = 0;
        for (int i = 0; i < REST_SECONDS_MAX && quiet < bed.rounds(REST_SECONDS); i++) {
            Duration before = bed.deployment().server().processorTime();
            Await.pause(Duration.ofSeconds(1));
            Duration spent = bed.deployment().server().processorTime().minus(before);
            quiet = spent.compareTo(AT_REST) <= 0 ? quiet + 1 : 0;
        }
    }

    /** Saves in turn, at this distance, and waits until all have heard of all. */
    private static List<Advance> saveEvery(List<User> users, Duration distance, int count) {
        List<Advance> saves = new ArrayList<>();
        long next = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long head = users.get(i % users.size()).save();
            saves.add(new Advance(head, System.nanoTime()));
            next += distance.toNanos();
            LockSupport.parkNanos(next - System.nanoTime());
        }
        long last = saves.getLast().sequence;
        for (User user : users) {
            Await.until(
                    LIMIT, () -> user.cursor.get() >= last, () -> "a user doesn't hear of changes");
        }
        return saves;
    }

    /** What a hundred such polls a second would cost: more than there is, so one is measured. */
    private double naivePercent(Loader loader) throws Exception {
        NaiveProcess naive = bed.naive();
        String path = "/list/" + loader.project().id() + "/" + loader.folder();
        for (int i = 0; i < 10; i++) {
            naive.list(path);
        }
        int least = bed.rounds(40);
        int polls = 0;
        Duration before = naive.processorTime();
        Duration spent = Duration.ZERO;
        // The system tells processor time in ticks of 10 ms: a few cheap polls can take none.
        while (polls < least || (spent.compareTo(TICKS) < 0 && polls < POLLS_MAX)) {
            naive.list(path);
            polls++;
            spent = naive.processorTime().minus(before);
        }
        return spent.toNanos() / 1e9 / polls * USERS * 100;
    }

    /** Where something had come to, and when. */
    private record Advance(long sequence, long nanos) {}

    /** A device that reads what it is told of, one page after another. */
    private final class User implements EventChannel.Listener, AutoCloseable {
        private final int number;
        private final Loader loader;
        private final HttpServerApi api;
        private final WebSocketEvents events;
        private final ReplicaId replica;
        private final Random random;
        private final BlockingQueue<Long> heads = new LinkedBlockingQueue<>();
        private final AtomicLong cursor = new AtomicLong();
        private final Thread reader;
        private final List<Advance> advances = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean closed;
        private volatile Proof proof;
        private Optional<Node> file = Optional.empty();

        User(int number, Loader loader, JoinAnswer answer) {
            this.number = number;
            this.loader = loader;
            // Not the loader's seed: its commits have ids of the project, too.
            this.random = new Random(0x75736572L << 32 | number);
            this.replica = new ReplicaId(RandomId.next(random));
            this.api = new HttpServerApi(bed.address(), Optional.of(answer.token()));
            this.proof = answer.project().proof();
            this.cursor.set(answer.project().head());
            this.reader = Thread.ofVirtual().start(this::read);
            this.events =
                    new WebSocketEvents(
                            bed.address(),
                            answer.token(),
                            this,
                            InstantSource.system(),
                            new Random(number));
            events.watch(List.of(loader.project().id()));
        }

        /** Sends a new version of this user's file; returns the head right after. */
        long save() {
            byte[] bytes = (number + " saves " + random.nextLong()).getBytes(UTF_8);
            Hash hash = new BlockHasher().hash(0, bytes, 0, bytes.length);
            Block block = new Block(hash, 0, ByteBuffer.wrap(bytes));
            ProjectId project = loader.project().id();
            if (!api.missing(project, List.of(hash)).isEmpty()) {
                try (ChunkEncoder encoder = new ChunkEncoder()) {
                    var _ = encoder.add(block);
                    if (!(api.putChunk(project, ChunkName.of(List.of(hash)), encoder.finish())
                            instanceof BlockApi.ChunkOutcome.Stored)) {
                        throw new IllegalStateException("a chunk wasn't stored");
                    }
                }
            }
            Item item = Item.file(new Content(0, hash, bytes.length), false, random.nextInt());
            Change change =
                    file.<Change>map(node ->
                                    new Change.Update(
                                            node.id(),
                                            node.sequence(),
                                            Optional.empty(),
                                            Optional.of(item)))
                            .orElseGet(() ->
                                    new Change.Create(
                                            new NodeId(-1),
                                            new Place(
                                                    NodeId.ROOT,
                                                    new Name("of " + number + " " + replica)),
                                            item,
                                            Optional.empty()));
            byte[] body =
                    WireJson.COMMIT.toBytes(
                            new Commit(
                                    new CommitId(RandomId.next(random)),
                                    replica,
                                    proof,
                                    false,
                                    List.of(change)));
            if (api.commit(project, body) instanceof TreeApi.CommitOutcome.Answered(var answer)) {
                file = Optional.of(Loader.nodes(answer).getFirst());
                return answer.head();
            }
            throw new IllegalStateException("the project isn't the one that was loaded");
        }

        /** From a save until this user has read it; a user may be told before the saving one is. */
        double delayMillis(Advance save) {
            synchronized (advances) {
                for (Advance advance : advances) {
                    if (advance.sequence >= save.sequence) {
                        return Math.max(0, advance.nanos - save.nanos) / 1e6;
                    }
                }
            }
            throw new IllegalStateException("user " + number + " hasn't read " + save);
        }

        private void read() {
            try {
                while (!closed) {
                    long head = heads.take();
                    if (head > cursor.get()) {
                        readTo();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void readTo() {
            ChangesPage page;
            do {
                if (!(api.changes(
                                loader.project().id(),
                                new ChangesRequest(
                                        Optional.of(proof),
                                        cursor.get(),
                                        Optional.empty(),
                                        Limits.PAGE_ENTRIES,
                                        Optional.empty()))
                        instanceof TreeApi.ChangesOutcome.Page(ChangesPage next))) {
                    throw new IllegalStateException("the project isn't the one that was loaded");
                }
                page = next;
                take(page);
            } while (page.more());
        }

        private synchronized void take(ChangesPage page) {
            if (page.to() > cursor.get()) {
                proof = page.proof();
                advances.add(new Advance(page.to(), System.nanoTime()));
                cursor.set(page.to());
            }
        }

        /** As the client does: what the hint tells needs no question. */
        @Override
        public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {
            news.filter(page -> page.from() <= cursor.get() && !page.more()).ifPresent(this::take);
            heads.add(head.sequence());
        }

        @Override
        public void connected() {}

        @Override
        public void disconnected(String reason) {
            if (!closed) {
                Progress.say("user %d is cut off: %s", number, reason);
            }
        }

        @Override
        public void unsubscribed(ProjectId project) {
            throw new IllegalStateException("user " + number + " may not watch the project");
        }

        @Override
        public void stopped(ErrorCode code, String reason) {
            throw new IllegalStateException("user " + number + ": " + reason);
        }

        @Override
        public void close() {
            closed = true;
            events.close();
            reader.interrupt();
            api.close();
        }
    }
}
