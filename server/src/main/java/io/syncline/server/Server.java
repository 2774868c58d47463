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
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.MetadataStore;
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
    private final ExpirySweeper sweeper;
    private final FloorKeeper floors;
    private final Collector collector;
    private final CollectorJob collecting;
    private final BlockFilters filters;
    private final NameFollower names;
    private final SnapshotKeeper snapshots;
    private final LocalAdmin admin;
    private final Optional<Secret> adminPassword;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Server(
            Stores stores,
            Router router,
            Edge edge,
            EventHub events,
            ExpirySweeper sweeper,
            FloorKeeper floors,
            Collector collector,
            CollectorJob collecting,
            BlockFilters filters,
            NameFollower names,
            SnapshotKeeper snapshots,
            LocalAdmin admin,
            Optional<Secret> adminPassword) {
        this.stores = stores;
        this.router = router;
        this.edge = edge;
        this.events = events;
        this.sweeper = sweeper;
        this.floors = floors;
        this.collector = collector;
        this.collecting = collecting;
        this.filters = filters;
        this.names = names;
        this.snapshots = snapshots;
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
        return start(settings, open(settings.data()));
    }

    private static Stores open(Path data) {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        makePrivate(data);
        // The packs are opened first: their lock keeps a second server away from the database.
        BlockStore blocks = PackBlockStore.open(data.resolve("packs"), random, clock);
        try {
            return new Stores(
                    SqliteMetadataStore.open(data.resolve("metadata.sqlite")),
                    blocks,
                    DiskSnapshotFiles.open(data.resolve("snapshots")),
                    new MemoryEventBus());
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
        BlockReader reader = new BlockReader(store, stores.blocks(), clock);
        new Commits(store, reader, committed, proofs, clock).route(router, access);
        new Search(store).route(router, access);
        BlockFilters filters = new BlockFilters(store);
        new BlockRoutes(store, stores.blocks(), filters, clock).route(router, access);
        new Contents(store, reader).route(router, access);
        new QuotaRoutes(store).route(router, access);
        SnapshotKeeper snapshots =
                new SnapshotKeeper(store, stores.blocks(), stores.snapshots(), clock, random);
        new SnapshotRoutes(store, stores.snapshots(), snapshots, clock).route(router, access);
        new ApiDocument().route(router);

        Collector collector = new Collector(store, stores.blocks(), clock, settings.collecting());
        collector.retireSuperseded();
        Edge edge;
        try {
            edge = Edge.start(settings.edge(), router, EventHub.PATH, events);
        } catch (RuntimeException e) {
            events.close();
            filters.close();
            names.close();
            snapshots.close();
            throw e;
        }
        CollectorJob collecting = new CollectorJob(collector, clock, random);
        ExpirySweeper sweeper = new ExpirySweeper(store, access, clock);
        FloorKeeper floors = new FloorKeeper(store, clock);
        LocalAdmin admin = new LocalAdmin(accounts, projects, URI.create(edge.url()));
        return new Server(
                stores,
                router,
                edge,
                events,
                sweeper,
                floors,
                collector,
                collecting,
                filters,
                names,
                snapshots,
                admin,
                adminPassword);
    }

    private static void committed(Stores stores, NameFollower names, HeadHint hint) {
        stores.events().publish(hint);
        names.committed(hint.project());
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
        floors.run();
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
        edge.drain();
        events.close();
        edge.close();
        collecting.close();
        filters.close();
        sweeper.close();
        floors.close();
        names.close();
        snapshots.close();
        stores.close();
        log.atInfo().log("stopped");
    }
}
