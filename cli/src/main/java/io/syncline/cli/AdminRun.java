package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.Server;
import io.syncline.server.admin.AdminAnswer;
import io.syncline.server.admin.AdminClient;
import io.syncline.server.admin.AdminRequest;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Which server an admin command is about, and how it is run there. */
final class AdminRun {
    @Mixin private StoreOptions stores;

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

    private static Path data(ServerConfig config, Main main) {
        return config.data()
                .orElseGet(() -> main.globals().home().serverData())
                .toAbsolutePath()
                .normalize();
    }

    private static CollectSettings collecting(ServerConfig config) {
        return config.backupHorizon()
                .map(CollectSettings.DEFAULT::withHorizon)
                .orElse(CollectSettings.DEFAULT);
    }

    /** Runs a task, by the server if it runs, else here; prints the answer; the exit status. */
    int run(Main main, String task) {
        ServerConfig config = stores.config(stores.flags());
        Path folder = data(config, main);
        AdminRequest request = new AdminRequest(task, options);
        return AdminClient.of(folder)
                .map(client -> show(main, progress -> client.run(request, progress)))
                .orElseGet(() ->
                        config.stores().isEmbedded()
                                ? runStopped(main, config, folder, request)
                                : runBeside(main, config, folder, request));
    }

    /** Runs a task that needs the server stopped. */
    int runAlone(Main main, String task) {
        ServerConfig config = stores.config(stores.flags());
        if (!config.stores().isEmbedded()) {
            throw SynclineException.invalid(
                    task
                            + " is for servers that keep all in their data folder; see 'Back up a"
                            + " cluster' in docs/operations.md for one that doesn't");
        }
        Path folder = data(config, main);
        if (AdminClient.of(folder).isPresent()) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "the server on " + folder + " runs; stop it first, then run this again");
        }
        return runStopped(main, config, folder, new AdminRequest(task, options));
    }

    private static int runStopped(
            Main main, ServerConfig config, Path folder, AdminRequest request) {
        return unlessInUse(
                folder,
                () ->
                        show(
                                main,
                                progress ->
                                        Server.stopped(folder, Version.number(), collecting(config))
                                                .run(request, progress)));
    }

    /** On a database or a bucket that other nodes may use meanwhile. */
    private static int runBeside(
            Main main, ServerConfig config, Path folder, AdminRequest request) {
        return unlessInUse(
                folder,
                () ->
                        show(
                                main,
                                progress ->
                                        Server.administer(
                                                config,
                                                folder,
                                                Version.number(),
                                                collecting(config),
                                                request,
                                                progress)));
    }

    private static int unlessInUse(Path folder, IntSupplier run) {
        try {
            return run.getAsInt();
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
