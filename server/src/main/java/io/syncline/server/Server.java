package io.syncline.server;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.AccountRoutes;
import io.syncline.server.account.Accounts;
import io.syncline.server.admin.AdminServer;
import io.syncline.server.admin.AdminTasks;
import io.syncline.server.admin.StoppedTasks;
import io.syncline.server.admin.Unfinished;
import io.syncline.server.block.BlockFilters;
import io.syncline.server.block.BlockReader;
import io.syncline.server.block.BlockRoutes;
import io.syncline.server.change.Changes;
import io.syncline.server.checkpoint.Checkpoints;
import io.syncline.server.collect.Collector;
import io.syncline.server.collect.CollectorJob;
import io.syncline.server.commit.Commits;
import io.syncline.server.content.Contents;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Edge;
import io.syncline.server.edge.Router;
import io.syncline.server.event.EventHub;
import io.syncline.server.floor.FloorKeeper;
import io.syncline.server.heal.WantedFiles;
import io.syncline.server.heal.WantedRoutes;
import io.syncline.server.history.HistoryRoutes;
import io.syncline.server.history.HistoryTrimmer;
import io.syncline.server.history.Restores;
import io.syncline.server.lineage.Proofs;
import io.syncline.server.listing.ListingRoutes;
import io.syncline.server.node.NodeRoutes;
import io.syncline.server.openapi.ApiDocument;
import io.syncline.server.project.ProjectRoutes;
import io.syncline.server.project.Projects;
import io.syncline.server.quota.QuotaRoutes;
import io.syncline.server.search.NameFollower;
import io.syncline.server.search.Search;
import io.syncline.server.snapshot.SnapshotKeeper;
import io.syncline.server.snapshot.SnapshotRoutes;
import io.syncline.server.transfer.TransferRoutes;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server, and the one place that wires it. Thread-safe. */
public final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Stores stores;
    private final Router router;
    private final Edge edge;
    private final EventHub events;
    private final Jobs jobs;
    private final Collector collector;
    private final LocalAdmin admin;
    private final Optional<Secret> adminPassword;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Only where the stores are files of this machine. */
    private volatile Optional<AdminServer> adminServer = Optional.empty();

    private Server(
            Stores stores,
            Router router,
            Edge edge,
            EventHub events,
            Jobs jobs,
            Collector collector,
            LocalAdmin admin,
            Optional<Secret> adminPassword) {
        this.stores = stores;
        this.router = router;
        this.edge = edge;
        this.events = events;
        this.jobs = jobs;
        this.collector = collector;
        this.admin = admin;
        this.adminPassword = adminPassword;
    }

    /**
     * Starts on the data folder of the settings: metadata in SQLite, blocks in packs.
     *
     * @throws SynclineException UNAVAILABLE where another server has the folder open, or the
     *     address is taken; INVALID for settings that can't be
     */
    public static Server start(ServerSettings settings) {
        Unfinished.check(settings.data());
        Embedded embedded = open(settings.data(), settings.version());
        Server server = start(settings, embedded.stores());
        try {
            server.adminServer =
                    Optional.of(
                            AdminServer.start(
                                    settings.data(),
                                    new AdminTasks(
                                            embedded.parts(),
                                            server.collector,
                                            project -> wanted(embedded.stores(), project)),
                                    new SecureRandom()));
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Runs admin tasks on the data folder of a server that isn't running. */
    public static StoppedTasks stopped(Path data, String version) {
        return new StoppedTasks(data, new EmbeddedOpener(version), new SecureRandom());
    }

    /** The embedded stores, once as the server sees them and once as admin tasks do. */
    private record Embedded(Stores stores, AdminTasks.Parts parts) implements StoppedTasks.Opened {
        @Override
        public void close() {
            stores.close();
        }
    }

    private record EmbeddedPacks(PackFiles files, BlockStore store)
            implements StoppedTasks.OpenedPacks {
        @Override
        public void close() {
            store.close();
        }
    }

    private record EmbeddedOpener(String version) implements StoppedTasks.Opener {
        @Override
        public StoppedTasks.Opened all(Path data) {
            return open(data, version);
        }

        @Override
        public StoppedTasks.OpenedPacks packs(Path data) {
            PackBlockStore packs = openPacks(data);
            return new EmbeddedPacks(packs, packs);
        }

        @Override
        public void make(Path data) {
            makePrivate(data);
        }
    }

    private static PackBlockStore openPacks(Path data) {
        return PackBlockStore.open(
                data.resolve("packs"), new SecureRandom(), InstantSource.system());
    }

    private static Embedded open(Path data, String version) {
        makePrivate(data);
        // The packs are opened first: their lock keeps a second server away from the database.
        PackBlockStore blocks = openPacks(data);
        try {
            SqliteMetadataStore metadata =
                    SqliteMetadataStore.open(data.resolve("metadata.sqlite"));
            return new Embedded(
                    new Stores(
                            metadata,
                            blocks,
                            DiskSnapshotFiles.open(data.resolve("snapshots")),
                            new MemoryEventBus()),
                    new AdminTasks.Parts(
                            data,
                            metadata,
                            metadata,
                            metadata,
                            blocks,
                            blocks,
                            InstantSource.system(),
                            version));
        } catch (RuntimeException e) {
            blocks.close();
            throw e;
        }
    }

    /** Makes the folder, for its owner only where the file system knows of owners. */
    private static void makePrivate(Path folder) {
        try {
            if (Files.isDirectory(folder)) {
                return;
            }
            Files.createDirectories(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot make the data folder " + folder, e);
        }
    }

    /**
     * Starts on stores that somebody else chose; closes them at its end, or when it can't start.
     */
    public static Server start(ServerSettings settings, Stores stores) {
        return start(settings, stores, InstantSource.system());
    }

    /** As {@link #start(ServerSettings, Stores)}, by this clock. */
    public static Server start(ServerSettings settings, Stores stores, InstantSource clock) {
        try {
            return wire(settings, stores, clock);
        } catch (RuntimeException e) {
            try (stores) {
                throw e;
            }
        }
    }

    private static Server wire(ServerSettings settings, Stores stores, InstantSource clock) {
        SecureRandom random = new SecureRandom();
        MetadataStore store = stores.metadata();
        Access access = new Access(store, clock);
        EventHub events = new EventHub(store, stores.events(), access, clock);
        NameFollower names = new NameFollower(store);
        Consumer<HeadHint> committed = hint -> committed(stores, names, hint);
        Proofs proofs = new Proofs(store, committed, clock, random);
        Accounts accounts = new Accounts(store, clock, random, events::revoked);
        Projects projects = new Projects(store, clock, random);
        Optional<Secret> adminPassword = firstStart(settings, accounts);

        Router router = new Router();
        byte[] hello = WireJson.HELLO.toBytes(hello(settings));
        router.add("GET", "/v1/hello", _ -> Answer.json(hello));
        new AccountRoutes(accounts, access, store, proofs, clock).route(router);
        new ProjectRoutes(projects, store, proofs, clock, events::membershipChanged)
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
        new HistoryRoutes(store).route(router, access);
        new Restores(store, commits, proofs).route(router, access);
        new TransferRoutes(events.transfers()).route(router, access);
        BlockFilters filters = new BlockFilters(store);
        new BlockRoutes(store, stores.blocks(), reader, filters, clock, wanted)
                .route(router, access);
        WantedFiles wantedFiles = new WantedFiles(store, reader, clock);
        new WantedRoutes(wantedFiles).route(router, access);
        new Contents(store, reader).route(router, access);
        new QuotaRoutes(store).route(router, access);
        SnapshotKeeper snapshots =
                new SnapshotKeeper(store, stores.blocks(), stores.snapshots(), clock, random);
        new SnapshotRoutes(store, stores.snapshots(), snapshots, proofs, clock)
                .route(router, access);
        new ApiDocument().route(router);

        Collector collector =
                new Collector(store, stores.blocks(), reader, clock, settings.collecting());
        collector.retireSuperseded();
        Jobs jobs =
                new Jobs(
                        new ExpirySweeper(store, access, clock),
                        new HistoryTrimmer(store, clock),
                        new FloorKeeper(store, clock),
                        snapshots,
                        new CollectorJob(collector, clock, random),
                        names,
                        filters,
                        wantedFiles);
        Edge edge;
        try {
            edge = Edge.start(settings.edge(), router, EventHub.PATH, events);
        } catch (RuntimeException e) {
            events.close();
            jobs.close();
            throw e;
        }
        LocalAdmin admin = new LocalAdmin(accounts, projects, URI.create(edge.url()));
        return new Server(stores, router, edge, events, jobs, collector, admin, adminPassword);
    }

    private static void committed(Stores stores, NameFollower names, HeadHint hint) {
        stores.events().publish(hint);
        names.committed(hint.project());
    }

    /** Devices hear that the project wants blocks again, or has got some. */
    private static void wanted(Stores stores, Project project) {
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

    /** Makes the first account; its password where it was made up. */
    private static Optional<Secret> firstStart(ServerSettings settings, Accounts accounts) {
        if (accounts.find(Accounts.ADMIN).isPresent()) {
            return Optional.empty();
        }
        Secret password = settings.adminPassword().orElseGet(accounts::randomPassword);
        boolean made = accounts.ensure(Accounts.ADMIN, password);
        return made && settings.adminPassword().isEmpty()
                ? Optional.of(password)
                : Optional.empty();
    }

    /** Where it is reached from this machine: {@code http(s)://HOST:PORT}. */
    public URI url() {
        return URI.create(edge.url());
    }

    /** All requests that it answers, as {@code METHOD TEMPLATE}, but for the event socket. */
    SortedSet<String> addresses() {
        return router.addresses();
    }

    /** The password that was made up for {@code admin}, if this start made that account. */
    public Optional<Secret> adminPassword() {
        return adminPassword;
    }

    /** What may be done from this process without a password. */
    public LocalAdmin admin() {
        return admin;
    }

    /** Does now what is done every ten minutes: raises floors and deletes what they passed. */
    public void keepFloors() {
        jobs.floors().run();
    }

    /** Does now what is done in the background now and then. */
    void maintain() {
        jobs.round();
    }

    /** Collects unused blocks when it is asked to. */
    public Collector collector() {
        return collector;
    }

    /**
     * Stops gracefully: turns new requests away, waits for those in flight (bounded), closes the
     * event sockets with 1012, then the stores. Idempotent.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // First, so that tasks that take long stop while requests are drained.
        adminServer.ifPresent(AdminServer::close);
        edge.drain();
        events.close();
        edge.close();
        jobs.close();
        stores.close();
        log.atInfo().log("stopped");
    }
}
