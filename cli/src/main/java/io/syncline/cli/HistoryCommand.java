package io.syncline.cli;

import io.syncline.client.api.HistoryApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline history}: the versions of a file, or all changes of the project. */
@Command(
        name = "history",
        description = {
            "Lists the versions of a file or directory, newest first, with the numbers that"
                    + " 'syncline restore --version' takes; what was deleted is found by its"
                    + " former path.",
            "Without a path, lists what was changed in the whole project.",
            "With --json, a document per version."
        })
final class HistoryCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = ProjectPath.FORMS + " (default: everything).",
            defaultValue = "")
    private String path;

    @Mixin private LimitOption limit;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Only changes by this device (name or id); without a path only.")
    private @Nullable String device;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only changes since " + Times.FORMS + "; without a path only.")
    private @Nullable String since;

    @Override
    public void run() {
        int left = limit.value();
        Optional<Instant> from = Optional.ofNullable(since).map(Past::time);
        ProjectPath of = ProjectPath.of(main.globals(), folder, path);
        boolean all = of.isRoot();
        if (!all && (device != null || since != null)) {
            throw SynclineException.invalid("--device and --since go without a path");
        }
        FolderLink link = of.link();
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            NodeId node = past.find(of.path());
            Optional<DeviceId> author =
                    Optional.ofNullable(device).map(name -> Devices.find(past, name, from));
            HistoryApi.Filter filter = new HistoryApi.Filter(author, from, Optional.empty());
            OptionalLong before = OptionalLong.empty();
            while (left > 0) {
                int size = Math.min(left, Past.PAGE);
                LogPage page =
                        all
                                ? past.history().log(link.project(), filter, before, size)
                                : past.history().history(link.project(), node, before, size);
                page.entries().forEach(entry -> print(console, entry));
                left -= page.entries().size();
                if (page.before().isEmpty()) {
                    return;
                }
                before = OptionalLong.of(page.before().get());
            }
        }
    }

    private static void print(Console console, LogEntry entry) {
        console.document(VersionLine.write(new JsonWriter().beginObject(), entry).endObject());
        console.line(
                "%8d  %s  %-6s  %s"
                        .formatted(
                                entry.sequence(),
                                VersionLine.time(entry),
                                VersionLine.action(entry),
                                VersionLine.what(entry, entry.node().place().name().value())));
    }
}
