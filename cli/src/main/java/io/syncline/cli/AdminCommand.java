package io.syncline.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code syncline admin}: what an operator of a server does. */
@Command(
        name = "admin",
        description = {
            "Looks after a server: run it on the server's machine, as the user that the server"
                    + " runs as.",
            "Most of it works while the server runs (and then is done by it); 'restore' and"
                    + " 'rebuild-index' need it stopped. docs/operating.md explains more."
        },
        synopsisSubcommandLabel = "TASK",
        subcommands = {
            AdminStatsCommand.class,
            AdminGcCommand.class,
            AdminVerifyCommand.class,
            AdminBackupCommand.class,
            AdminRestoreCommand.class,
            AdminRebuildIndexCommand.class,
            AdminQuotaCommand.class,
            AdminAccountsCommand.class,
            AdminOperatorCommand.class,
            AdminAuditCommand.class,
            AdminCheckStorageCommand.class,
            AdminMigrateCommand.class
        },
        footer = {
            "%nBegin:",
            "  syncline admin stats                 what there is",
            "  syncline admin backup /backups/sync  a backup of the running server"
        })
final class AdminCommand implements Runnable {
    @ParentCommand private Main main;

    @Spec private CommandSpec spec;

    /** The whole command line. */
    Main main() {
        return main;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
