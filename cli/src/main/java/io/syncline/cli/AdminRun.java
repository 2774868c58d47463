package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.Server;
import io.syncline.server.admin.AdminAnswer;
import io.syncline.server.admin.AdminClient;
import io.syncline.server.admin.AdminRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server an admin command is about, and how it is run there. */
final class AdminRun {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The server's data folder (default: HOME/server, as 'serve' has it).")
    private @Nullable Path data;

    private final Map<String, String> options = new HashMap<>();

    /** Gives the task an option. */
    AdminRun with(String option, Object value) {
        options.put(option, value.toString());
        return this;
    }

    /** Gives it one where there is one. */
    AdminRun with(String option, @Nullable Object value, boolean there) {
        return there && value != null ? with(option, value) : this;
    }

    private Path data(Main main) {
        Path wanted = data == null ? main.globals().home().serverData() : data;
        return wanted.toAbsolutePath().normalize();
    }

    /** Runs a task, by the server if it runs, else here; prints the answer; the exit status. */
    int run(Main main, String task) {
        Path folder = data(main);
        return AdminClient.of(folder)
                .map(client ->
                        show(
                                main,
                                progress -> client.run(new AdminRequest(task, options), progress)))
                .orElseGet(() -> runStopped(main, folder, task));
    }

    /** Runs a task that needs the server stopped. */
    int runAlone(Main main, String task) {
        Path folder = data(main);
        if (AdminClient.of(folder).isPresent()) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "the server on " + folder + " runs; stop it first, then run this again");
        }
        return runStopped(main, folder, task);
    }

    private int runStopped(Main main, Path folder, String task) {
        try {
            return show(
                    main,
                    progress ->
                            Server.stopped(folder, Version.number())
                                    .run(new AdminRequest(task, options), progress));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.UNAVAILABLE
                    && String.valueOf(e.getMessage()).contains("in use by another server")) {
                throw new SynclineException(
                        ErrorCode.UNAVAILABLE,
                        "a process has "
                                + folder
                                + " open and doesn't answer: it is starting or stopping, or"
                                + " another admin command is at work; try again",
                        e);
            }
            throw e;
        }
    }

    /** A task to be run. */
    private interface Work {
        AdminAnswer run(io.syncline.server.admin.AdminProgress progress);
    }

    private static int show(Main main, Work work) {
        Console console = main.globals().console();
        AdminProgressLine progress = new AdminProgressLine(console);
        AdminAnswer answer;
        try {
            answer = work.run(progress);
        } finally {
            progress.end();
        }
        answer.lines().forEach(console::line);
        console.document(answer.document().getBytes(StandardCharsets.UTF_8));
        Optional<ErrorCode> failure = answer.failure();
        return failure.map(ErrorCode::exitStatus).orElse(0);
    }
}
