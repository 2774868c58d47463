package io.syncline.cli;

import io.syncline.client.Client;
import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.daemon.Daemon;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.StatusJson;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a home's daemon in this process until it is told to stop, or until all is in sync. */
final class Foreground {
    private static final Duration GLANCE = Duration.ofMillis(250);
    static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final DeviceHome home;
    private final Console console;

    Foreground(DeviceHome home, Console console) {
        this.home = home;
        this.console = console;
    }

    /**
     * Syncs until a signal.
     *
     * @param ready said once the folders have begun
     * @return empty if another process already runs this home
     */
    Optional<Integer> untilStopped(Runnable ready) {
        Optional<Daemon> started = daemon();
        started.ifPresent(daemon ->
                stoppable(
                        daemon,
                        () -> {
                            ready.run();
                            ProgressLine progress = new ProgressLine(console);
                            while (!daemon.awaitStop(GLANCE)) {
                                progress.show(daemon.status());
                            }
                            progress.end();
                        }));
        return started.map(_ -> 0);
    }

    /**
     * Syncs until every folder is converged, prints the status, and ends.
     *
     * @return the exit status: 0 converged, else that of UNAVAILABLE; empty if another process runs
     *     this home
     */
    Optional<Integer> untilConverged(Duration timeout) {
        Optional<Daemon> started = daemon();
        return started.map(daemon -> {
            int[] status = {0};
            stoppable(daemon, () -> status[0] = converge(daemon, timeout));
            return status[0];
        });
    }

    private Optional<Daemon> daemon() {
        Bandwidth bandwidth = new Bandwidth();
        return Daemon.start(
                home, link -> Client.sync(home, link, bandwidth), new PageResources(), bandwidth);
    }

    private int converge(Daemon daemon, Duration timeout) throws InterruptedException {
        ProgressLine progress = new ProgressLine(console);
        long deadline = System.nanoTime() + timeout.toNanos();
        try (ServerContact contact = ServerContact.watch(home.links())) {
            DeviceStatus seen = daemon.awaitRest(GLANCE);
            while (!seen.isAtRest()
                    && System.nanoTime() < deadline
                    && !daemon.isStopping()
                    && !contact.isLost()) {
                progress.show(seen);
                seen = daemon.awaitRest(GLANCE);
            }
            progress.end();
            String why = contact.failure().orElse("not done within " + timeout.toSeconds() + " s");
            return report(console, seen.withWaitingFor(why));
        }
    }

    /** Prints how far all folders are; returns 0 if they are converged, else 12. */
    static int report(Console console, DeviceStatus status) {
        console.document(StatusJson.CODEC.toBytes(status));
        for (DeviceStatus.Folder folder : status.folders()) {
            FolderStatus.State state = folder.status().state();
            console.line(
                    folder.folder()
                            + ": "
                            + state.name().toLowerCase(Locale.ROOT)
                            + folder.status().reason().map(reason -> ": " + reason).orElse(""));
        }
        return status.worst() == FolderStatus.State.CONVERGED
                ? 0
                : ErrorCode.UNAVAILABLE.exitStatus();
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    /** Runs the body and closes the daemon, also when the process gets a signal meanwhile. */
    private static void stoppable(Daemon daemon, Body body) {
        CountDownLatch closed = new CountDownLatch(1);
        Thread hook = new Thread(() -> stop(daemon::stop, closed));
        Runtime.getRuntime().addShutdownHook(hook);
        try (daemon) {
            body.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
        } finally {
            closed.countDown();
        }
    }

    /**
     * What a signal does: says that the end is wished, and lets the process live until it has
     * closed.
     */
    static void stop(Runnable wish, CountDownLatch closed) {
        stop(wish, closed, STOP_MAX);
    }

    /** The same, for what takes at most so long. */
    static void stop(Runnable wish, CountDownLatch closed, Duration max) {
        wish.run();
        try {
            if (!closed.await(max.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println(
                        "syncline: stopped without waiting any longer for what was under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
