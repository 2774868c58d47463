package io.syncline.client.daemon;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ReplicaId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keeps all folders of one home in sync until it is closed or told to stop. One home has one
 * daemon. Thread-safe.
 */
public final class Daemon implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final DeviceHome home;
    private final Function<FolderLink, SyncedFolder> open;
    private final FileChannel lock;
    private final Bandwidth bandwidth;
    private final Map<ReplicaId, Running> folders = new LinkedHashMap<>();
    private final CountDownLatch stopWished = new CountDownLatch(1);
    private final ControlServer control;

    private record Running(FolderLink link, SyncedFolder folder) {}

    private Daemon(
            DeviceHome home,
            Function<FolderLink, SyncedFolder> open,
            FileChannel lock,
            PageFiles page,
            Bandwidth bandwidth) {
        this.home = home;
        this.bandwidth = bandwidth;
        this.open = open;
        this.lock = lock;
        this.control = new ControlServer(home.controlFile(), this, page);
    }

    /**
     * Starts the home's daemon and all its folders.
     *
     * @param open what starts to sync one folder
     * @return empty if the home has a daemon already
     */
    public static Optional<Daemon> start(DeviceHome home, Function<FolderLink, SyncedFolder> open) {
        return start(home, open, PageFiles.NONE, new Bandwidth());
    }

    /**
     * The same, which shows this page to the device's browser.
     *
     * @param bandwidth what {@code open} gives to what it opens; gets the home's limits
     */
    public static Optional<Daemon> start(
            DeviceHome home,
            Function<FolderLink, SyncedFolder> open,
            PageFiles page,
            Bandwidth bandwidth) {
        Optional<FileChannel> lock = home.lock();
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        Daemon daemon = new Daemon(home, open, lock.get(), page, bandwidth);
        try {
            bandwidth.limit(home.limits());
            daemon.reload();
            daemon.control.start();
        } catch (RuntimeException e) {
            daemon.close();
            throw e;
        }
        return Optional.of(daemon);
    }

    /** Starts the folders that were linked since. */
    public synchronized void reload() {
        for (FolderLink link : home.links()) {
            if (!folders.containsKey(link.replica())) {
                folders.put(link.replica(), new Running(link, open.apply(link)));
            }
        }
    }

    /** What all folders are doing. */
    public DeviceStatus status() {
        return new DeviceStatus(
                home.directory(),
                bandwidth.limits(),
                running().stream()
                        .map(running ->
                                new DeviceStatus.Folder(
                                        running.link().folder(),
                                        running.link().deviceName(),
                                        running.link().project(),
                                        running.link().projectName(),
                                        running.folder().status()))
                        .toList());
    }

    /** Limits the bandwidth of all folders from now on, also after a restart. */
    public synchronized void limit(BandwidthLimits limits) {
        home.keep(limits);
        bandwidth.limit(limits);
    }

    /** The folders at that path, or all. NOT_FOUND where there is none. */
    public List<SyncedFolder> folders(Optional<Path> path) {
        List<SyncedFolder> chosen =
                running().stream()
                        .filter(running ->
                                path.isEmpty() || running.link().folder().equals(path.get()))
                        .map(Running::folder)
                        .toList();
        if (path.isPresent() && chosen.isEmpty()) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND, path.get() + " isn't a synced folder of this device");
        }
        return chosen;
    }

    private synchronized List<Running> running() {
        return new ArrayList<>(folders.values());
    }

    /**
     * Waits until every folder is at rest, the time is over, or somebody wishes that the process
     * ends. What it returns is the status that ended the wait: a later one may be another, since a
     * folder at rest goes on as soon as something changes.
     */
    public DeviceStatus awaitRest(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        DeviceStatus seen = status();
        while (!seen.isAtRest()
                && System.nanoTime() < deadline
                && !stopWished.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
            seen = status();
        }
        return seen;
    }

    /** Wishes that the process ends; {@link #awaitStop} returns. */
    public void stop() {
        stopWished.countDown();
    }

    /** Waits until somebody wishes that the process ends; false when the time is over before. */
    public boolean awaitStop(Duration timeout) throws InterruptedException {
        return stopWished.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether somebody wished that the process ends. */
    public boolean isStopping() {
        return stopWished.getCount() == 0;
    }

    @Override
    public void close() {
        stop();
        control.close();
        for (Running running : running()) {
            running.folder().close();
        }
        try {
            lock.close();
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot unlock " + home.directory(), e);
        }
    }
}
