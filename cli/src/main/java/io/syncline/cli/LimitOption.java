package io.syncline.cli;

import io.syncline.core.error.SynclineException;
import picocli.CommandLine.Option;

/** How many entries of a list a command prints. */
final class LimitOption {
    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit;

    /** At least 1. */
    int value() {
        if (limit < 1) {
            throw SynclineException.invalid("--limit takes a number from 1");
        }
        return limit;
    }
}
