package io.syncline.client;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.Retries;
import io.syncline.client.api.RetryingServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.api.WebSocketEvents;
import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.ReopeningFolder;
import io.syncline.client.daemon.SyncedFolder;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.engine.Boot;
import io.syncline.client.engine.DiskNames;
import io.syncline.client.engine.Engine;
import io.syncline.client.engine.EngineSettings;
import io.syncline.client.engine.FolderLoop;
import io.syncline.client.engine.FolderPartials;
import io.syncline.client.engine.Marking;
import io.syncline.client.ignore.IgnoreFile;
import io.syncline.client.ignore.Ignores;
import io.syncline.client.scan.DiskScanner;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.sqlite.SqliteStateStore;
import io.syncline.client.transfer.BlockTransfers;
import io.syncline.client.watch.Watcher;
import io.syncline.client.watch.Watchers;
import io.syncline.core.block.CutParameters;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Role;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The one place that wires a device's folders out of concrete adapters. */
public final class Client {
    private Client() {}

    /**
     * Begins to sync a folder. One that can't be opened (it is gone, or belongs to another replica)
     * is a stopped folder with its reason, so that the device's others go on.
     *
     * @param bandwidth shared by all folders of the process
     */
    public static SyncedFolder sync(DeviceHome home, FolderLink link, Bandwidth bandwidth) {
        return new ReopeningFolder(
                () -> open(home, link, bandwidth),
                work -> Thread.ofPlatform().daemon().name("reopen").start(work));
    }

    private static SyncedFolder open(DeviceHome home, FolderLink link, Bandwidth bandwidth) {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        Opened opened = new Opened();
        try {
            Disk disk = opened.add(Disks.open(link.folder(), clock, random));
            StateStore store =
                    opened.add(
                            SqliteStateStore.open(
                                    home.stateDirectory(link.replica()).resolve("state.sqlite")));
            Marking.once(
                    disk,
                    store,
                    home.isMarked(link.replica()),
                    link.replica(),
                    link.folder().toString());
            home.marked(link.replica());
            Watcher watcher = opened.add(Watchers.open(link.folder()));
            ServerAddress address = new ServerAddress(link.server(), link.trusted());
            ServerApi server =
                    opened.add(
                            new RetryingServerApi(
                                    new HttpServerApi(
                                            address, Optional.of(link.token()), bandwidth),
                                    new Retries(random, Retries.Pause.REAL)));
            boolean readOnly = link.role() == Role.VIEWER;
            EngineSettings settings =
                    EngineSettings.of(link.replica(), link.folder().toString(), readOnly)
                            .on(disk.traits());
            FolderPartials partials = new FolderPartials(store);
            Engine engine =
                    new Engine(
                            store,
                            settings,
                            new Planner(
                                            link.deviceName(),
                                            readOnly
                                                    ? Planner.Mode.READ_ONLY
                                                    : Planner.Mode.READ_WRITE)
                                    ::plan,
                            DiskNames.of(disk),
                            () -> new CommitId(RandomId.next(random)));
            FolderLoop loop =
                    new FolderLoop(
                            engine,
                            new FolderLoop.Parts(
                                    server,
                                    link.project(),
                                    settings,
                                    store,
                                    disk,
                                    new DiskScanner(disk, new Ignores(disk), link.replica()),
                                    watcher,
                                    new BlockTransfers(
                                            server,
                                            link.project(),
                                            disk,
                                            CutParameters.FORMAT_1,
                                            partials,
                                            clock),
                                    partials,
                                    home.stateDirectory(link.replica()).resolve("snapshot"),
                                    Boot.current()),
                            clock);
            WebSocketEvents events =
                    new WebSocketEvents(address, link.token(), loop, clock, random);
            events.watch(List.of(link.project()));
            loop.reportTo(events::report);
            loop.start();
            return new Folder(loop, events, server);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** What was opened so far, closed in reverse order where the rest fails. */
    private static final class Opened implements AutoCloseable {
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();

        <T extends AutoCloseable> T add(T part) {
            parts.push(part);
            return part;
        }

        @Override
        public void close() {
            for (AutoCloseable part : parts) {
                try {
                    part.close();
                } catch (Exception e) {
                    throw new IllegalStateException("closing after a failed start failed", e);
                }
            }
        }
    }

    /** A folder in motion with its connections. */
    private record Folder(FolderLoop loop, WebSocketEvents events, ServerApi server)
            implements SyncedFolder {
        @Override
        public FolderStatus status() {
            return loop.status();
        }

        @Override
        public void pause() {
            loop.pause();
        }

        @Override
        public void resume() {
            loop.resume();
        }

        @Override
        public void confirm() {
            loop.confirm();
        }

        @Override
        public void reject() {
            loop.reject();
        }

        @Override
        public void syncNow() {
            loop.syncNow();
        }

        @Override
        public List<LocalPath> conflicts(int limit) {
            return loop.conflicts(limit);
        }

        @Override
        public IgnoreFile ignoreFile() {
            return loop.ignoreFile();
        }

        @Override
        public void close() {
            events.close();
            server.close();
            loop.close();
        }
    }
}
