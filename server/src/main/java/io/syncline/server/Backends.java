package io.syncline.server;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.config.Key;
import io.syncline.server.config.Problems;
import io.syncline.server.config.StoreUrls;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.block.s3.S3BlockStore;
import io.syncline.storage.block.s3.S3Settings;
import io.syncline.storage.block.s3.S3SnapshotFiles;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.event.redis.RedisEventBus;
import io.syncline.storage.event.redis.RedisSettings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the stores that URLs name: with {@link Server} the one place that knows concrete ones. What
 * isn't named is embedded, in the data folder and the process.
 */
final class Backends {
    private static final Logger log = LoggerFactory.getLogger(Backends.class);

    private final Optional<S3Settings> blocks;
    private final Optional<RedisSettings> events;

    private Backends(
            Optional<S3Settings> blocks, Optional<RedisSettings> events) {
        this.blocks = blocks;
        this.events = events;
    }

    /** What the URLs mean; what they can't mean is noted, and embedded. Nothing is asked yet. */
    static Backends of(StoreUrls urls, Problems problems) {
        if (urls.metadata().isPresent()) {
            problems.add(
                    Key.METADATA, "the only store of metadata that this server has is 'sqlite:'");
        }
        return new Backends(
                urls.blocks()
                        .flatMap(url ->
                                problems.collect(
                                        Key.BLOCKS, () -> S3Settings.of(url, keys(urls)))),
                urls.events()
                        .flatMap(url ->
                                problems.collect(
                                        Key.EVENTS,
                                        () -> RedisSettings.of(url, urls.eventsPassword()))));
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
            Stores.Held lock = lock(data.resolve("metadata.lock"));
            opened.add(lock);
            BlockStore blockStore = blocks(data);
            opened.add(blockStore::close);
            SnapshotFiles snapshotFiles = snapshots(data);
            opened.add(snapshotFiles::close);
            MetadataStore metadata = SqliteMetadataStore.open(data.resolve("metadata.sqlite"));
            return new Stores(metadata, blockStore, snapshotFiles, events(), lock);
        } catch (RuntimeException e) {
            opened.reversed().forEach(Stores.Held::close);
            throw e;
        }
    }

    /** The database in the folder belongs to one process; where packs are there, they say so too. */
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

    private BlockStore blocks(Path data) {
        return blocks.<BlockStore>map(settings ->
                        S3BlockStore.open(settings, new SecureRandom(), InstantSource.system()))
                .orElseGet(() ->
                        PackBlockStore.open(
                                data.resolve("packs"),
                                new SecureRandom(),
                                InstantSource.system()));
    }

    private SnapshotFiles snapshots(Path data) {
        return blocks.<SnapshotFiles>map(settings ->
                        S3SnapshotFiles.open(settings, data.resolve("snapshot-copies")))
                .orElseGet(() -> DiskSnapshotFiles.open(data.resolve("snapshots")));
    }

    private EventBus events() {
        MemoryEventBus local = new MemoryEventBus();
        return events.<EventBus>map(settings ->
                        RedisEventBus.open(settings, local, new SecureRandom()))
                .orElse(local);
    }
}
