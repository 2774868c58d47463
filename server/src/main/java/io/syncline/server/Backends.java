package io.syncline.server;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.server.admin.AdminTasks;
import io.syncline.server.check.BlocksCheck;
import io.syncline.server.check.EventsCheck;
import io.syncline.server.check.MetadataCheck;
import io.syncline.server.check.StorageReport;
import io.syncline.server.config.Key;
import io.syncline.server.config.Problems;
import io.syncline.server.config.StoreUrls;
import io.syncline.server.migrate.MoveSide;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.ListedPacks;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.block.s3.S3BlockStore;
import io.syncline.storage.block.s3.S3Check;
import io.syncline.storage.block.s3.S3Settings;
import io.syncline.storage.block.s3.S3SnapshotFiles;
import io.syncline.storage.check.Finding;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.event.redis.RedisEventBus;
import io.syncline.storage.event.redis.RedisSettings;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.MetadataTables;
import io.syncline.storage.metadata.postgres.PostgresAddress;
import io.syncline.storage.metadata.postgres.PostgresMetadataStore;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the stores that URLs name: with {@link Server} the one place that knows concrete ones. What
 * isn't named is embedded, in the data folder and the process.
 */
final class Backends {
    private static final Logger log = LoggerFactory.getLogger(Backends.class);

    private final Optional<PostgresAddress> metadata;
    private final Optional<S3Settings> blocks;
    private final Optional<RedisSettings> events;

    private Backends(
            Optional<PostgresAddress> metadata,
            Optional<S3Settings> blocks,
            Optional<RedisSettings> events) {
        this.metadata = metadata;
        this.blocks = blocks;
        this.events = events;
    }

    /** What the URLs mean; what they can't mean is noted, and embedded. Nothing is asked yet. */
    static Backends of(StoreUrls urls, Problems problems) {
        return new Backends(
                urls.metadata()
                        .flatMap(url -> problems.collect(Key.METADATA, () -> postgres(url, urls))),
                urls.blocks()
                        .flatMap(url ->
                                problems.collect(Key.BLOCKS, () -> S3Settings.of(url, keys(urls)))),
                urls.events()
                        .flatMap(url ->
                                problems.collect(
                                        Key.EVENTS,
                                        () -> RedisSettings.of(url, urls.eventsPassword()))));
    }

    private static PostgresAddress postgres(URI url, StoreUrls urls) {
        PostgresAddress address = PostgresAddress.of(url.toString());
        return urls.metadataPassword().map(address::withPassword).orElse(address);
    }

    private static Optional<S3Settings.Keys> keys(StoreUrls urls) {
        return urls.blocksAccessKey()
                .flatMap(access ->
                        urls.blocksSecretKey().map(secret -> new S3Settings.Keys(access, secret)));
    }

    /**
     * Opens them.
     *
     * @param data for what is embedded, and for copies of snapshots
     */
    Stores open(Path data) {
        List<Stores.Held> opened = new ArrayList<>();
        try {
            Stores.Held lock =
                    metadata.isPresent() ? () -> {} : lock(data.resolve("metadata.lock"));
            opened.add(lock);
            BlockStore blockStore = blocks(data);
            opened.add(blockStore::close);
            SnapshotFiles snapshotFiles = snapshots(data);
            opened.add(snapshotFiles::close);
            return new Stores(metadata(data), blockStore, snapshotFiles, events(), lock);
        } catch (RuntimeException e) {
            opened.reversed().forEach(Stores.Held::close);
            throw e;
        }
    }

    /**
     * The database in the folder belongs to one process; where packs are there, they say so too.
     */
    private static Stores.Held lock(Path file) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return () -> release(channel);
                }
            } catch (OverlappingFileLockException e) {
                // Another server of this very process has it.
                log.atDebug().setCause(e).log("the metadata is in use");
            }
            channel.close();
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot lock " + file, e);
        }
        throw new SynclineException(
                ErrorCode.UNAVAILABLE, "the metadata is in use by another server");
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.atWarn().setCause(e).log("the metadata's lock could not be released");
        }
    }

    /**
     * What admin tasks work on.
     *
     * @param stores as {@link #open} opened them
     */
    AdminTasks.Parts parts(Stores stores, Path data, String version) {
        MetadataTables tables =
                switch (stores.metadata()) {
                    case PostgresMetadataStore postgres -> postgres;
                    case SqliteMetadataStore sqlite -> sqlite;
                    default -> throw new IllegalStateException("tables of " + stores.metadata());
                };
        PackFiles packs =
                stores.blocks() instanceof PackBlockStore files
                        ? files
                        : new ListedPacks(stores.blocks());
        String place =
                metadata.map(PostgresAddress::toString).orElse(data.toString())
                        + " and "
                        + blocks.map(S3Settings::toString).orElse(data.toString());
        return new AdminTasks.Parts(
                place,
                data,
                stores.metadata(),
                Optional.empty(),
                tables,
                stores.blocks(),
                packs,
                InstantSource.system(),
                version);
    }

    /**
     * Tries every store as two nodes would, and what is embedded in a folder of its own, deleted
     * afterwards.
     *
     * @param data where that folder is made
     */
    StorageReport check(Path data) {
        SecureRandom random = new SecureRandom();
        StorageReport report = new StorageReport();
        Path folder = data.resolve("check-storage-" + RandomId.next(random));
        try {
            Files.createDirectories(folder);
            report.add("metadata", attempt(() -> checkMetadata(folder, random)));
            report.add("blocks", attempt(() -> checkBlocks(folder, random)));
            blocks.ifPresent(settings ->
                    report.add(
                            "blocks",
                            attempt(() -> S3Check.run(settings, random, InstantSource.system()))));
            if (events.isPresent()) {
                report.add("events", attempt(() -> checkEvents(random)));
            }
            return report;
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot write to " + data, e);
        } finally {
            remove(folder);
        }
    }

    /** Stores of a server that doesn't run, whose rows can be moved. */
    record Movable(MoveSide side, Stores.Held held) implements AutoCloseable {
        @Override
        public void close() {
            held.close();
        }
    }

    /**
     * Opens metadata and blocks for a migration.
     *
     * @param data for what is embedded
     */
    Movable movable(Path data) {
        List<Stores.Held> opened = new ArrayList<>();
        Stores.Held all = () -> opened.reversed().forEach(Stores.Held::close);
        try {
            if (metadata.isEmpty()) {
                opened.add(lock(data.resolve("metadata.lock")));
            }
            BlockStore blockStore = blocks(data);
            opened.add(blockStore::close);
            MetadataStore store = metadata(data);
            opened.add(store::close);
            MetadataRows rows =
                    switch (store) {
                        case PostgresMetadataStore postgres -> postgres.rows();
                        case SqliteMetadataStore sqlite -> sqlite.rows();
                        default -> throw new IllegalStateException("rows of " + store);
                    };
            opened.add(rows::close);
            String name = metadata.map(PostgresAddress::toString).orElse(data.toString());
            return new Movable(new MoveSide(name, store, rows, blockStore), all);
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private static List<Finding> attempt(Supplier<List<Finding>> checks) {
        try {
            return checks.get();
        } catch (SynclineException e) {
            return List.of(
                    Finding.failed(
                            "it can be opened",
                            String.valueOf(e.getMessage()),
                            "look at its address and its credentials"));
        }
    }

    private List<Finding> checkMetadata(Path folder, SecureRandom random) {
        InstantSource clock = InstantSource.system();
        try (MetadataStore one = metadata(folder)) {
            if (metadata.isEmpty()) {
                return new MetadataCheck(one, one, random, clock).run();
            }
            try (MetadataStore other = metadata(folder)) {
                return new MetadataCheck(one, other, random, clock).run();
            }
        }
    }

    private List<Finding> checkBlocks(Path folder, SecureRandom random) {
        try (BlockStore one = blocks(folder);
                SnapshotFiles files = snapshots(folder)) {
            if (blocks.isEmpty()) {
                return new BlocksCheck(one, one, files, files, random).run();
            }
            Path second = folder.resolve("second");
            try (BlockStore other = blocks(second);
                    SnapshotFiles otherFiles = snapshots(second)) {
                return new BlocksCheck(one, other, files, otherFiles, random).run();
            }
        }
    }

    private List<Finding> checkEvents(SecureRandom random) {
        try (EventBus one = events();
                EventBus other = events()) {
            return new EventsCheck(one, other, random, EventsCheck.PATIENCE).run();
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            log.atWarn().setCause(e).addKeyValue("folder", folder).log("cannot be deleted");
        }
    }

    private MetadataStore metadata(Path data) {
        return metadata.<MetadataStore>map(PostgresMetadataStore::open)
                .orElseGet(() -> SqliteMetadataStore.open(data.resolve("metadata.sqlite")));
    }

    private BlockStore blocks(Path data) {
        return blocks.<BlockStore>map(settings ->
                        S3BlockStore.open(settings, new SecureRandom(), InstantSource.system()))
                .orElseGet(() ->
                        PackBlockStore.open(
                                data.resolve("packs"), new SecureRandom(), InstantSource.system()));
    }

    private SnapshotFiles snapshots(Path data) {
        return blocks.<SnapshotFiles>map(
                        settings -> S3SnapshotFiles.open(settings, data.resolve("snapshot-copies")))
                .orElseGet(() -> DiskSnapshotFiles.open(data.resolve("snapshots")));
    }

    private EventBus events() {
        MemoryEventBus local = new MemoryEventBus();
        return events.<EventBus>map(
                        settings -> RedisEventBus.open(settings, local, new SecureRandom()))
                .orElse(local);
    }
}
