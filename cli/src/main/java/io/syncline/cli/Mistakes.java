package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line, how it is used, and where to read more; a page of help
 * would hide it.
 */
final class Mistakes implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        String detail = String.valueOf(mistake.getMessage());
        if (Arrays.asList(arguments).contains("--json")) {
            command.getErr().println(Failures.document(ErrorCode.INVALID, detail));
        } else {
            command.getErr().println("syncline: " + detail);
            if (!UnmatchedArgumentException.printSuggestions(mistake, command.getErr())) {
                String synopsis =
                        command.getHelp()
                                .synopsis(command.getHelp().synopsisHeadingLength())
                                .strip();
                command.getErr().println("Usage: " + synopsis);
            }
            command.getErr()
                    .println(
                            "'"
                                    + command.getCommandSpec().qualifiedName()
                                    + " --help' explains it.");
        }
        command.getErr().flush();
        return ErrorCode.INVALID.exitStatus();
    }
}
