package io.syncline.system.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where the figures are from. */
public final class Machine {
    private Machine() {}

    /** One line; {@code directory} is on the disk that is measured. */
    public static String describe(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return String.format(
                Locale.ROOT,
                "%s, %d processors, %.0f GB of memory, %s, %s %s, Java %s",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                memoryBytes() / 1e9,
                store.type(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version());
    }

    private static String processor() throws IOException {
        return find("/proc/cpuinfo", "model name", System.getProperty("os.arch"));
    }

    private static double memoryBytes() throws IOException {
        String text = find("/proc/meminfo", "MemTotal", "0 kB");
        return Double.parseDouble(text.replaceAll("[^0-9]", "")) * 1024;
    }

    private static String find(String file, String key, String otherwise) throws IOException {
        if (!Files.exists(Path.of(file))) {
            return otherwise;
        }
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        }
    }
}
