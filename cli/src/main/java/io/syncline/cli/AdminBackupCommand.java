package io.syncline.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin backup}: a backup of a server, running or not. */
@Command(
        name = "backup",
        description = {
            "Makes a backup of the server in a folder of backups: the metadata of one moment, and"
                    + " the packs that the folder doesn't have yet. The server may go on.",
            "Interrupted, it leaves what it copied for the next try; only a whole backup counts."
                    + " 'syncline admin restore' takes one back."
        })
final class AdminBackupCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Parameters(
            paramLabel = "FOLDER",
            description =
                    "Where backups are kept; made if it isn't there. As the server's machine names"
                            + " it, outside of its data.")
    private Path folder;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description =
                    "Keep the newest N backups, this one included, and remove older ones (default:"
                            + " keep all).",
            defaultValue = "0")
    private int keep;

    @Option(names = "--check", description = "Read each new copy again and hash every block in it.")
    private boolean check;

    @Option(
            names = "--no-links",
            description =
                    "Copy on the same file system, too, where full packs would be linked: a link"
                            + " takes no room, and dies with the disk.")
    private boolean noLinks;

    @Override
    public Integer call() {
        return run.with("to", folder.toAbsolutePath().normalize())
                .with("keep", keep)
                .with("check", true, check)
                .with("no-links", true, noLinks)
                .run(admin.main(), "backup");
    }
}
