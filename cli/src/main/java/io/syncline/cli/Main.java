package io.syncline.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The program {@code syncline}: reads the command line and runs one command. */
@Command(
        name = "syncline",
        description = "Keeps folders on many devices equal to a project on a server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            JoinCommand.class,
            SyncCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            OpenCommand.class,
            DoctorCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            LimitCommand.class,
            ConfirmCommand.class,
            RejectCommand.class,
            ConflictsCommand.class,
            TrashCommand.class,
            LsCommand.class,
            FindCommand.class,
            HistoryCommand.class,
            DeletedCommand.class,
            RestoreCommand.class,
            UndoCommand.class,
            RetentionCommand.class,
            TransfersCommand.class,
            DevicesCommand.class,
            LinkCommand.class,
            RevokeCommand.class,
            AdminCommand.class,
            VersionCommand.class,
            CompletionCommand.class
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            " 0:done",
            " 2:the command line or an input is wrong",
            " 3:not signed in: the device was revoked, or the link is of another server",
            " 4:not allowed",
            " 5:not found",
            " 6:something changed meanwhile, or already runs",
            " 7:of another history: must resync",
            " 8:too large",
            " 9:this client is too old for the server",
            "10:limited; try again later",
            "11:stored bytes are damaged",
            "12:unavailable: server unreachable, or not converged; try again later",
            "13:'doctor' found a fault that it didn't repair",
            "70:a defect of the program"
        },
        footer = {
            "%nBegin:",
            "  syncline up ~/Work           a server, and ~/Work in sync; prints a join link",
            "  syncline join 'LINK' ~/Work  the same folder on another device",
            "%n'syncline COMMAND --help' explains a command."
        })
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
            names = {"-V", "--version"},
            description = "Say which version this is.")
    private boolean versionWanted;

    @Mixin private Globals globals;

    /** The options that every command has. */
    Globals globals() {
        return globals;
    }

    /** Ends the process with the command's exit status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command line and returns its exit status: 0 is success, 2 a wrong command line. */
    public static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new Mistakes())
                .setExecutionExceptionHandler(new Failures())
                .execute(arguments);
    }

    @Override
    public void run() {
        if (versionWanted) {
            globals.console().line(Version.text());
        } else {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
