package io.syncline.client.engine;

import io.syncline.client.api.ServerApi;
import io.syncline.client.api.TreeApi;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.scan.KnownTree;
import io.syncline.client.scan.Observation;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.scan.Scanner;
import io.syncline.client.transfer.Progress;
import io.syncline.client.transfer.Transfers;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Transfer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Carries effects out, each on a virtual thread of its own, and answers with events. How many run
 * at once is the engine's affair. Thread-safe.
 */
final class EffectRunner implements AutoCloseable {
    /** Observations handed over at once. */
    private static final int OBSERVATIONS = 500;

    private static final int TRANSFERS_SHOWN_MAX = 20;

    private final ServerApi server;
    private final Function<ChangesRequest, TreeApi.ChangesOutcome> changes;
    private final ProjectId project;
    private final ReplicaId replica;
    private final Disk disk;
    private final Scanner scanner;
    private final Transfers transfers;
    private final KnownTree known;
    private final Hands hands;
    private final SnapshotDownload snapshot;
    private final Consumer<Event> sink;

    /** In order of their start, so that a simulation ends them in the same order each time. */
    private final Set<Thread> running = Collections.synchronizedSet(new LinkedHashSet<>());

    private final Map<Effect, FolderStatus.Transfer> shown = new ConcurrentHashMap<>();
    private final Map<Effect, Transfer> told = new ConcurrentHashMap<>();

    /** Begins where no earlier run of this device would be, so that no two are taken for one. */
    private final AtomicLong numbers;

    private volatile Consumer<Transfer> reports = _ -> {};
    private volatile boolean closed;

    /**
     * Carries out for one folder.
     *
     * @param changes what asks for pages of the feed
     */
    EffectRunner(
            ServerApi server,
            Function<ChangesRequest, TreeApi.ChangesOutcome> changes,
            ProjectId project,
            ReplicaId replica,
            Disk disk,
            Scanner scanner,
            Transfers transfers,
            KnownTree known,
            FolderPartials partials,
            SnapshotDownload snapshot,
            InstantSource clock,
            Consumer<Event> sink) {
        this.server = server;
        this.changes = changes;
        this.project = project;
        this.replica = replica;
        this.disk = disk;
        this.scanner = scanner;
        this.transfers = transfers;
        this.known = known;
        this.hands = new Hands(disk, transfers, known, partials);
        this.snapshot = snapshot;
        this.numbers = new AtomicLong(clock.millis() << 8);
        this.sink = sink;
    }

    /** Begins it; returns at once. */
    void run(Effect effect) {
        Thread thread =
                Thread.ofVirtual()
                        .name("effect")
                        .unstarted(() -> {
                            try {
                                carryOut(effect);
                            } finally {
                                running.remove(Thread.currentThread());
                            }
                        });
        running.add(thread);
        thread.start();
    }

    /** Carries it out on this thread. */
    void carryOut(Effect effect) {
        try {
            answer(effect);
        } catch (SynclineException e) {
            tell(new Event.Failed(effect, e.code(), String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            tell(new Event.Failed(effect, ErrorCode.INTERNAL, String.valueOf(e)));
        } finally {
            shown.remove(effect);
            Transfer last = told.remove(effect);
            if (last != null) {
                reports.accept(last.over());
            }
        }
    }

    private void tell(Event event) {
        if (!closed) {
            sink.accept(event);
        }
    }

    private void answer(Effect effect) {
        switch (effect) {
            case Effect.FetchChanges(var request) -> {
                switch (changes.apply(request)) {
                    case TreeApi.ChangesOutcome.Page(var page) ->
                            tell(new Event.Page(request, page));
                    case TreeApi.ChangesOutcome.Expired(var mode, var fork) ->
                            tell(new Event.Expired(request, mode, fork));
                }
            }
            case Effect.FetchSnapshot(var group, var asking) -> tell(snapshot(group, asking));
            case Effect.Scan(var directories) -> tell(new Event.Scanned(scan(directories)));
            case Effect.LookAtRoot _ -> tell(new Event.RootSeen(disk.rootState(replica)));
            case Effect.ReadFiles read -> {
                Consumer<io.syncline.client.transfer.Sent> each =
                        sent -> tell(new Event.Read(read.batch(), sent));
                if (read.send()) {
                    transfers.send(read.files(), each, show(read, true));
                } else {
                    transfers.describe(read.files(), each, show(read, true));
                }
                tell(new Event.ReadEnded(read.batch()));
            }
            case Effect.FetchFiles fetch -> {
                transfers.fetch(
                        fetch.files(), got -> tell(new Event.Received(got)), show(fetch, false));
                tell(new Event.ReceiveEnded(fetch.batch()));
            }
            case Effect.SendCommit(var id, var body) -> {
                switch (server.commit(project, body.getBytes(StandardCharsets.UTF_8))) {
                    case TreeApi.CommitOutcome.Answered(var answer) ->
                            tell(new Event.Committed(id, answer));
                    case TreeApi.CommitOutcome.Expired(var mode, var fork) ->
                            tell(new Event.CommitExpired(id, mode, fork));
                }
            }
            case Effect.CarryOut(var tasks) -> tell(new Event.Carried(hands.carryOut(tasks)));
            case Effect.Recover(var intents) -> tell(new Event.Recovered(hands.recover(intents)));
            case Effect.PutCheckpoint(var checkpoint) -> {
                switch (server.checkpoint(project, checkpoint)) {
                    case TreeApi.CheckpointOutcome.Accepted _ -> tell(new Event.CheckpointTaken());
                    case TreeApi.CheckpointOutcome.Expired _ -> tell(new Event.CheckpointExpired());
                    case TreeApi.CheckpointOutcome.Stale _ ->
                            tell(new Event.CheckpointStale(checkpoint.replica()));
                }
            }
            case Effect.AskWanted(var after) ->
                    tell(new Event.Wanted(server.wanted(project, after)));
            case Effect.SendAgain(var files) -> {
                var results = new ArrayList<io.syncline.client.transfer.Sent>();
                transfers.send(
                        files, results::add, io.syncline.client.transfer.Progress.Listener.NONE);
                tell(new Event.SentAgain(results));
            }
            case Effect.Discard(var temporaries) -> temporaries.forEach(disk::discard);
        }
    }

    private Event snapshot(int group, ReplicaId asking) {
        Optional<Event.SnapshotPart> part = snapshot.part(group, asking);
        return part.isPresent() ? part.get() : new Event.NoSnapshot();
    }

    private ScanResult scan(Optional<Set<LocalPath>> directories) {
        var gathered = new ArrayList<Observation>();
        Consumer<Observation> each =
                observation -> {
                    gathered.add(observation);
                    if (gathered.size() >= OBSERVATIONS) {
                        tell(new Event.Observed(List.copyOf(gathered)));
                        gathered.clear();
                    }
                };
        ScanResult result =
                directories.isPresent()
                        ? scanner.scan(directories.get(), known, each)
                        : scanner.scanAll(known, each);
        if (!gathered.isEmpty()) {
            tell(new Event.Observed(List.copyOf(gathered)));
        }
        return result;
    }

    private Progress.Listener show(Effect effect, boolean upload) {
        FolderStatus.Direction direction =
                upload ? FolderStatus.Direction.UPLOAD : FolderStatus.Direction.DOWNLOAD;
        long number = numbers.incrementAndGet();
        return progress -> {
            shown.put(
                    effect,
                    new FolderStatus.Transfer(
                            direction,
                            name(progress),
                            progress.bytesDone(),
                            progress.bytesTotal(),
                            progress.bytesPerSecond()));
            // What is over in a moment isn't told to anybody.
            if (progress.filesDone() < progress.filesTotal() || told.containsKey(effect)) {
                Transfer said = said(number, upload, progress);
                told.put(effect, said);
                reports.accept(said);
            }
        };
    }

    private Transfer said(long number, boolean upload, Progress progress) {
        return new Transfer(
                project,
                number,
                Optional.empty(),
                Optional.empty(),
                upload ? Transfer.Direction.UPLOAD : Transfer.Direction.DOWNLOAD,
                new Transfer.Amount(progress.filesDone(), progress.filesTotal()),
                new Transfer.Amount(progress.bytesDone(), progress.bytesTotal()),
                progress.bytesPerSecond(),
                progress.filesTotal() == 1 && progress.large().size() == 1
                        ? Optional.of(end(progress.large().getFirst().path().toString()))
                        : Optional.empty(),
                false);
    }

    private static String end(String path) {
        int from = Math.max(0, path.length() - Transfer.NAME_CHARS_MAX);
        boolean split = from > 0 && Character.isLowSurrogate(path.charAt(from));
        return path.substring(split ? from + 1 : from);
    }

    /** Has the server told, for the other devices, how far transfers are. */
    void reportTo(Consumer<Transfer> reports) {
        this.reports = reports;
    }

    private static String name(Progress progress) {
        return progress.filesTotal() == 1 && progress.large().size() == 1
                ? progress.large().getFirst().path().toString()
                : progress.filesTotal() + " files";
    }

    /** The transfers under way, for people. */
    List<FolderStatus.Transfer> transfers() {
        return shown.values().stream().limit(TRANSFERS_SHOWN_MAX).toList();
    }

    /** Interrupts what runs and waits until nothing does; nothing is told any more. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        List<Thread> left;
        synchronized (running) {
            left = List.copyOf(running);
        }
        for (Thread thread : left) {
            thread.interrupt();
        }
        for (Thread thread : left) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        snapshot.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
