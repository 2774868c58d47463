package io.syncline.client.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One run of the operating system.
 *
 * @param id different for each
 * @param startedMillis when it began, milliseconds since 1970
 */
public record Boot(String id, long startedMillis) {
    private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path STAT = Path.of("/proc/stat");

    /** The present one, where the system tells. */
    public static Optional<Boot> current() {
        try {
            String id = Files.readString(ID).strip();
            return Files.readAllLines(STAT).stream()
                    .filter(line -> line.startsWith("btime "))
                    .map(line -> Long.parseLong(line.substring("btime ".length()).strip()))
                    .map(seconds -> new Boot(id, seconds * 1_000))
                    .findFirst();
        } catch (IOException | NumberFormatException _) {
            return Optional.empty(); // Not a Linux: caution after power cuts isn't offered there.
        }
    }
}
