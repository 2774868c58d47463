package io.syncline.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin restore}: a server's data from a backup. */
@Command(
        name = "restore",
        description = {
            "Makes a server's data from a backup, in an empty data folder, with no server running"
                    + " on it. Every block is hashed on the way, and all is verified.",
            "Each project goes on in a new epoch, so that devices which had seen more merge what"
                    + " they have instead of deleting it. Interrupted, run it again: until it ends"
                    + " no server starts on that folder."
        })
final class AdminRestoreCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Parameters(paramLabel = "FOLDER", description = "The folder of backups.")
    private Path folder;

    @Option(
            names = "--backup",
            paramLabel = "NAME",
            description = "Which one (default: the newest).")
    private @Nullable String backup;

    @Option(
            names = "--no-links",
            description = "Copy on the same file system, too, where full packs would be linked.")
    private boolean noLinks;

    @Option(
            names = "--accept-damage",
            description = "Let a server start on it even if some of it is damaged.")
    private boolean acceptDamage;

    @Override
    public Integer call() {
        return run.with("from", folder.toAbsolutePath().normalize())
                .with("backup", backup, backup != null)
                .with("no-links", true, noLinks)
                .with("accept-damage", true, acceptDamage)
                .runAlone(admin.main(), "restore");
    }
}
