package io.syncline.client.api;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Ancestor;
import io.syncline.core.lineage.Lineage;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.ProofKey;
import io.syncline.core.lineage.Resync;
import io.syncline.core.lineage.Verdict;
import io.syncline.core.name.NameKey;
import io.syncline.core.snapshot.SnapshotWriter;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkView;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.WantedPage;
import io.syncline.core.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * A server of one project in memory: commits, feed, digests, blocks (honest about L3) and events,
 * asked by any number of devices. Deterministic from its seed; thread-safe. Everything it holds may
 * be looked at.
 *
 * <p>It can lose blocks ({@link #condemn}), go back to a backup ({@link #backUp}, {@link #restore})
 * and revoke a device ({@link #revoke}). Failing, slow and repeated calls are made by {@link
 * FaultyServer} around it.
 */
public final class FakeServer {
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final ProjectId project;
    private final AccountId account;
    private final FakeBlocks blocks = new FakeBlocks();
    private volatile WantedPage wanted = WantedPage.NOTHING;
    private final FakeTree.Holder holder = new FakeTree.Holder();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Set<DeviceId> revoked = ConcurrentHashMap.newKeySet();

    @GuardedBy("this")
    private Epoch epoch;

    @GuardedBy("this")
    private final Map<CommitId, Answered> answers = new HashMap<>();

    @GuardedBy("this")
    private final Map<Long, TreeDigest> digests = new HashMap<>();

    @GuardedBy("this")
    private final LinkedHashMap<String, Snapshot> snapshots = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Map<Epoch, Ancestor> ancestors = new HashMap<>();

    @GuardedBy("this")
    private long floor;

    private final ProofKey key;

    @GuardedBy("this")
    private final List<LogEntry> log = new ArrayList<>();

    @GuardedBy("this")
    private final Map<ReplicaId, Checkpoint> checkpoints = new LinkedHashMap<>();

    /** Whose replicas those are. */
    @GuardedBy("this")
    private final Map<ReplicaId, DeviceId> owners = new HashMap<>();

    /** All questions for changes so far. */
    @GuardedBy("this")
    private final List<ChangesRequest> questions = new ArrayList<>();

    @GuardedBy("this")
    private final List<Checkpoint> claims = new ArrayList<>();

    @GuardedBy("this")
    private boolean misstating;

    /** The bytes are a whole array of their own. */
    private record Snapshot(Proof proof, ByteBuffer bytes) {}

    private record Answered(Hash body, TreeApi.CommitOutcome outcome) {}

    private record Subscription(
            EventChannel.Listener listener, AtomicReference<Set<ProjectId>> projects) {}

    /** An empty project; ids come from {@code seed}. */
    public FakeServer(long seed) {
        random = new Random(seed);
        project = new ProjectId(RandomId.next(random));
        account = new AccountId(RandomId.next(random));
        epoch = new Epoch(RandomId.next(random));
        digests.put(0L, TreeDigest.EMPTY);
        byte[] secret = new byte[ProofKey.BYTES];
        random.nextBytes(secret);
        key = new ProofKey(secret);
    }

    /** The one project. */
    public ProjectId project() {
        return project;
    }

    /** How many live nodes the project may have from now on. */
    public void nodesMax(int nodes) {
        holder.nodesMax = nodes;
    }

    /** How often a creation was refused because there may be no more nodes. */
    public int quotaRefusals() {
        return holder.refusals.get();
    }

    /** What the block store holds, and how often it was asked. */
    public FakeBlocks blocks() {
        return blocks;
    }

    /** The present lineage. */
    public synchronized Epoch epoch() {
        return epoch;
    }

    /** The newest sequence. */
    public synchronized long head() {
        return holder.tree.head;
    }

    /** The digest at the head. */
    public synchronized TreeDigest digest() {
        return holder.tree.digest;
    }

    /** All live nodes by path. */
    public synchronized Map<String, Node> paths() {
        Map<String, Node> paths = new LinkedHashMap<>();
        collect(NodeId.ROOT, "", paths);
        return paths;
    }

    @GuardedBy("this")
    private void collect(NodeId directory, String prefix, Map<String, Node> into) {
        for (Node node : holder.tree.children(directory)) {
            String path = prefix + node.place().name();
            into.put(path, node);
            if (node.item().isDirectory()) {
                collect(node.id(), path + "/", into);
            }
        }
    }

    /** The last checkpoint of each replica. */
    public synchronized Map<ReplicaId, Checkpoint> checkpoints() {
        return Map.copyOf(checkpoints);
    }

    /** Forgets a block, as after a collection or a loss. */
    public void condemn(Hash hash) {
        blocks.remove(hash);
    }

    /** The device's token is refused from now on. */
    public void revoke(DeviceId device) {
        revoked.add(device);
    }

    /** All that a backup holds but the blocks. */
    public static final class Backup {
        private final FakeTree tree;
        private final Epoch epoch;
        private final Map<CommitId, Answered> answers;
        private final Map<Long, TreeDigest> digests;
        private final Map<Epoch, Ancestor> ancestors;
        private final long floor;

        private Backup(
                FakeTree tree,
                Epoch epoch,
                Map<CommitId, Answered> answers,
                Map<Long, TreeDigest> digests,
                Map<Epoch, Ancestor> ancestors,
                long floor) {
            this.tree = tree;
            this.epoch = epoch;
            this.answers = answers;
            this.digests = digests;
            this.ancestors = ancestors;
            this.floor = floor;
        }
    }

    /** The present state. */
    public synchronized Backup backUp() {
        return new Backup(
                new FakeTree(holder.tree),
                epoch,
                Map.copyOf(answers),
                Map.copyOf(digests),
                Map.copyOf(ancestors),
                floor);
    }

    /** Goes back to a backup as an operator does: in a new epoch (R3). */
    public synchronized void restore(Backup backup) {
        goBack(backup);
        startEpoch(holder.tree.head, holder.tree.head);
        tellHead(Optional.empty());
    }

    /** Goes back to a backup unawares, such as by a copy of the database's file. */
    public synchronized void goBack(Backup backup) {
        holder.tree = new FakeTree(backup.tree);
        epoch = backup.epoch;
        floor = backup.floor;
        replace(answers, backup.answers);
        replace(digests, backup.digests);
        replace(ancestors, backup.ancestors);
        checkpoints.clear();
        owners.clear();
        log.removeIf(entry -> entry.sequence() > holder.tree.head);
    }

    private static <K, V> void replace(Map<K, V> map, Map<K, V> by) {
        map.clear();
        map.putAll(by);
    }

    @GuardedBy("this")
    private void startEpoch(long highestUsed, long shared) {
        ancestors.put(epoch, new Ancestor(epoch, holder.tree.head, shared));
        holder.tree.head = Lineage.epochStart(highestUsed);
        epoch = new Epoch(RandomId.next(random));
        digests.put(holder.tree.head, holder.tree.digest);
    }

    /** Forgets tombstones up to there, and digests below (R16). */
    public synchronized void raiseFloor(long to) {
        floor = Math.max(floor, Math.min(to, holder.tree.head));
        holder.tree.dropTombstones(floor);
        long raised = floor;
        digests.keySet().removeIf(sequence -> sequence < raised);
    }

    /** Readers below it must resync. */
    public synchronized long floor() {
        return floor;
    }

    /** Makes that replica another device's, so that its next checkpoint is refused (R42). */
    public synchronized void takeReplica(ReplicaId replica) {
        owners.put(replica, newDevice());
    }

    /** All checkpoints so far, those that were refused included. */
    public synchronized List<Checkpoint> claims() {
        return List.copyOf(claims);
    }

    /** States digests that aren't those of its tree, as a faulty server would; or stops that. */
    public synchronized void misstateDigests(boolean wrong) {
        misstating = wrong;
    }

    /** All questions for changes so far. */
    public synchronized List<ChangesRequest> questions() {
        return List.copyOf(questions);
    }

    private synchronized Optional<TreeDigest> digestAt(long sequence) {
        if (misstating) {
            return Optional.of(new TreeDigest(Hash.EMPTY));
        }
        return sequence == 0
                ? Optional.of(TreeDigest.EMPTY)
                : Optional.ofNullable(digests.get(sequence));
    }

    private final class History implements Lineage.History {
        @Override
        public Epoch epoch() {
            return FakeServer.this.epoch();
        }

        @Override
        public long head() {
            return FakeServer.this.head();
        }

        @Override
        public long floor() {
            return FakeServer.this.floor();
        }

        @Override
        public Optional<TreeDigest> digestAt(long sequence) {
            return FakeServer.this.digestAt(sequence);
        }

        @Override
        public Optional<Ancestor> ancestor(Epoch asked) {
            synchronized (FakeServer.this) {
                return Optional.ofNullable(ancestors.get(asked));
            }
        }

        @Override
        public boolean signed(Proof proof) {
            return key.signed(project, proof);
        }
    }

    /** How to recover, if this isn't of the present history. */
    @GuardedBy("this")
    private Optional<Verdict.Expired> judge(Optional<Proof> proof, long since) {
        return switch (Lineage.judge(new History(), proof, since)) {
            case Verdict.Continues _ -> Optional.empty();
            case Verdict.Expired expired -> Optional.of(expired);
            case Verdict.RolledBack _ -> {
                startEpoch(Math.max(holder.tree.head, proof.orElseThrow().sequence()), 0);
                tellHead(Optional.empty());
                yield Optional.of(new Verdict.Expired(Resync.UNION, 0));
            }
        };
    }

    @GuardedBy("this")
    private Proof proof() {
        TreeDigest digest = misstating ? new TreeDigest(Hash.EMPTY) : holder.tree.digest;
        return key.sign(project, new Cursor(epoch, holder.tree.head), digest);
    }

    /** The server as that device sees it. */
    public ServerApi asDevice(DeviceId device) {
        return new Client(device);
    }

    /** A fresh device id. */
    public synchronized DeviceId newDevice() {
        return new DeviceId(RandomId.next(random));
    }

    /** An event channel, connected at once; heads are told on the thread that commits. */
    public EventChannel events(EventChannel.Listener listener) {
        var subscription = new Subscription(listener, new AtomicReference<>(Set.of()));
        subscriptions.add(subscription);
        listener.connected();
        return new EventChannel() {
            @Override
            public void watch(Collection<ProjectId> projects) {
                subscription.projects().set(Set.copyOf(projects));
                if (projects.contains(project)) {
                    listener.head(project, cursor(), Optional.empty());
                }
            }

            @Override
            public void report(Transfer transfer) {
                // Nobody here watches others' transfers.
            }

            @Override
            public void close() {
                subscriptions.remove(subscription);
            }
        };
    }

    private synchronized Cursor cursor() {
        return new Cursor(epoch, holder.tree.head);
    }

    /** Wants these files' blocks again, and tells so. */
    public void want(WantedPage page) {
        wanted = page;
        for (Subscription subscription : subscriptions) {
            if (subscription.projects().get().contains(project)) {
                subscription.listener().wanted(project);
            }
        }
    }

    private void tellHead(Optional<ChangesPage> news) {
        Cursor head = cursor();
        for (Subscription subscription : subscriptions) {
            if (subscription.projects().get().contains(project)) {
                subscription.listener().head(project, head, news);
            }
        }
    }

    private synchronized TreeApi.CommitOutcome commit(DeviceId device, byte[] body) {
        Commit commit = WireJson.COMMIT.fromBytes(body);
        Hash hash = Hash.sha256(body);
        Answered before = answers.get(commit.id());
        if (before != null) {
            if (!before.body().equals(hash)) {
                throw SynclineException.invalid("commit id used for another body");
            }
            return before.outcome();
        }
        var expired = judge(Optional.of(commit.base()), commit.base().sequence());
        if (expired.isPresent()) {
            return new TreeApi.CommitOutcome.Expired(expired.get().mode(), expired.get().fork());
        }
        Map<NodeId, Node> nodesBefore = new HashMap<>(holder.tree.nodes);
        List<ChangeResult> results =
                FakeTree.apply(holder, commit.changes(), commit.atomic(), device, blocks::holds);
        for (ChangeResult result : results) {
            if (result instanceof ChangeResult.Applied(Node node)
                    && !node.equals(nodesBefore.get(node.id()))) {
                log.add(entry(node, nodesBefore.get(node.id())));
            }
        }
        digests.put(holder.tree.head, holder.tree.digest);
        var outcome = new TreeApi.CommitOutcome.Answered(new CommitAnswer(proof(), results));
        answers.put(commit.id(), new Answered(hash, outcome));
        return outcome;
    }

    /** What came after a head, as a hint tells it (R50). */
    private synchronized Optional<ChangesPage> news(long since) {
        ChangesPage page = page(since, 32, Optional.empty());
        return page.more() ? Optional.empty() : Optional.of(page);
    }

    private static LogEntry entry(Node node, @org.jspecify.annotations.Nullable Node before) {
        LogEntry.Action action =
                before == null
                        ? LogEntry.Action.CREATE
                        : node.deleted()
                                ? LogEntry.Action.DELETE
                                : node.place().equals(before.place())
                                        ? LogEntry.Action.UPDATE
                                        : LogEntry.Action.MOVE;
        Instant time = CREATED.plusSeconds(node.sequence() & 0xffff_ffffL);
        return new LogEntry(node.sequence(), time, node.device(), "device", node, action);
    }

    /** Makes a snapshot of the tree as it is, and serves it from now on. */
    public synchronized void takeSnapshot() {
        var tree = new ByteArrayOutputStream();
        var contents = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        project,
                        new Cursor(epoch, holder.tree.head),
                        holder.tree.digest,
                        bytes -> append(bytes, tree),
                        bytes -> append(bytes, contents))) {
            for (Optional<NodeId> directory = writer.nextDirectory();
                    directory.isPresent();
                    directory = writer.nextDirectory()) {
                List<Node> children = new ArrayList<>(holder.tree.children(directory.get()));
                children.sort(java.util.Comparator.comparing(node -> node.place().name()));
                for (Node child : children) {
                    writer.add(child);
                }
            }
            var all = new ByteArrayOutputStream();
            append(writer.finish(), all);
            all.writeBytes(tree.toByteArray());
            all.writeBytes(contents.toByteArray());
            snapshots.put(
                    RandomId.next(random),
                    new Snapshot(proof(), ByteBuffer.wrap(all.toByteArray())));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Spoils a byte of the newest snapshot. */
    public synchronized void damageSnapshot(int fromTheEnd) {
        byte[] bytes = snapshots.lastEntry().getValue().bytes().array();
        bytes[bytes.length - 1 - fromTheEnd] ^= 1;
    }

    private static void append(ByteBuffer bytes, ByteArrayOutputStream to) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        to.writeBytes(copy);
    }

    private synchronized TreeApi.SnapshotOutcome snapshot(
            Optional<String> asked, long offset, int length) {
        if (snapshots.isEmpty()) {
            return new TreeApi.SnapshotOutcome.None();
        }
        String name = asked.orElseGet(() -> snapshots.lastEntry().getKey());
        Snapshot snapshot = snapshots.get(name);
        if (snapshot == null) {
            return new TreeApi.SnapshotOutcome.None();
        }
        byte[] bytes = snapshot.bytes().array();
        // Short pieces, so that a small tree has several.
        int count = (int) Math.min(Math.min(length, 1_000), bytes.length - offset);
        return new TreeApi.SnapshotOutcome.Piece(
                name,
                bytes.length,
                snapshot.proof(),
                ByteBuffer.wrap(bytes, (int) offset, count).slice());
    }

    private synchronized TreeApi.ChangesOutcome changes(ChangesRequest request) {
        questions.add(request);
        var expired = judge(request.proof(), request.since());
        if (expired.isPresent()) {
            return new TreeApi.ChangesOutcome.Expired(expired.get().mode(), expired.get().fork());
        }
        if (Lineage.isBelowFloor(new History(), request.since(), request.floor())) {
            return new TreeApi.ChangesOutcome.Expired(Resync.RECONCILE, 0);
        }
        return new TreeApi.ChangesOutcome.Page(
                page(request.since(), request.limit(), request.proof()));
    }

    @GuardedBy("this")
    private ChangesPage page(long since, int limit, Optional<Proof> shown) {
        FakeTree tree = holder.tree;
        List<Node> changes = new ArrayList<>();
        long to = tree.head;
        boolean more = false;
        for (var entry : tree.bySequence.tailMap(since, false).entrySet()) {
            if (changes.size() == limit) {
                to = changes.getLast().sequence();
                more = true;
                break;
            }
            changes.add(java.util.Objects.requireNonNull(tree.nodes.get(entry.getValue())));
        }
        return new ChangesPage(
                proof(),
                since,
                to,
                more,
                floor,
                shown.map(Proof::epoch)
                        .flatMap(asked -> Optional.ofNullable(ancestors.get(asked)))
                        .map(left -> new Cursor(left.epoch(), left.fork())),
                changes);
    }

    private synchronized TreeApi.CheckpointOutcome checkpoint(
            DeviceId device, Checkpoint checkpoint) {
        claims.add(checkpoint);
        Cursor received = checkpoint.received();
        long last =
                received.epoch().equals(epoch)
                        ? holder.tree.head
                        : Optional.ofNullable(ancestors.get(received.epoch()))
                                .map(Ancestor::fork)
                                .orElse(-1L);
        TreeDigest known = digests.get(received.sequence());
        if (received.sequence() > last
                || (received.sequence() > 0
                        && (known == null || !known.equals(checkpoint.digest())))) {
            return new TreeApi.CheckpointOutcome.Expired();
        }
        DeviceId owner = owners.getOrDefault(checkpoint.replica(), device);
        Checkpoint before = checkpoints.get(checkpoint.replica());
        boolean back = before != null && before.received().sequence() > received.sequence();
        if (back || !owner.equals(device)) {
            return new TreeApi.CheckpointOutcome.Stale();
        }
        owners.put(checkpoint.replica(), device);
        checkpoints.put(checkpoint.replica(), checkpoint);
        return new TreeApi.CheckpointOutcome.Accepted();
    }

    private synchronized ProjectView view() {
        long live = holder.tree.nodes.values().stream().filter(node -> !node.deleted()).count();
        return new ProjectView(project, "project", Role.OWNER, 1, proof(), live, CREATED);
    }

    /** One device's view. */
    private final class Client implements ServerApi {
        private final DeviceId device;

        Client(DeviceId device) {
            this.device = device;
        }

        private void check() {
            if (revoked.contains(device)) {
                throw new ServerFailure(
                        ErrorCode.UNAUTHENTICATED, "the token is revoked", Optional.empty());
            }
        }

        private void check(ProjectId asked) {
            check();
            if (!asked.equals(project)) {
                throw new ServerFailure(ErrorCode.NOT_FOUND, "no such project", Optional.empty());
            }
        }

        @Override
        public Hello hello() {
            return new Hello("syncline", "fake", 1, 1, List.of());
        }

        @Override
        public SessionAnswer signIn(String name, Secret password) {
            return new SessionAnswer(secret(), account, CREATED.plus(Duration.ofDays(1)));
        }

        private Secret secret() {
            synchronized (FakeServer.this) {
                return new Secret("sld_" + RandomId.next(random));
            }
        }

        @Override
        public void signOut() {
            check();
        }

        @Override
        public JoinAnswer join(Secret secret, String deviceName) {
            return new JoinAnswer(secret(), newFakeDevice(), account, view());
        }

        private DeviceId newFakeDevice() {
            return FakeServer.this.newDevice();
        }

        @Override
        public DeviceAnswer newDevice(String name) {
            check();
            return new DeviceAnswer(secret(), newFakeDevice());
        }

        @Override
        public List<DeviceView> devices(Optional<ProjectId> asked) {
            check();
            return List.of(
                    new DeviceView(
                            device, "device", account, CREATED, Optional.empty(), false, true));
        }

        @Override
        public void revoke(DeviceId other) {
            check();
            FakeServer.this.revoke(other);
        }

        @Override
        public List<ProjectView> projects() {
            check();
            return List.of(view());
        }

        @Override
        public ProjectView newProject(String name, boolean portableNames) {
            throw new ServerFailure(
                    ErrorCode.FORBIDDEN, "this server has one project", Optional.empty());
        }

        @Override
        public ProjectView project(ProjectId asked) {
            check(asked);
            return view();
        }

        @Override
        public LinkAnswer newLink(ProjectId asked, Role role, int uses, Duration expiresAfter) {
            check(asked);
            return new LinkAnswer("1", secret(), secret(), role, uses, CREATED.plus(expiresAfter));
        }

        @Override
        public List<LinkView> links(ProjectId asked) {
            check(asked);
            return List.of();
        }

        @Override
        public void removeLink(ProjectId asked, String link) {
            check(asked);
        }

        @Override
        public List<MemberView> members(ProjectId asked) {
            check(asked);
            return List.of(new MemberView(account, "member", Role.OWNER));
        }

        @Override
        public void setRole(ProjectId asked, AccountId member, Role role) {
            check(asked);
        }

        @Override
        public void removeMember(ProjectId asked, AccountId member) {
            check(asked);
        }

        @Override
        public List<ReplicaView> replicas(ProjectId asked) {
            check(asked);
            return checkpoints().values().stream()
                    .map(c ->
                            new ReplicaView(
                                    c.replica(),
                                    device,
                                    "device",
                                    c.folder(),
                                    Optional.of(c.received()),
                                    c.agreed(),
                                    c.heldBack(),
                                    c.received().sequence() == head(),
                                    false,
                                    CREATED))
                    .toList();
        }

        @Override
        public ChangesOutcome changes(ProjectId asked, ChangesRequest request) {
            check(asked);
            return FakeServer.this.changes(request);
        }

        @Override
        public SnapshotOutcome snapshot(
                ProjectId asked,
                ReplicaId replica,
                Optional<String> name,
                long offset,
                int length) {
            check(asked);
            return FakeServer.this.snapshot(name, offset, length);
        }

        @Override
        public CommitOutcome commit(ProjectId asked, byte[] body) {
            check(asked);
            long before = head();
            CommitOutcome outcome = FakeServer.this.commit(device, body);
            if (head() != before) {
                tellHead(news(before));
            }
            return outcome;
        }

        @Override
        public CheckpointOutcome checkpoint(ProjectId asked, Checkpoint checkpoint) {
            check(asked);
            return FakeServer.this.checkpoint(device, checkpoint);
        }

        @Override
        public ChildrenPage children(
                ProjectId asked,
                NodeId directory,
                ListingOrder order,
                Optional<String> after,
                int limit) {
            check(asked);
            synchronized (FakeServer.this) {
                // By name whatever the order: no client depends on another one.
                List<Node> all = holder.tree.children(directory);
                int from = after.map(Integer::parseInt).orElse(0);
                int to = Math.min(all.size(), from + limit);
                Optional<String> next =
                        to < all.size() ? Optional.of(Integer.toString(to)) : Optional.empty();
                return new ChildrenPage(
                        all.subList(from, to), head(), all.size(), Optional.empty(), next);
            }
        }

        @Override
        public ChildrenPage childrenFrom(
                ProjectId asked, NodeId directory, ListingOrder order, String from, int limit) {
            // A cursor is the number of the row that a page begins with.
            return children(asked, directory, order, Optional.of(from), limit);
        }

        @Override
        public PageMap pageMap(ProjectId asked, NodeId directory, ListingOrder order, int size) {
            check(asked);
            synchronized (FakeServer.this) {
                List<Node> all = holder.tree.children(directory);
                long directories = all.stream().filter(node -> node.item().isDirectory()).count();
                List<String> pages =
                        IntStream.range(0, Math.ceilDiv(all.size(), size))
                                .mapToObj(page -> Integer.toString(page * size))
                                .toList();
                return new PageMap(head(), all.size(), directories, size, pages);
            }
        }

        @Override
        public SearchPage search(ProjectId asked, String text, Optional<String> after, int limit) {
            check(asked);
            synchronized (FakeServer.this) {
                String key = NameKey.of(text).value();
                List<Node> all =
                        paths().values().stream()
                                .filter(node ->
                                        NameKey.of(node.place().name()).value().contains(key))
                                .toList();
                List<SearchPage.Directory> directories =
                        paths().values().stream()
                                .filter(node -> node.item().isDirectory())
                                .map(node -> new SearchPage.Directory(node.id(), node.place()))
                                .toList();
                return new SearchPage(all, directories, head(), head(), Optional.empty());
            }
        }

        @Override
        public Optional<Node> node(ProjectId asked, NodeId id) {
            check(asked);
            synchronized (FakeServer.this) {
                return Optional.ofNullable(holder.tree.nodes.get(id));
            }
        }

        @Override
        public Optional<Resolved> resolve(ProjectId asked, String path) {
            check(asked);
            if (path.isEmpty()) {
                return Optional.of(new Resolved(Optional.empty()));
            }
            return Optional.ofNullable(paths().get(path))
                    .map(node -> new Resolved(Optional.of(node)));
        }

        @Override
        public LogPage log(ProjectId asked, OptionalLong before, int limit) {
            check(asked);
            synchronized (FakeServer.this) {
                List<LogEntry> newestFirst =
                        log.reversed().stream()
                                .filter(entry ->
                                        before.isEmpty() || entry.sequence() < before.getAsLong())
                                .toList();
                List<LogEntry> page = newestFirst.subList(0, Math.min(limit, newestFirst.size()));
                return new LogPage(
                        page,
                        page.size() < newestFirst.size()
                                ? Optional.of(page.getLast().sequence())
                                : Optional.empty());
            }
        }

        @Override
        public BitSet missing(ProjectId asked, List<Hash> hashes) {
            check(asked);
            return blocks.missing(hashes);
        }

        @Override
        public ChunkOutcome putChunk(ProjectId asked, Hash name, ByteBuffer chunk) {
            check(asked);
            return blocks.put(name, chunk);
        }

        @Override
        public List<Signature> signatures(ProjectId asked, SignatureRequest request) {
            check(asked);
            return blocks.signatures(request);
        }

        @Override
        public WantedPage wanted(ProjectId asked, long after) {
            check(asked);
            return wanted;
        }

        @Override
        public BlocksOutcome readBlocks(ProjectId asked, List<Hash> hashes) {
            check(asked);
            return blocks.read(hashes);
        }

        @Override
        public Traffic traffic() {
            return new Traffic(Map.of());
        }

        @Override
        public void close() {}
    }
}
