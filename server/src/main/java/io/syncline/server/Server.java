package io.syncline.server;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Secret;
import io.syncline.server.account.Accounts;
import io.syncline.server.admin.AdminAnswer;
import io.syncline.server.admin.AdminProgress;
import io.syncline.server.admin.AdminRequest;
import io.syncline.server.admin.AdminServer;
import io.syncline.server.admin.AdminTasks;
import io.syncline.server.admin.StoppedTasks;
import io.syncline.server.admin.Unfinished;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.background.WorkObserver;
import io.syncline.server.block.BlockReader;
import io.syncline.server.check.StorageReport;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.collect.Collector;
import io.syncline.server.config.Key;
import io.syncline.server.config.Problems;
import io.syncline.server.config.ServerConfig;
import io.syncline.server.config.StoreUrls;
import io.syncline.server.edge.Edge;
import io.syncline.server.edge.RequestObserver;
import io.syncline.server.event.EventHub;
import io.syncline.server.migrate.Migration;
import io.syncline.server.migrate.MoveMarks;
import io.syncline.server.migrate.Reopening;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server, and the one place that wires it. Thread-safe. */
public final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Stores stores;
    private final Services services;
    private final Edge edge;
    private final LocalAdmin admin;
    private final NodeSettings node;
    private final Optional<Measured> measured;
    private final Optional<Secret> adminPassword;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Absent where somebody else chose the stores. */
    private volatile Optional<AdminServer> adminServer = Optional.empty();

    private Server(
            Stores stores,
            Services services,
            Edge edge,
            LocalAdmin admin,
            NodeSettings node,
            Optional<Measured> measured,
            Optional<Secret> adminPassword) {
        this.node = node;
        this.measured = measured;
        measured.ifPresent(by -> by.watch(services, edge));
        this.stores = stores;
        this.services = services;
        this.edge = edge;
        this.admin = admin;
        this.adminPassword = adminPassword;
    }

    /**
     * Reads and judges what an operator said; the stores that it names are judged by what they
     * would take, but not asked.
     *
     * @param flags what the command line says
     * @param environment all variables
     * @param file where more is said
     * @throws SynclineException INVALID with everything that is wrong
     */
    public static ServerConfig configure(
            Map<Key, String> flags, Map<String, String> environment, Optional<Path> file) {
        Problems problems = new Problems();
        ServerConfig config = ServerConfig.read(flags, environment, file, problems);
        Backends.of(config.stores(), problems);
        problems.throwIfAny();
        return config;
    }

    /**
     * Starts on the stores that the settings name, the others in the data folder: metadata in
     * SQLite, blocks in packs. Admin tasks can be asked for on loopback.
     *
     * @throws SynclineException UNAVAILABLE where another server has the folder open, or the
     *     address is taken; INVALID for settings that can't be
     */
    public static Server start(ServerSettings settings) {
        if (!settings.stores().isEmbedded()) {
            Problems problems = new Problems();
            Backends backends = Backends.of(settings.stores(), problems);
            problems.throwIfAny();
            makePrivate(settings.data());
            Stores stores = backends.open(settings.data());
            return start(settings, stores)
                    .administered(
                            settings.data(),
                            backends.parts(stores, settings.data(), settings.version()));
        }
        Unfinished.check(settings.data());
        Embedded embedded = open(settings.data(), settings.version());
        Server server =
                start(settings, embedded.stores()).administered(settings.data(), embedded.parts());
        server.services.measurements().watch(settings.data(), embedded.parts().packs());
        return server;
    }

    /** This server, which takes admin tasks from other processes of its machine. */
    private Server administered(Path data, AdminTasks.Parts parts) {
        try {
            adminServer =
                    Optional.of(
                            AdminServer.start(
                                    data,
                                    new AdminTasks(
                                            parts,
                                            services.collector(),
                                            project -> Services.wanted(stores, project)),
                                    new SecureRandom()));
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Tries the stores that a configuration names, before they are trusted or when something is
     * wrong; cleans up after itself.
     *
     * @param data where what is embedded is tried; made if missing
     */
    public static StorageReport checkStorage(ServerConfig config, Path data) {
        makePrivate(data);
        return Backends.of(config.stores(), new Problems()).check(data);
    }

    /**
     * Moves a stopped server between its data folder and the stores that a configuration names.
     *
     * @param home whether from the stores into the folder, else from the folder into the stores
     * @throws SynclineException as {@link Migration#run}
     */
    public static Migration.Result migrate(
            ServerConfig config,
            Path data,
            boolean home,
            boolean acceptDamage,
            Migration.Progress progress) {
        if (config.stores().metadata().isEmpty() || config.stores().blocks().isEmpty()) {
            throw SynclineException.invalid(
                    "a server moves as a whole: say by --metadata and --blocks, or --config, where"
                            + " the cluster keeps its data");
        }
        checkFolder(data, home);
        Backends embedded = Backends.of(StoreUrls.EMBEDDED, new Problems());
        Backends cluster = Backends.of(config.stores(), new Problems());
        try (Backends.Movable folder = embedded.movable(data);
                Backends.Movable stores = cluster.movable(data)) {
            return new Migration(
                            home ? stores.side() : folder.side(),
                            home ? folder.side() : stores.side(),
                            new SecureRandom(),
                            progress)
                    .run(acceptDamage);
        }
    }

    private static void checkFolder(Path data, boolean home) {
        if (home) {
            makePrivate(data);
        } else if (!Files.exists(data.resolve("metadata.sqlite"))) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    data + " isn't a server's data folder; say with --data which is");
        } else {
            Unfinished.check(data);
        }
    }

    /**
     * Lets a server go on in a place that it was moved away from, each project in a new epoch:
     * devices keep what they have and lack here.
     *
     * @param home whether in the stores that the configuration names, else in the folder
     * @return how many projects there are
     */
    public static int reopen(ServerConfig config, Path data, boolean home) {
        Backends backends =
                Backends.of(home ? config.stores() : StoreUrls.EMBEDDED, new Problems());
        checkFolder(data, home);
        try (Backends.Movable movable = backends.movable(data)) {
            return Reopening.run(
                    movable.side(), new SecureRandom(), InstantSource.system().instant());
        }
    }

    /** Runs admin tasks on the data folder of a server that isn't running. */
    public static StoppedTasks stopped(Path data, String version, CollectSettings collecting) {
        return new StoppedTasks(data, new EmbeddedOpener(version), new SecureRandom(), collecting);
    }

    /**
     * Runs an admin task on stores that aren't all in the data folder, beside whatever nodes serve
     * them.
     *
     * @param data where what is embedded is, and copies are kept meanwhile; made if missing
     * @throws SynclineException INVALID for a task that is for embedded servers only; UNAVAILABLE
     *     where the stores can't be reached, or what is embedded is in use
     */
    public static AdminAnswer administer(
            ServerConfig config,
            Path data,
            String version,
            CollectSettings collecting,
            AdminRequest request,
            AdminProgress progress) {
        makePrivate(data);
        Backends backends = Backends.of(config.stores(), new Problems());
        InstantSource clock = InstantSource.system();
        try (Stores stores = backends.open(data);
                NodeLeases leases =
                        new NodeLeases(
                                stores.metadata(), RandomId.next(new SecureRandom()), clock)) {
            MoveMarks.check(stores.metadata());
            Collector collector =
                    new Collector(
                            stores.metadata(),
                            leases.of(Collector.LEASE),
                            stores.blocks(),
                            new BlockReader(stores.metadata(), stores.blocks(), clock),
                            clock,
                            () -> collecting,
                            NodeLeases.ONLY);
            leases.start();
            return new AdminTasks(
                            backends.parts(stores, data, version),
                            collector,
                            project -> Services.wanted(stores, project))
                    .run(request, progress);
        }
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
                            data.toString(),
                            data,
                            metadata,
                            Optional.of(metadata),
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
        MoveMarks.check(stores.metadata());
        Optional<Measured> measured = settings.node().metrics().map(Measured::start);
        try {
            return wire(settings, stores, clock, measured);
        } catch (RuntimeException e) {
            measured.ifPresent(Measured::close);
            throw e;
        }
    }

    private static Server wire(
            ServerSettings settings,
            Stores stores,
            InstantSource clock,
            Optional<Measured> measured) {
        Services services =
                new Services(
                        settings,
                        measured.map(by -> by.of(stores)).orElse(stores),
                        clock,
                        new SecureRandom(),
                        Thread.ofPlatform().daemon().name("background").factory(),
                        measured.<WorkObserver>map(Measured::metrics).orElse(WorkObserver.NONE));
        Optional<Secret> adminPassword = firstStart(settings, services.accounts());
        services.start();
        Edge edge;
        try {
            edge =
                    Edge.start(
                            settings.edge(),
                            services.router(),
                            EventHub.PATH,
                            services.events(),
                            measured.<RequestObserver>map(by ->
                                            RequestObserver.both(by.metrics(), services.activity()))
                                    .orElse(services.activity()));
        } catch (RuntimeException e) {
            services.close();
            throw e;
        }
        services.overview().watch(edge::connections, edge::requests);
        LocalAdmin admin =
                new LocalAdmin(services.accounts(), services.projects(), URI.create(edge.url()));
        return new Server(stores, services, edge, admin, settings.node(), measured, adminPassword);
    }

    /** Makes the first account; its password where it was made up. */
    private static Optional<Secret> firstStart(ServerSettings settings, Accounts accounts) {
        if (accounts.find(Accounts.ADMIN).isPresent()) {
            return Optional.empty();
        }
        Secret password = settings.adminPassword().orElseGet(accounts::randomPassword);
        boolean made = accounts.ensureOperator(Accounts.ADMIN, password);
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
        return services.router().addresses();
    }

    /** Where metrics are shown, if they are: the port. */
    Optional<Integer> metricsPort() {
        return measured.map(Measured::port);
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
        services.keepFloors();
    }

    /** Does now what is done in the background now and then. */
    public void maintain() {
        services.maintain();
    }

    /** Counts now what is counted in the background every minute. */
    void measure() {
        services.measurements().run();
    }

    /** Ends now the point of the series that is ended every few seconds. */
    void tick() {
        services.activity().tick();
    }

    /** Collects unused blocks when it is asked to. */
    public Collector collector() {
        return services.collector();
    }

    /**
     * Stops gracefully: says that it isn't ready and gives balancers their grace; closes the event
     * sockets with 1012, one after another; turns new requests away and waits for those in flight
     * (bounded); ends the background work and gives its leases back; closes the stores. Idempotent.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // First, so that tasks that take long stop while requests are drained.
        adminServer.ifPresent(AdminServer::close);
        services.health().drain();
        try {
            Thread.sleep(node.drainGrace());
            services.events().leave(node.drainSpread());
        } catch (InterruptedException e) {
            // Whoever stops it has no more patience.
            Thread.currentThread().interrupt();
        }
        edge.drain();
        services.events().close();
        edge.close();
        services.close();
        measured.ifPresent(Measured::close);
        stores.close();
        log.atInfo().log("stopped");
    }
}
