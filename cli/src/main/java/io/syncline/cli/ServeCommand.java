package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline serve}: a server alone. */
@Command(
        name = "serve",
        description = {
            "Runs a server, without syncing a folder here, until stopped by Ctrl-C or a signal. All"
                    + " is kept in its data folder, unless options say otherwise;"
                    + " docs/syncline.conf.example explains every setting.",
            "Prints its address, the admin's password (at the first start only) and a join link. On"
                    + " loopback it speaks plain HTTP; for a network, give --tls-certificate and"
                    + " --tls-key."
        })
final class ServeCommand implements Callable<Integer> {
    @ParentCommand private Main main;

    @Mixin private ServerOptions options;

    /** How the log is written. */
    enum LogFormat {
        TEXT,
        JSON
    }

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description =
                    "How the log is written to standard error: text, or json, one document a line"
                            + " (default: ${DEFAULT-VALUE}).")
    private LogFormat logFormat = LogFormat.TEXT;

    @Override
    public Integer call() {
        if (logFormat == LogFormat.JSON) {
            Logs.asJson();
        }
        CountDownLatch wished = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Duration stopMax = options.stopMax();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> Foreground.stop(wished::countDown, closed, stopMax)));
        try (ServerOptions.Running running =
                options.start(main.globals().home().serverData(), "Project")) {
            running.announce(main.globals().console());
            wished.await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
        } finally {
            closed.countDown();
        }
    }
}
