package io.syncline.cli;

import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Retention;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline retention}: how long history is kept. */
@Command(
        name = "retention",
        description = {
            "Says how long the project keeps versions after they were replaced or deleted.",
            "With a time, such as 90d or 8w, sets it; that is for owners. What a shorter time"
                    + " makes the server forget is gone."
        })
final class RetentionCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(arity = "0..1", paramLabel = "TIME", description = "1d to 3653d.")
    private Optional<String> time;

    @Override
    public void run() {
        Optional<Retention> wanted =
                time.map(text ->
                        new Retention(
                                Times.duration(text)
                                        .orElseThrow(() ->
                                                SynclineException.invalid(
                                                        "'" + text + "' isn't a time like 90d"))));
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            wanted.ifPresent(retention -> past.history().retain(link.project(), retention));
            Retention retention = past.history().retention(link.project());
            console.document(
                    new JsonWriter()
                            .beginObject()
                            .member("seconds", retention.duration().toSeconds())
                            .endObject());
            console.line(
                    "Versions are kept for "
                            + Console.count(retention.duration().toDays(), "day")
                            + " after they were replaced or deleted.");
        }
    }
}
