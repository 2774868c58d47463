package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what failed in one line, and ends with the exit status of the failure's code. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult arguments) {
        ErrorCode code =
                failure instanceof SynclineException known ? known.code() : ErrorCode.INTERNAL;
        String detail = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        if (code == ErrorCode.INTERNAL) {
            LoggerFactory.getLogger(Failures.class)
                    .atError()
                    .setCause(failure)
                    .log("command failed");
        }
        if (Arrays.asList(
                        command.getParseResult() == null
                                ? new String[0]
                                : arguments.originalArgs().toArray(String[]::new))
                .contains("--json")) {
            command.getErr().println(document(code, detail));
        } else {
            command.getErr().println("syncline: " + detail);
        }
        command.getErr().flush();
        return code.exitStatus();
    }

    /** A failure as {@code --json} prints it. */
    static String document(ErrorCode code, String detail) {
        return new String(
                new JsonWriter()
                        .beginObject()
                        .member("error", code.name())
                        .member("detail", detail)
                        .endObject()
                        .toBytes(),
                StandardCharsets.UTF_8);
    }
}
