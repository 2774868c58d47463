package io.syncline.cli;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The options that every command has, before or after its name, and what follows from them. */
final class Globals {
    @Option(
            names = "--home",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            description =
                    "Where this device keeps its settings and state (default: $SYNCLINE_HOME, else"
                            + " ~/.syncline). With several, several devices live on one machine.")
    private @Nullable Path home;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print JSON documents, one a line; errors too.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print results and errors only.")
    private boolean quiet;

    @Option(
            names = "--no-progress",
            scope = ScopeType.INHERIT,
            description = "No progress bars, also on a terminal.")
    private boolean noProgress;

    // The library looks at it by reflection alone: it prints the help instead of running a command.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Explain this command.")
    private boolean helpWanted;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    /** Whether documents are wanted instead of words. */
    boolean json() {
        return json;
    }

    /** What is printed where. */
    Console console() {
        return new Console(
                mixee.commandLine().getOut(),
                mixee.commandLine().getErr(),
                json,
                quiet,
                !noProgress && !quiet);
    }

    /** This device's home; made if it isn't there. */
    DeviceHome home() {
        return new DeviceHome(homeDirectory());
    }

    private Path homeDirectory() {
        if (home != null) {
            return home;
        }
        String set = System.getenv("SYNCLINE_HOME");
        return set != null && !set.isEmpty() ? Path.of(set) : userHome().resolve(".syncline");
    }

    /** What a shell means by {@code ~}; Java asks the system's list of users instead. */
    private static Path userHome() {
        String shell = System.getenv("HOME");
        return shell != null && Path.of(shell).isAbsolute()
                ? Path.of(shell)
                : Path.of(System.getProperty("user.home"));
    }

    /**
     * Refuses where a process runs this home already: two would do everything twice.
     *
     * @throws SynclineException STALE with what to do instead
     */
    void checkNotRunning() {
        if (daemon().isPresent()) {
            throw alreadyRunning(home());
        }
    }

    /** What a command says that would run a home that runs already. */
    static SynclineException alreadyRunning(DeviceHome home) {
        return new SynclineException(
                ErrorCode.STALE,
                "already running for " + home.directory() + "; see 'syncline status'");
    }

    /** The daemon that runs for this home. */
    Optional<ControlClient> daemon() {
        return ControlClient.of(home());
    }

    /** The daemon, which must run. */
    ControlClient runningDaemon() {
        return daemon().orElseThrow(() ->
                new SynclineException(
                        ErrorCode.UNAVAILABLE,
                        "nothing runs for "
                                + home().directory()
                                + "; start it with 'syncline sync', or 'syncline up'"));
    }

    /** Tells the running daemon's folder, or all of them, and says with {@code --json} what. */
    void wish(ControlClient.Wish wish, Optional<Path> folder) {
        runningDaemon().wish(wish, folder);
        console()
                .document(
                        new JsonWriter()
                                .beginObject()
                                .member("done", wish)
                                .optional("folder", folder.map(Path::toString), JsonWriter::text)
                                .endObject());
    }

    /** Refuses where no folder waits for a person's word. */
    void checkStopped(Optional<Path> folder) {
        boolean stopped =
                runningDaemon().status().folders().stream()
                        .filter(one -> folder.isEmpty() || one.folder().equals(folder.get()))
                        .anyMatch(one -> one.status().state() == FolderStatus.State.STOPPED);
        if (!stopped) {
            throw new SynclineException(
                    ErrorCode.STALE, "no folder waits for an answer; see 'syncline status'");
        }
    }

    /** The link of the folder given, or of the only one; what to do where that isn't clear. */
    FolderLink link(Optional<Path> folder) {
        DeviceHome device = home();
        List<FolderLink> links = device.links();
        if (links.isEmpty()) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    "no folder is synced yet; begin with 'syncline up DIR', or 'syncline join LINK"
                            + " DIR'");
        }
        if (folder.isEmpty()) {
            if (links.size() > 1) {
                throw SynclineException.invalid(
                        "this device syncs several folders; say which with --folder: "
                                + links.stream().map(link -> link.folder().toString()).toList());
            }
            return links.getFirst();
        }
        return device.link(folder.get())
                .orElseThrow(() ->
                        new SynclineException(
                                ErrorCode.NOT_FOUND,
                                folder.get()
                                        + " isn't synced by this device; see 'syncline status'"));
    }

    /** The server of a link, asked as this device. */
    static ServerApi server(FolderLink link) {
        ServerAddress address = new ServerAddress(link.server(), link.trusted());
        return new HttpServerApi(address, Optional.of(link.token()));
    }
}
