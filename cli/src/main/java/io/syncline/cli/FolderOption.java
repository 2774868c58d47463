package io.syncline.cli;

import io.syncline.client.daemon.DeviceHome;
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

    /** As the device knows its folders: absolute, and without symbolic links where it is there. */
    Optional<Path> path() {
        return Optional.ofNullable(folder).map(DeviceHome::knownAs);
    }
}
