package io.syncline.server;

import io.syncline.core.wire.Hello;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.AccountRoutes;
import io.syncline.server.account.Accounts;
import io.syncline.server.account.LoginThrottle;
import io.syncline.server.activity.Activity;
import io.syncline.server.audit.Audit;
import io.syncline.server.background.LiveNodes;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.background.WorkObserver;
import io.syncline.server.block.BlockFilters;
import io.syncline.server.block.BlockReader;
import io.syncline.server.block.BlockRoutes;
import io.syncline.server.change.Changes;
import io.syncline.server.checkpoint.Checkpoints;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.collect.Collector;
import io.syncline.server.collect.CollectorJob;
import io.syncline.server.commit.Commits;
import io.syncline.server.content.Contents;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Router;
import io.syncline.server.event.EventHub;
import io.syncline.server.floor.FloorKeeper;
import io.syncline.server.heal.WantedFiles;
import io.syncline.server.heal.WantedRoutes;
import io.syncline.server.health.Health;
import io.syncline.server.history.HistoryRoutes;
import io.syncline.server.history.HistoryTrimmer;
import io.syncline.server.history.Restores;
import io.syncline.server.lineage.Proofs;
import io.syncline.server.listing.ListingRoutes;
import io.syncline.server.node.NodeRoutes;
import io.syncline.server.openapi.ApiDocument;
import io.syncline.server.operator.Collecting;
import io.syncline.server.operator.Measurements;
import io.syncline.server.operator.OperatorRoutes;
import io.syncline.server.operator.Overview;
import io.syncline.server.project.ProjectRoutes;
import io.syncline.server.project.Projects;
import io.syncline.server.quota.QuotaRoutes;
import io.syncline.server.rate.Rates;
import io.syncline.server.search.NameFollower;
import io.syncline.server.search.Search;
import io.syncline.server.setting.RuntimeSettings;
import io.syncline.server.setting.Setting;
import io.syncline.server.snapshot.SnapshotKeeper;
import io.syncline.server.snapshot.SnapshotRoutes;
import io.syncline.server.transfer.TransferRoutes;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All that a server does, wired, but for the edge that the outer network reaches it by: that is put
 * before the router by whoever starts it. Nothing runs in the background before {@link #start}, and
 * until then everything can be done a step at a time. Thread-safe.
 */
public final class Services implements AutoCloseable {
    /** How long entries of the audit log are kept, unless an operator says otherwise. */
    private static final Duration AUDIT_RETENTION = Duration.ofDays(365);

    private final Router router = new Router();
    private final EventHub events;
    private final Accounts accounts;
    private final Projects projects;
    private final BlockRoutes blocks;
    private final Collector collector;
    private final Jobs jobs;
    private final Health health;
    private final Activity activity;
    private final Measurements measurements;
    private final Overview overview;
    private final RuntimeSettings runtime;
    private final Rates rates;

    /** As below, and nobody watches its work. */
    public Services(
            ServerSettings settings,
            Stores stores,
            InstantSource clock,
            SecureRandom random,
            ThreadFactory threads) {
        this(settings, stores, clock, random, threads, WorkObserver.NONE);
    }

    /**
     * On these stores, by this clock. Stays their user, not their owner.
     *
     * @param threads what requests leave to others is done on
     * @param observer of what is done in the background
     */
    public Services(
            ServerSettings settings,
            Stores stores,
            InstantSource clock,
            SecureRandom random,
            ThreadFactory threads,
            WorkObserver observer) {
        MetadataStore store = stores.metadata();
        LiveNodes nodes = new LiveNodes(store, settings.node().name(), settings.version(), clock);
        this.rates = new Rates(settings.rates(), nodes::count, clock);
        Access access = new Access(store, clock, rates);
        this.events = new EventHub(store, stores.events(), access, clock);
        NodeLeases leases = new NodeLeases(store, settings.node().name(), clock, observer);
        NameFollower names = new NameFollower(store, leases.of(NameFollower.LEASE));
        Consumer<HeadHint> committed = hint -> committed(stores, names, hint);
        Proofs proofs = new Proofs(store, committed, clock, random);
        this.accounts =
                new Accounts(store, clock, random, events::revoked, events::membershipChanged);
        this.runtime = new RuntimeSettings(store, clock, defaults(settings.collecting()));
        Audit audit = new Audit(store, clock);
        LoginThrottle throttle =
                new LoginThrottle(store, clock, () -> (int) runtime.value(Setting.LOGIN_FAILURES));
        LoginThrottle guesses = new LoginThrottle(store, clock);
        this.projects = new Projects(store, clock, random);

        byte[] hello = WireJson.HELLO.toBytes(hello(settings));
        router.add("GET", "/v1/hello", _ -> Answer.json(hello));
        new AccountRoutes(accounts, access, store, proofs, throttle, audit).route(router);
        new ProjectRoutes(projects, store, proofs, clock, events::membershipChanged, guesses)
                .route(router, access);
        new NodeRoutes(store).route(router, access);
        new ListingRoutes(store).route(router, access);
        Checkpoints checkpoints = new Checkpoints(store, proofs, clock);
        checkpoints.route(router, access);
        new Changes(store, proofs, checkpoints).route(router, access);
        Consumer<Project> wanted = project -> wanted(stores, project);
        BlockReader reader = new BlockReader(store, stores.blocks(), clock, wanted);
        Commits commits = new Commits(store, reader, committed, proofs, clock);
        commits.route(router, access);
        new Search(store).route(router, access);
        Supplier<Duration> retention = () -> runtime.duration(Setting.HISTORY_RETENTION);
        new HistoryRoutes(store, retention, audit).route(router, access);
        new Restores(store, commits, proofs, audit).route(router, access);
        new TransferRoutes(events.transfers()).route(router, access);
        BlockFilters filters = new BlockFilters(store, threads);
        this.blocks = new BlockRoutes(store, stores.blocks(), reader, filters, clock, wanted);
        blocks.route(router, access);
        WantedFiles wantedFiles = new WantedFiles(store, reader, clock);
        new WantedRoutes(wantedFiles).route(router, access);
        new Contents(store, reader).route(router, access);
        new QuotaRoutes(store).route(router, access);
        SnapshotKeeper snapshots =
                new SnapshotKeeper(
                        leases.of(SnapshotKeeper.LEASE),
                        stores.blocks(),
                        stores.snapshots(),
                        clock,
                        random,
                        threads);
        new SnapshotRoutes(store, stores.snapshots(), snapshots, proofs, clock)
                .route(router, access);
        new ApiDocument().route(router);
        this.health = new Health(store, stores.blocks(), clock);
        health.route(router);

        this.collector =
                new Collector(
                        store,
                        leases.of(Collector.LEASE),
                        stores.blocks(),
                        reader,
                        clock,
                        () -> collecting(settings.collecting()),
                        settings.node().name());
        collector.retireSuperseded();
        this.activity = new Activity(clock, events::sockets);
        this.measurements = new Measurements(store, clock);
        Collecting asked = new Collecting(store, collector, threads);
        this.overview = new Overview(store, events, runtime, asked, measurements, nodes);
        new OperatorRoutes(
                        store,
                        accounts,
                        new OperatorRoutes.Parts(
                                activity, overview, measurements, runtime, asked, audit, nodes))
                .route(router, access);
        this.jobs =
                new Jobs(
                        leases,
                        new ExpirySweeper(
                                leases.of(ExpirySweeper.LEASE),
                                access,
                                clock,
                                () -> runtime.duration(Setting.AUDIT_RETENTION)),
                        new HistoryTrimmer(leases.of(HistoryTrimmer.LEASE), clock, retention),
                        new FloorKeeper(leases.of(FloorKeeper.LEASE), clock),
                        snapshots,
                        new CollectorJob(collector, clock, random),
                        names,
                        filters,
                        wantedFiles,
                        nodes);
    }

    private static Map<Setting, Long> defaults(CollectSettings collecting) {
        Map<Setting, Long> defaults = new EnumMap<>(Setting.class);
        defaults.put(Setting.HISTORY_RETENTION, History.RETENTION.toSeconds());
        defaults.put(Setting.COLLECTOR_ENABLED, collecting.enabled() ? 1L : 0L);
        defaults.put(Setting.COLLECTOR_INTERVAL, collecting.interval().toSeconds());
        defaults.put(Setting.COLLECTOR_GRACE, collecting.grace().toSeconds());
        defaults.put(Setting.COLLECTOR_DELETIONS, collecting.deletionsMax());
        defaults.put(Setting.COLLECTOR_REWRITE, collecting.rewriteBytesMax());
        defaults.put(Setting.AUDIT_RETENTION, AUDIT_RETENTION.toSeconds());
        defaults.put(Setting.LOGIN_FAILURES, (long) LoginThrottle.BURST);
        return defaults;
    }

    /** What was configured at the start, and changed since. */
    private CollectSettings collecting(CollectSettings configured) {
        // What wasn't changed is kept as it is: it may be finer than seconds.
        return new CollectSettings(
                runtime.value(Setting.COLLECTOR_ENABLED) == 1,
                runtime.own(Setting.COLLECTOR_INTERVAL).isPresent()
                        ? runtime.duration(Setting.COLLECTOR_INTERVAL)
                        : configured.interval(),
                runtime.own(Setting.COLLECTOR_GRACE).isPresent()
                        ? runtime.duration(Setting.COLLECTOR_GRACE)
                        : configured.grace(),
                configured.horizon(),
                runtime.value(Setting.COLLECTOR_DELETIONS),
                runtime.value(Setting.COLLECTOR_REWRITE));
    }

    private static void committed(Stores stores, NameFollower names, HeadHint hint) {
        stores.events().publish(hint);
        names.committed(hint.project());
    }

    /** Devices hear that the project wants blocks again, or has got some. */
    static void wanted(Stores stores, Project project) {
        stores.metadata()
                .<Optional<Project>>read(read -> read.projects().find(project.key()))
                .map(now -> new HeadHint(now.id(), now.epoch(), now.head(), Optional.empty(), true))
                .ifPresent(stores.events()::publish);
    }

    private static Hello hello(ServerSettings settings) {
        return new Hello(
                "Syncline",
                settings.version(),
                Limits.PROTOCOL_MIN,
                Limits.PROTOCOL,
                List.of("events"));
    }

    /** Begins what is done in the background. Call once. */
    public void start() {
        events.start();
        jobs.start();
        activity.start();
        measurements.start();
    }

    /** Which handler answers which request. */
    public Router router() {
        return router;
    }

    /** The event sockets. */
    public EventHub events() {
        return events;
    }

    /** The accounts and their devices. */
    public Accounts accounts() {
        return accounts;
    }

    /** The projects and who may see them. */
    public Projects projects() {
        return projects;
    }

    /** Collects unused blocks when it is asked to. */
    public Collector collector() {
        return collector;
    }

    /** Whether requests may come. */
    public Health health() {
        return health;
    }

    /** What this node did lately; to be told of its requests. */
    public Activity activity() {
        return activity;
    }

    /** What there is, counted in the background. */
    public Measurements measurements() {
        return measurements;
    }

    Overview overview() {
        return overview;
    }

    /** What callers may ask for. */
    Rates rates() {
        return rates;
    }

    Jobs jobs() {
        return jobs;
    }

    BlockRoutes blocks() {
        return blocks;
    }

    /** Does now what is done every ten minutes: raises floors and deletes what they passed. */
    public void keepFloors() {
        jobs.floors().run();
    }

    /** Does now what is done in the background now and then. */
    public void maintain() {
        jobs.round();
    }

    /** Closes the event sockets and ends each job with the step that is under way. */
    @Override
    public void close() {
        events.close();
        activity.close();
        measurements.close();
        jobs.close();
        blocks.close();
        health.close();
    }
}
