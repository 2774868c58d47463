package io.syncline.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code syncline}: reads the command line and runs one command. */
@Command(
        name = "syncline",
        description = "Keeps folders on many devices equal to a project on a server.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {VersionCommand.class})
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    /** Ends the process with the command's exit status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command line and returns its exit status: 0 is success, 2 a wrong command line. */
    public static int run(String... arguments) {
        return new CommandLine(new Main()).execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }
}
