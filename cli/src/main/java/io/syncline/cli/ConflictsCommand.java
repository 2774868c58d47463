package io.syncline.cli;

import io.syncline.core.wire.JsonWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline conflicts}: lists the conflict copies. */
@Command(
        name = "conflicts",
        description = {
            "Lists the conflict copies that this device made and that are still there.",
            "Where two devices changed a file at once, the version that came second is kept beside"
                + " the first, named '… (conflict of DEVICE)'. Merge what you need, then delete the"
                + " copy."
        })
final class ConflictsCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        List<String> conflicts = main.globals().runningDaemon().conflicts(folder.path());
        Console console = main.globals().console();
        console.document(
                new JsonWriter()
                        .beginObject()
                        .array("conflicts", conflicts, JsonWriter::text)
                        .endObject());
        conflicts.forEach(console::line);
        if (conflicts.isEmpty()) {
            console.line("No conflicts.");
        }
    }
}
