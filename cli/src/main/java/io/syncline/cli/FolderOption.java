package io.syncline.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of the device's folders a command is about. */
final class FolderOption {
    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "The synced folder that is meant (default: the only one, or all).")
    private @Nullable Path folder;

    Optional<Path> path() {
        return Optional.ofNullable(folder);
    }
}
