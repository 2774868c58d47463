package io.syncline.system.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Inputs that are kept: {@code src/test/resources/io/syncline/system/fuzz/TARGET/NAME}, samples by
 * the real encoders and everything that once was a fault.
 */
final class Corpus {
    private static final Path FOLDER =
            Path.of("src", "test", "resources", "io", "syncline", "system", "fuzz");

    private Corpus() {}

    /** Where a target's inputs are, below the module's folder. */
    static Path folder(Path module, String target) {
        return module.resolve(FOLDER).resolve(target);
    }

    /** A target's inputs, in order of their names. */
    static List<byte[]> read(Path module, String target) throws IOException {
        Path folder = folder(module, target);
        List<byte[]> inputs = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    inputs.add(Files.readAllBytes(file));
                }
            }
        }
        return inputs;
    }

    /** Writes a target's samples into a folder. */
    static void write(Target target, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<byte[]> samples = target.samples();
        for (int i = 0; i < samples.size(); i++) {
            Files.write(folder.resolve("sample-%02d".formatted(i)), samples.get(i));
        }
    }

    /** An input as a person can pass it on. */
    static String shown(byte[] input) {
        return HexFormat.of().formatHex(input);
    }
}
