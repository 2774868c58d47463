package io.syncline.cli;

import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline sync}: keeps this device's folders in sync. */
@Command(
        name = "sync",
        description = {
            "Keeps all folders of this device in sync until stopped by Ctrl-C or a signal.",
            "With --once, ends as soon as they are equal to the server; for scripts and schedulers."
                    + " Exit status 0: converged; 12: not (stopped, paused, no server reached for a"
                    + " minute, time over)."
        })
final class SyncCommand implements Callable<Integer> {
    private static final Duration ASK = Duration.ofMillis(200);

    @ParentCommand private Main main;

    @Option(names = "--once", description = "End when everything is in sync.")
    private boolean once;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "With --once: give up after so long (default: a day).",
            defaultValue = "86400")
    private long timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        DeviceHome home = main.globals().home();
        Console console = main.globals().console();
        if (home.links().isEmpty()) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    "no folder is synced yet; begin with 'syncline up DIR', or 'syncline join LINK"
                            + " DIR'");
        }
        if (timeoutSeconds < 1) {
            throw SynclineException.invalid("--timeout takes a number of seconds from 1");
        }
        Foreground foreground = new Foreground(home, console);
        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        if (once) {
            Optional<Integer> status = foreground.untilConverged(timeout);
            return status.isPresent() ? status.get() : awaitRunning(home, console, timeout);
        }
        return foreground
                .untilStopped(() ->
                        home.links().forEach(link -> console.note("syncing " + link.folder())))
                .orElseThrow(() -> Globals.alreadyRunning(home));
    }

    /** Another process runs this home: lets that one look at everything, and waits for it. */
    private static int awaitRunning(DeviceHome home, Console console, Duration timeout)
            throws InterruptedException {
        ControlClient daemon =
                ControlClient.of(home)
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.UNAVAILABLE,
                                        "the process that runs "
                                                + home.directory()
                                                + " doesn't answer"));
        daemon.wish(ControlClient.Wish.SYNC, Optional.empty());
        long deadline = System.nanoTime() + timeout.toNanos();
        ProgressLine progress = new ProgressLine(console);
        var status = daemon.status();
        while (!status.isAtRest() && System.nanoTime() < deadline) {
            progress.show(status);
            Thread.sleep(ASK);
            status = daemon.status();
        }
        progress.end();
        return Foreground.report(console, status);
    }
}
