package io.syncline.server.event;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Caller;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.SocketFeature;
import io.syncline.server.transfer.TransferBoard;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open event sockets of this server node, and who watches which project. One subscription of
 * the bus per watched project, whatever the number of watchers. What other nodes commit comes by
 * the bus; what they take from accounts by {@link RightsWatch}. The bound of sockets per account is
 * one of each node. Thread-safe.
 */
public final class EventHub implements SocketFeature, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventHub.class);

    /** Where the socket is. */
    public static final String PATH = "/v1/events";

    /** How often a peer is asked for a sign of life. */
    static final Duration PING = Duration.ofSeconds(30);

    /** How long a peer may say nothing, not even to a ping. */
    static final Duration SILENT = Duration.ofSeconds(75);

    /** How long one message may be on its way before its reader is cut off. */
    static final Duration SLOW = Duration.ofSeconds(30);

    /**
     * How often rights are looked at again in any case; what was taken on any node is noticed at
     * once by the bus, or else at the next tick.
     */
    static final Duration RECHECK = Duration.ofMinutes(2);

    /** How often all sockets are looked at, and what was taken from accounts. */
    private static final Duration TICK = Duration.ofSeconds(5);

    /** Open sockets of one account. */
    private static final int SOCKETS_PER_ACCOUNT_MAX = 2_000;

    /** Status for a token that is no longer valid. */
    public static final int UNAUTHENTICATED = 4401;

    /** RFC 6455 §7.4.1: a message that makes no sense; and "service restart" of its registry. */
    private static final int INVALID = 1007;

    private static final int RESTART = 1012;

    /** How long those who were told that the server ends have for answering. */
    private static final Duration GOOD_BYE = Duration.ofSeconds(2);

    /** The most that a stop waits between two sockets. */
    private static final int LEAVE_MILLIS = 1;

    /** Shorter sleeps aren't worth it. */
    private static final long LEAVE_SLICE_NANOS = Duration.ofMillis(5).toNanos();

    private final MetadataStore store;
    private final EventBus bus;
    private final Access access;
    private final InstantSource clock;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final Map<AccountId, Integer> perAccount = new ConcurrentHashMap<>();
    private final Map<ProjectId, Topic> topics = new ConcurrentHashMap<>();
    private final Map<ProjectId, Topic> transferTopics = new ConcurrentHashMap<>();
    private final TransferBoard transfers;
    private final RightsWatch rights;
    private volatile boolean leaving;
    private final ExecutorService looking = Executors.newVirtualThreadPerTaskExecutor();
    private final HeadLooks looks;
    private final Rechecks rechecks = new Rechecks(this::lookAtRights, this::recheck, looking);
    private final Arrivals arrivals = new Arrivals();
    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("event-ticker").factory());

    /** A project that somebody watches. */
    private static final class Topic {
        private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
        private final EventBus.Subscription subscription;

        /** The last head that was told of, without the changes that led there. */
        private volatile Optional<Event.Head> told = Optional.empty();

        Topic(EventBus.Subscription subscription) {
            this.subscription = subscription;
        }

        Set<Watcher> watchers() {
            return watchers;
        }

        EventBus.Subscription subscription() {
            return subscription;
        }

        void tell(Event.Head head) {
            told =
                    Optional.of(
                            new Event.Head(
                                    head.project(),
                                    head.epoch(),
                                    head.sequence(),
                                    Optional.empty(),
                                    head.wanted()));
            Message message = Message.of(head);
            watchers.forEach(watcher -> watcher.offer(message));
        }

        boolean wasTold(Event.Head head) {
            return told.equals(Optional.of(head));
        }
    }

    /** A hub without sockets. */
    public EventHub(MetadataStore store, EventBus bus, Access access, InstantSource clock) {
        this.store = store;
        this.bus = bus;
        this.access = access;
        this.clock = clock;
        this.transfers = new TransferBoard(bus, clock);
        this.rights = new RightsWatch(store, bus, this::recheck, this::recheckAll);
        this.looks = new HeadLooks(topics::keySet, this::look, looking);
        bus.whenMissed(looks::missed);
    }

    /** Begins to look at the sockets every few seconds. Call once. */
    public void start() {
        rights.start();
        var _ =
                ticker.scheduleWithFixedDelay(
                        this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the sockets' devices say of their transfers. */
    public TransferBoard transfers() {
        return transfers;
    }

    Instant now() {
        return clock.instant();
    }

    @Override
    public Listener accept(Call call) {
        // What is taken from here on is noticed when it subscribes.
        long judged = rights.seen();
        if (leaving) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the node is stopping");
        }
        arrivals.refuseBeyondMax();
        Caller caller = arrivals.during(() -> access.authenticate(call));
        if (perAccount.getOrDefault(caller.account(), 0) >= SOCKETS_PER_ACCOUNT_MAX) {
            throw ProblemException.retry(
                    ErrorCode.LIMITED,
                    "an account has at most " + SOCKETS_PER_ACCOUNT_MAX + " event sockets",
                    PING);
        }
        return new Watcher(this, caller, now(), judged);
    }

    void opened(Watcher watcher) {
        watchers.add(watcher);
        perAccount.merge(watcher.caller().account(), 1, Integer::sum);
    }

    void closed(Watcher watcher) {
        if (watchers.remove(watcher)) {
            perAccount.computeIfPresent(
                    watcher.caller().account(), (_, n) -> n == 1 ? null : n - 1);
        }
        watcher.watch(Set.of()).forEach(project -> leave(project, watcher));
        transfers.closed(watcher);
    }

    void message(Watcher watcher, String text) {
        try {
            Event event = WireJson.EVENT.fromBytes(text.getBytes(StandardCharsets.UTF_8));
            // Events of a later protocol are ignored.
            if (event instanceof Event.Subscribe(List<ProjectId> projects, boolean progress)) {
                watcher.wantTransfers(progress);
                var _ = arrivals.during(() -> subscribe(watcher, new HashSet<>(projects)));
            } else if (event instanceof Event.Progress(Transfer transfer)) {
                report(watcher, transfer);
            }
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.INVALID) {
                watcher.close(INVALID, "not an event");
            } else {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("cannot subscribe");
                watcher.close(RESTART, "try again");
            }
        }
    }

    /** Only of a project that it may watch, which was looked up when it subscribed. */
    private void report(Watcher watcher, Transfer transfer) {
        Optional<DeviceId> device = watcher.caller().device();
        if (device.isPresent() && watcher.projects().contains(transfer.project())) {
            transfers.report(watcher, device.get(), watcher.deviceName(this::name), transfer);
            // It may have closed meanwhile: then nobody else would take it off.
            if (!watcher.projects().contains(transfer.project())) {
                transfers.closed(watcher);
            }
        }
    }

    private String name(DeviceId device) {
        return store.read(read -> read.devices().find(device).map(Device::name).orElse(""));
    }

    /** Returns what of it is watched now. */
    private Set<ProjectId> subscribe(Watcher watcher, Set<ProjectId> wanted) {
        if (wanted.size() > Limits.EVENT_PROJECTS_MAX) {
            throw SynclineException.invalid("too many projects");
        }
        long judged = watcher.judged();
        Set<ProjectId> allowed = allowed(watcher.caller(), wanted);
        Set<ProjectId> before = watcher.watch(allowed);
        before.stream().filter(p -> !allowed.contains(p)).forEach(p -> leave(p, watcher));
        // Joined first, then looked: a commit between the two is told of twice, never missed.
        allowed.forEach(project -> join(project, watcher));
        heads(allowed).forEach(head -> watcher.offer(Message.of(head)));
        if (watcher.wantsTransfers()) {
            allowed.forEach(project -> transfers.list(project).forEach(watcher::offer));
        }
        wanted.stream().filter(p -> !allowed.contains(p)).forEach(watcher::lost);
        if (rights.seen() != judged) {
            // Something was taken since: perhaps before this watcher was among those looked at.
            recheck(List.of(watcher));
        }
        return allowed;
    }

    /**
     * Whose they are to see: whether the caller's token is still valid was looked at when it came,
     * and what is taken afterwards is noticed by {@link RightsWatch}.
     */
    private Set<ProjectId> allowed(Caller caller, Set<ProjectId> wanted) {
        return store.read(read ->
                read.projects().ofAccount(caller.account(), wanted).stream()
                        .map(membership -> membership.project().id())
                        .collect(Collectors.toSet()));
    }

    private List<Event.Head> heads(Set<ProjectId> projects) {
        return store.read(read ->
                read.projects().find(projects).stream()
                        .map(project ->
                                new Event.Head(project.id(), project.epoch(), project.head())
                                        .wantedAlso(read.quarantine(project.key()).any()))
                        .toList());
    }

    private void join(ProjectId project, Watcher watcher) {
        join(topics, project, watcher, () -> bus.subscribe(project, this::tell));
        if (watcher.wantsTransfers()) {
            join(
                    transferTopics,
                    project,
                    watcher,
                    () -> bus.subscribeTransfers(project, this::tell));
        } else {
            leave(transferTopics, project, watcher);
        }
        // It may have closed meanwhile: then nobody else would take it out.
        if (!watcher.projects().contains(project)) {
            leave(project, watcher);
        }
    }

    private static void join(
            Map<ProjectId, Topic> to,
            ProjectId project,
            Watcher watcher,
            Supplier<EventBus.Subscription> subscribe) {
        to.compute(
                project,
                (_, topic) -> {
                    Topic joined = topic != null ? topic : new Topic(subscribe.get());
                    joined.watchers().add(watcher);
                    return joined;
                });
    }

    private void leave(ProjectId project, Watcher watcher) {
        leave(topics, project, watcher);
        leave(transferTopics, project, watcher);
        transfers.left(watcher, project);
    }

    private static void leave(Map<ProjectId, Topic> from, ProjectId project, Watcher watcher) {
        from.computeIfPresent(
                project,
                (_, topic) -> {
                    topic.watchers().remove(watcher);
                    if (!topic.watchers().isEmpty()) {
                        return topic;
                    }
                    topic.subscription().close();
                    return null;
                });
    }

    private void tell(HeadHint hint) {
        Topic topic = topics.get(hint.project());
        if (topic != null) {
            topic.tell(
                    new Event.Head(
                            hint.project(),
                            hint.epoch(),
                            hint.sequence(),
                            hint.news(),
                            hint.wanted()));
        }
    }

    /** Looks at heads of which hints may have been missed, and tells of those that are new. */
    private void look(Set<ProjectId> projects) {
        for (Event.Head head : heads(projects)) {
            Topic topic = topics.get(head.project());
            if (topic != null && !topic.wasTold(head)) {
                topic.tell(head);
            }
        }
    }

    private void tell(TransferHint hint) {
        Topic topic = transferTopics.get(hint.project());
        if (topic != null) {
            topic.watchers().forEach(watcher -> watcher.offer(hint.transfer()));
        }
    }

    /** Closes the sockets of a device whose token was revoked, on all nodes. */
    public void revoked(DeviceId device) {
        for (Watcher watcher : watchers) {
            if (watcher.caller().device().filter(device::equals).isPresent()) {
                watcher.close(UNAUTHENTICATED, "revoked");
            }
        }
        rights.tell();
    }

    /** Looks again at what an account may watch, on all nodes. */
    public void membershipChanged(AccountId account) {
        recheck(Set.of(account));
        rights.tell();
    }

    private void recheck(Set<AccountId> accounts) {
        Rechecks.inSlices(
                watchers.stream()
                        .filter(watcher -> accounts.contains(watcher.caller().account()))
                        .toList(),
                this::recheck);
    }

    private void lookAtRights() {
        rights.look();
    }

    private void recheckAll() {
        Rechecks.inSlices(List.copyOf(watchers), this::recheck);
    }

    private void recheck(List<Watcher> due) {
        Instant now = now();
        Map<Watcher, Set<ProjectId>> watched = new HashMap<>();
        due.forEach(watcher -> {
            watcher.judgedAt(rights.seen());
            watched.put(watcher, watcher.projects());
        });
        // Absent where the token is no longer valid.
        Map<Watcher, Set<ProjectId>> allowed = store.read(read -> allowed(read, watched));
        watched.forEach((watcher, projects) -> {
            Set<ProjectId> those = allowed.get(watcher);
            if (those == null) {
                watcher.close(UNAUTHENTICATED, "no longer valid");
                return;
            }
            for (ProjectId project : projects) {
                if (!those.contains(project)) {
                    watcher.lost(project);
                    leave(project, watcher);
                }
            }
            watcher.checked(now);
        });
    }

    private Map<Watcher, Set<ProjectId>> allowed(
            ReadTransaction read, Map<Watcher, Set<ProjectId>> watched) {
        Access.Look look =
                access.look(read, watched.keySet().stream().map(Watcher::caller).toList());
        Map<Watcher, Set<ProjectId>> allowed = new HashMap<>();
        watched.forEach((watcher, projects) -> {
            if (look.isStillValid(watcher.caller())) {
                Set<ProjectId> those = new HashSet<>(projects);
                those.removeIf(project -> !look.mayStillWatch(watcher.caller(), project));
                allowed.put(watcher, those);
            }
        });
        return allowed;
    }

    /** Looks at all sockets, without waiting for the store. */
    void tick() {
        Instant now = now();
        rechecks.begin(watchers.stream().filter(watcher -> watcher.isDueForCheck(now)).toList());
        transfers.expire();
        looks.tick(now, bus.reach());
        for (Watcher watcher : watchers) {
            try {
                watcher.tick(now);
            } catch (RuntimeException e) {
                // One faulty socket must not end the ticking.
                log.atWarn().setCause(e).log("cannot look after a socket");
            }
        }
    }

    /** How many devices have a socket open here. Looks at all of them. */
    public long connectedDevices() {
        return watchers.stream()
                .flatMap(watcher -> watcher.caller().device().stream())
                .distinct()
                .count();
    }

    /** How many sockets are open. */
    public int sockets() {
        return watchers.size();
    }

    /**
     * Says good-bye to all sockets, one after another within this time, so that they don't come
     * back all at once, to this node or to others; few of them within {@value #LEAVE_MILLIS} ms
     * each. New ones are turned away from now on.
     */
    public void leave(Duration spread) throws InterruptedException {
        leaving = true;
        List<Watcher> all = List.copyOf(watchers);
        long most = spread.toMillis();
        long nanos =
                all.isEmpty()
                        ? 0
                        : Math.min(
                                TimeUnit.MILLISECONDS.toNanos(LEAVE_MILLIS),
                                TimeUnit.MILLISECONDS.toNanos(most) / all.size());
        long begun = System.nanoTime();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).close(RESTART, "restarting");
            // Waiting for each by itself would add up to more.
            long ahead = begun + (i + 1) * nanos - System.nanoTime();
            if (ahead > LEAVE_SLICE_NANOS) {
                TimeUnit.NANOSECONDS.sleep(ahead);
            }
        }
    }

    /**
     * Says good-bye, and waits until that was heard, for a moment: who is cut off before knows of
     * nothing, and looks for a fault.
     */
    @Override
    public void close() {
        ticker.shutdownNow();
        rights.close();
        looking.shutdownNow();
        watchers.forEach(watcher -> watcher.close(RESTART, "restarting"));
        long end = System.nanoTime() + GOOD_BYE.toNanos();
        try {
            while (!watchers.isEmpty() && System.nanoTime() < end) {
                Thread.sleep(Duration.ofMillis(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
