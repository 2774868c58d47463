package io.syncline.cli;

import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.RestoreRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline restore}: puts a file or directory back as it was. */
@Command(
        name = "restore",
        description = {
            "Puts a file or directory back as it was, on all devices.",
            "A deleted file needs no more than its path. Of a directory, all that was in it at"
                    + " that time comes back as it was, and what is newer stays.",
            "Nothing is lost: what is there now stays in history, or beside it where the name is"
                    + " taken."
        })
final class RestoreCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(
            paramLabel = "PATH",
            description = "Where it is, or formerly was. " + ProjectPath.FORMS + ".")
    private String given;

    @ArgGroup private @Nullable Which which;

    /** Which version. */
    static final class Which {
        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "As it was at " + Times.FORMS + ".")
        private @Nullable String at;

        @Option(
                names = "--version",
                paramLabel = "N",
                description = "A version of a file, by the number that 'syncline history' shows.")
        private @Nullable Long version;
    }

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Put a copy there instead: a name beside the file, or a path.")
    private @Nullable String as;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Override
    public void run() {
        Optional<Instant> at = Optional.ofNullable(which).map(w -> w.at).map(Past::time);
        Optional<Long> version = Optional.ofNullable(which).map(w -> w.version);
        ProjectPath wanted = ProjectPath.of(main.globals(), folder, given);
        FolderLink link = wanted.link();
        String path = wanted.path();
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            Optional<Node> live = wanted.isRoot() ? Optional.empty() : past.live(path);
            Optional<LogEntry> deleted =
                    live.isPresent() || wanted.isRoot()
                            ? Optional.empty()
                            : Optional.of(past.deleted(path).orElseThrow(() -> Past.unknown(path)));
            Optional<Node> node = live.or(() -> deleted.map(LogEntry::node));
            if (node.isEmpty() || node.get().item().isDirectory()) {
                directory(past, console, path, node.map(Node::id), deleted, at, version);
                return;
            }
            LogEntry entry = version(past, path, node.get().id(), deleted, at, version);
            Optional<Place> copy = Optional.ofNullable(as).map(name -> copy(past, wanted, name));
            new Rewinding(past, console, dryRun)
                    .told(
                            past.history()
                                    .restore(
                                            link.project(),
                                            new RestoreRequest(
                                                    past.commitId(),
                                                    dryRun,
                                                    new RestoreRequest.Versions(
                                                            List.of(
                                                                    new RestoreRequest.Wish(
                                                                            entry.node().id(),
                                                                            entry.sequence(),
                                                                            copy))))));
        }
    }

    private void directory(
            Past past,
            Console console,
            String path,
            Optional<NodeId> directory,
            Optional<LogEntry> deleted,
            Optional<Instant> at,
            Optional<Long> version) {
        if (version.isPresent() || as != null) {
            throw SynclineException.invalid("--version and --as are for files");
        }
        Instant then =
                at.orElseThrow(() ->
                        SynclineException.invalid(
                                deleted.map(entry ->
                                                path
                                                        + " was deleted at "
                                                        + entry.time()
                                                                .truncatedTo(ChronoUnit.SECONDS)
                                                        + ", after what was in it; say by --at when"
                                                        + " it still was whole")
                                        .orElse(
                                                "of a directory, say by --at as of when it is to"
                                                        + " be restored")));
        new Rewinding(past, console, dryRun)
                .run(then, new RestoreRequest.Directory(directory.orElse(NodeId.ROOT)));
    }

    private LogEntry version(
            Past past,
            String path,
            NodeId id,
            Optional<LogEntry> deleted,
            Optional<Instant> at,
            Optional<Long> version) {
        if (version.isPresent()) {
            return past.change(id, entry -> entry.sequence() == version.get())
                    .orElseThrow(() ->
                            new SynclineException(
                                    ErrorCode.NOT_FOUND,
                                    path
                                            + " has no version "
                                            + version.get()
                                            + "; see 'syncline history "
                                            + path
                                            + "'"));
        }
        if (at.isPresent()) {
            LogEntry entry =
                    past.change(id, change -> !change.time().isAfter(at.get()))
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.NOT_FOUND,
                                            path
                                                    + " wasn't there at "
                                                    + at.get().truncatedTo(ChronoUnit.SECONDS)
                                                    + ", or that is forgotten"));
            if (entry.action() == LogEntry.Action.DELETE) {
                throw new SynclineException(
                        ErrorCode.NOT_FOUND,
                        path
                                + " was deleted at that time, since "
                                + entry.time().truncatedTo(ChronoUnit.SECONDS));
            }
            return entry;
        }
        return deleted.orElseThrow(() ->
                SynclineException.invalid(
                        path
                                + " is there: say which version by --version or --at; see 'syncline"
                                + " history "
                                + path
                                + "'"));
    }

    /** The place of a copy: beside the file, or at another path. */
    private static Place copy(Past past, ProjectPath file, String wanted) {
        boolean beside = wanted.indexOf('/') < 0;
        String path = file.path();
        String target =
                beside
                        ? path.substring(0, path.lastIndexOf('/') + 1) + wanted
                        : file.beside(wanted);
        int slash = target.lastIndexOf('/');
        String directory = target.substring(0, Math.max(0, slash));
        NodeId parent =
                directory.isEmpty()
                        ? NodeId.ROOT
                        : past.live(directory)
                                .map(Node::id)
                                .orElseThrow(() ->
                                        new SynclineException(
                                                ErrorCode.NOT_FOUND,
                                                "the project has no " + directory));
        return new Place(parent, new Name(target.substring(slash + 1)));
    }
}
