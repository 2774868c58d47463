package io.syncline.system.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What Jazzer calls, by name, in a process of its own. {@code -Dsyncline.fuzz.target} is the
 * target; {@code decoders} is all that are fast, of which the first byte of an input chooses one.
 */
public final class JazzerEntry {
    private static final String ALL = "decoders";

    private static List<Target> targets = List.of();
    private static Optional<Path> folder = Optional.empty();

    private JazzerEntry() {}

    /** Opens the target. */
    public static void fuzzerInitialize() throws IOException {
        String wanted = System.getProperty("syncline.fuzz.target", ALL);
        Path made = Files.createTempDirectory("fuzz");
        folder = Optional.of(made);
        List<String> names = wanted.equals(ALL) ? Targets.decoders() : List.of(wanted);
        List<Target> opened = new ArrayList<>();
        for (String name : names) {
            opened.add(Targets.open(name, made.resolve(name)));
        }
        targets = List.copyOf(opened);
    }

    /** Tries an input; what is thrown is what is sought. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (targets.size() == 1) {
            Trying.run(targets.getFirst(), input);
        } else if (input.length > 0) {
            Target target = targets.get((input[0] & 0xFF) % targets.size());
            Trying.run(target, Arrays.copyOfRange(input, 1, input.length));
        }
    }

    /** Closes the target. */
    public static void fuzzerTearDown() throws IOException {
        targets.forEach(Target::close);
        if (folder.isPresent()) {
            try (var all = Files.walk(folder.get())) {
                all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
    }
}
