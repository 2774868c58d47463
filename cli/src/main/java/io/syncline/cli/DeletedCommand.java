package io.syncline.cli;

import io.syncline.client.api.HistoryApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.Deletion;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.WireJson;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline deleted}: what was deleted and can be had again. */
@Command(
        name = "deleted",
        description = {
            "Lists what was deleted in the project and not restored since, newest first; of a"
                    + " directory, in order of names.",
            "'syncline restore PATH' brings a file back. How long that is possible,"
                    + " 'syncline retention' says.",
            "With --json, a document per file or directory."
        })
final class DeletedCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description =
                    "A directory of the project, which may be deleted itself (default: all of the"
                            + " project).")
    private Optional<String> path;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit;

    @Override
    public void run() {
        if (limit < 1) {
            throw SynclineException.invalid("--limit takes a number from 1");
        }
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            HistoryApi.Where where =
                    path.isEmpty()
                            ? new HistoryApi.Everywhere()
                            : new HistoryApi.In(past.find(path.get()));
            Optional<String> after = Optional.empty();
            int left = limit;
            boolean any = false;
            do {
                DeletedPage page =
                        past.history()
                                .deleted(link.project(), where, after, Math.min(left, Past.PAGE));
                page.entries().forEach(deletion -> print(console, deletion));
                any |= !page.entries().isEmpty();
                left -= page.entries().size();
                after = page.after();
            } while (left > 0 && after.isPresent());
            if (!any) {
                console.line("Nothing was deleted here that is still remembered.");
            }
        }
    }

    private static void print(Console console, Deletion deletion) {
        LogEntry entry = deletion.entry();
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("path", deletion.path())
                        .member("time", entry.time())
                        .member("device", entry.device().value())
                        .member("deviceName", entry.deviceName())
                        .member("version", entry.sequence())
                        .member("node", entry.node(), WireJson.NODE::write)
                        .endObject());
        boolean directory = entry.node().item().isDirectory();
        console.line(
                "%s  %8s  %s%s  by %s"
                        .formatted(
                                entry.time().truncatedTo(ChronoUnit.SECONDS),
                                directory ? "" : Console.bytes(entry.node().item().sizeBytes()),
                                deletion.path(),
                                directory ? "/" : "",
                                entry.deviceName()));
    }
}
