package io.syncline.client.engine;

import io.syncline.client.api.EventChannel;
import io.syncline.client.api.ServerApi;
import io.syncline.client.api.Traffic;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.SyncedFolder;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreFile;
import io.syncline.client.scan.Scanner;
import io.syncline.client.state.StateStore;
import io.syncline.client.transfer.Transfers;
import io.syncline.client.watch.WatchEvent;
import io.syncline.client.watch.Watcher;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Transfer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One folder in motion: the control thread that feeds the engine with events and has its effects
 * carried out, the thread that waits for the watcher, and the listener of the event channel.
 */
public final class FolderLoop implements SyncedFolder, EventChannel.Listener {
    private static final Logger log = LoggerFactory.getLogger(FolderLoop.class);

    /** Events waiting; who has more waits. */
    private static final int QUEUE_MAX = 20_000;

    /** Events taken in within one transaction. */
    private static final int BATCH_MAX = 5_000;

    private static final long STATUS_MILLIS = 200;
    private static final Duration WATCH_WAIT = Duration.ofSeconds(5);

    private final Engine engine;
    private final Prefetch prefetch;
    private final EffectRunner runner;
    private final Parts parts;
    private final InstantSource clock;
    private final Pace pace;
    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread control;
    private final Thread watch;
    private volatile boolean closing;
    private volatile EngineStatus status;

    /**
     * What a folder consists of; the loop closes state, disk, watcher and scanner's threads with
     * itself, but not the server.
     *
     * @param snapshot where a snapshot's file is while the folder starts from it
     */
    public record Parts(
            ServerApi server,
            ProjectId project,
            EngineSettings settings,
            StateStore store,
            Disk disk,
            Scanner scanner,
            Watcher watcher,
            Transfers transfers,
            FolderPartials partials,
            Path snapshot,
            Optional<Boot> boot) {}

    /** A loop that isn't running yet. */
    public FolderLoop(Engine engine, Parts parts, InstantSource clock) {
        this(engine, parts, clock, Pace.REAL);
    }

    /** As {@link #FolderLoop(Engine, Parts, InstantSource)}, at this pace. */
    public FolderLoop(Engine engine, Parts parts, InstantSource clock, Pace pace) {
        this.engine = engine;
        this.parts = parts;
        this.clock = clock;
        this.pace = pace;
        this.prefetch = new Prefetch(request -> parts.server().changes(parts.project(), request));
        this.runner =
                new EffectRunner(
                        parts.server(),
                        prefetch,
                        parts.project(),
                        parts.settings().replica(),
                        parts.disk(),
                        parts.scanner(),
                        parts.transfers(),
                        engine.state(),
                        parts.partials(),
                        new SnapshotDownload(parts.server(), parts.project(), parts.snapshot()),
                        clock,
                        this::put);
        this.status = engine.status();
        this.control = pace.thread("folder", this::control);
        this.watch = pace.thread("watch", this::watch);
    }

    /** Begins. */
    public void start() {
        control.start();
        watch.start();
    }

    /** Has the server told, for the other devices, how far this one's transfers are. */
    public void reportTo(Consumer<Transfer> reports) {
        runner.reportTo(reports);
    }

    private void put(Event event) {
        try {
            queue.put(event);
        } catch (InterruptedException _) {
            // Only at the end is anyone interrupted, and then nothing is listened to any more.
            Thread.currentThread().interrupt();
        }
    }

    private void control() {
        try {
            engine.start(clock.millis(), parts.boot()).forEach(runner::run);
            long shown = 0;
            var events = new ArrayList<Event>();
            while (!closing) {
                events.clear();
                long wait = Math.max(0, engine.nextMillis() - clock.millis());
                Duration most = Duration.ofMillis(Math.min(wait, 60_000));
                events.add(pace.poll(queue, most).orElseGet(Event.Tick::new));
                queue.drainTo(events, BATCH_MAX);
                engine.handle(clock.millis(), events).forEach(runner::run);
                long now = clock.millis();
                if (queue.isEmpty() || now - shown >= STATUS_MILLIS) {
                    status = engine.status();
                    shown = now;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("folder stopped by a failure");
            stoppedBy(e);
        }
    }

    private void stoppedBy(RuntimeException failure) {
        EngineStatus last = status;
        status =
                new EngineStatus(
                        FolderStatus.State.STOPPED,
                        Optional.of("a failure: " + failure.getMessage()),
                        last.cursor(),
                        last.digest(),
                        last.pending(),
                        false,
                        last.conflicts(),
                        last.problems(),
                        Optional.of(
                                "start it again; if that comes back, run 'syncline doctor' and"
                                        + " report a defect"),
                        last.notes(),
                        List.of());
    }

    private void watch() {
        try {
            while (!closing) {
                switch (parts.watcher().next(WATCH_WAIT)) {
                    case WatchEvent.Dirty(var directories) -> put(dirty(directories));
                    case WatchEvent.Overflow(var why) -> put(new Event.Overflow(why));
                    case WatchEvent.Limited(_, var advice) -> put(new Event.Notice("", advice));
                    case WatchEvent.Quiet _ -> {}
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Event.Dirty dirty(Set<LocalPath> told) {
        var listed = new LinkedHashSet<LocalPath>();
        told.forEach(path -> listed.add(parts.disk().asListed(path)));
        return new Event.Dirty(listed);
    }

    // The event channel.

    @Override
    public void connected() {
        put(new Event.Connected());
    }

    @Override
    public void disconnected(String reason) {
        put(new Event.Disconnected(reason));
    }

    @Override
    public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {
        if (project.equals(parts.project())) {
            put(new Event.Head(head, news));
        }
    }

    @Override
    public void wanted(ProjectId project) {
        if (project.equals(parts.project())) {
            put(new Event.BlocksWanted());
        }
    }

    @Override
    public void unsubscribed(ProjectId project) {
        if (project.equals(parts.project())) {
            put(new Event.Unsubscribed());
        }
    }

    @Override
    public void stopped(ErrorCode code, String reason) {
        put(new Event.Unsubscribed());
    }

    // The folder.

    @Override
    public FolderStatus status() {
        EngineStatus now = status;
        Traffic.Count traffic = parts.server().traffic().total();
        return new FolderStatus(
                now.state(),
                now.reason(),
                now.cursor(),
                now.cursor().map(_ -> now.digest()),
                now.pending(),
                now.conflicts().size(),
                runner.transfers(),
                now.problems().stream().limit(100).toList(),
                traffic.sentBytes(),
                traffic.receivedBytes(),
                now.todo(),
                now.notes(),
                now.answers());
    }

    @Override
    public void pause() {
        put(new Event.Pause());
    }

    @Override
    public void resume() {
        put(new Event.Resume());
    }

    @Override
    public void confirm() {
        put(new Event.Confirm());
    }

    @Override
    public void reject() {
        put(new Event.Reject());
    }

    @Override
    public void syncNow() {
        put(new Event.SyncNow());
    }

    @Override
    public List<LocalPath> conflicts(int limit) {
        return status.conflicts().stream().limit(limit).toList();
    }

    @Override
    public IgnoreFile ignoreFile() {
        return new IgnoreFile(parts.disk());
    }

    @Override
    public void close() {
        closing = true;
        parts.watcher().close();
        watch.interrupt();
        control.interrupt();
        join(watch);
        join(control);
        prefetch.close();
        runner.close();
        try {
            engine.stop();
        } finally {
            parts.disk().close();
            parts.store().close();
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
