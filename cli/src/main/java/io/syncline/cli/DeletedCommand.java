package io.syncline.cli;

import io.syncline.client.api.HistoryApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.Deletion;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LogEntry;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
                    "A directory, which may be deleted itself (default: all of the project). "
                            + ProjectPath.FORMS
                            + ".",
            defaultValue = "")
    private String path;

    @Mixin private LimitOption limit;

    @Override
    public void run() {
        int left = limit.value();
        ProjectPath in = ProjectPath.of(main.globals(), folder, path);
        FolderLink link = in.link();
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            HistoryApi.Where where =
                    path.isEmpty()
                            ? new HistoryApi.Everywhere()
                            : new HistoryApi.In(past.find(in.path()));
            Optional<String> after = Optional.empty();
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
        JsonWriter document = new JsonWriter().beginObject().member("path", deletion.path());
        console.document(VersionLine.write(document, entry).endObject());
        console.line(VersionLine.time(entry) + "  " + VersionLine.what(entry, deletion.path()));
    }
}
