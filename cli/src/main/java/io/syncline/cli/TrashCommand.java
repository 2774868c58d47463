package io.syncline.cli;

import io.syncline.client.daemon.FolderLink;
import io.syncline.client.daemon.Trash;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.wire.JsonWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline trash}: what syncing deleted or replaced here. */
@Command(
        name = "trash",
        description = {
            "Lists what syncing deleted or replaced in this folder, newest day first.",
            "'syncline trash restore PATH' brings something back; what you delete yourself isn't"
                    + " here."
        })
final class TrashCommand implements Callable<Integer> {
    private static final int ENTRIES_MAX = 100_000;

    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public Integer call() {
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        try (Disk disk = open(link)) {
            List<Trash.Entry> entries = new Trash(disk).list(ENTRIES_MAX);
            console.document(
                    new JsonWriter()
                            .beginObject()
                            .array("trash", entries, TrashCommand::write)
                            .endObject());
            entries.forEach(entry ->
                    console.line(
                            "%10s  %s"
                                    .formatted(
                                            Console.bytes(entry.stat().sizeBytes()),
                                            entry.path())));
            if (entries.isEmpty()) {
                console.line("The trash is empty.");
            }
        }
        return 0;
    }

    @Command(
            name = "restore",
            description =
                    "Moves something from the trash back to where it was; it then syncs again.")
    int restore(
            @Mixin FolderOption restoreFolder,
            @Parameters(
                            paramLabel = "PATH",
                            description = "As 'syncline trash' shows it, beginning with the day.")
                    String path) {
        FolderLink link = main.globals().link(restoreFolder.path());
        try (Disk disk = open(link)) {
            LocalPath restored = new Trash(disk).restore(LocalPath.parse(path));
            Console console = main.globals().console();
            console.document(
                    new JsonWriter()
                            .beginObject()
                            .member("restored", restored.toString())
                            .endObject());
            console.line("restored " + restored);
        }
        return 0;
    }

    private static Disk open(FolderLink link) {
        return Disks.open(link.folder(), InstantSource.system(), new SecureRandom());
    }

    private static void write(JsonWriter out, Trash.Entry entry) {
        out.beginObject()
                .member("path", entry.path().toString())
                .member("size", entry.stat().sizeBytes())
                .member("mtime", Long.toString(entry.stat().mtimeNanos()))
                .endObject();
    }
}
