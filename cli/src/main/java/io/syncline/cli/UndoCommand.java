package io.syncline.cli;

import io.syncline.client.daemon.FolderLink;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.wire.RestoreRequest;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline undo}: takes back what a device did. */
@Command(
        name = "undo",
        description = {
            "Takes back what one device did to the project since a time: what it changed or moved"
                    + " is as before, what it deleted is re-created, what it created is deleted.",
            "Whatever somebody else changed after it is kept and listed. Look first with"
                    + " --dry-run.",
            "With --json, a document per file or directory, then one with the counts."
        })
final class UndoCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Option(
            names = "--device",
            required = true,
            paramLabel = "DEVICE",
            description = "Whose changes: a name or id that 'syncline devices' shows.")
    private String device;

    @Option(
            names = "--since",
            required = true,
            paramLabel = "TIME",
            description = "Since when: " + Times.FORMS + ".")
    private String since;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Override
    public void run() {
        Instant from = Past.time(since);
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        try (Past past = Past.of(link)) {
            DeviceId author = Devices.find(past, device, Optional.of(from));
            new Rewinding(past, console, dryRun).run(from, new RestoreRequest.Device(author));
        }
    }
}
