package io.syncline.system.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs simulations from the command line; see docs/simulator.md. */
public final class Sim {
    private static final String USAGE =
            """
            Usage: syncline sim [--seed N] [--seeds COUNT] [--steps M] [--devices D] [--minutes T]
                                [--climate NAME] [--trace FILE] [--shrink] [--once] [--verbose]
                   syncline sim --mutations [NAME...]

            Runs the real client and server in simulated worlds, COUNT of them from seed N on, each with
            M actions of people and of fate on D devices, and checks the laws afterwards.

              --seed     of the first world (1)
              --seeds    how many worlds (100)
              --steps    actions from outside in each (60)
              --devices  in each world, 2..8 (3)
              --climate  what happens often, such as network (mixed); see docs/simulator.md
              --minutes  begins no world after so many minutes
              --trace    writes down what happens in the last world
              --shrink   looks for the shortest history that still fails
              --once     runs each seed once, not twice to see that it is one history
              --verbose  a line for each world

            With --mutations it removes protections and sees whether that is noticed; see docs/mutations.md.
            """;

    private Sim() {}

    /** Exits with 0 where all passed, 1 where some failed, 2 where it was called wrongly. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("logback.configurationFile", "io/syncline/system/sim/logback.xml");
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        Simulator.Wishes wishes;
        try {
            wishes = wishes(arguments);
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage() == null ? "" : e.getMessage());
            out.println(USAGE);
            System.exit(2);
            return;
        }
        Path scratch = Files.createTempDirectory("syncline-sim");
        try {
            Simulator.Summary summary = new Simulator(wishes, out, scratch).run();
            out.println(
                    summary.steps()
                            + " steps in "
                            + summary.cpuMillis() / 1_000
                            + " s of processor time");
            out.println(summary.passed() + " passed, " + summary.failed().size() + " failed");
            System.exit(summary.failed().isEmpty() ? 0 : 1);
        } finally {
            delete(scratch);
        }
    }

    private static Simulator.Wishes wishes(String[] arguments) {
        long seed = 1;
        long seeds = 100;
        int steps = 60;
        int devices = 3;
        Climate climate = Climate.MIXED;
        int minutes = 0;
        Optional<Path> trace = Optional.empty();
        boolean shrink = false;
        boolean twice = true;
        boolean verbose = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--shrink" -> shrink = true;
                case "--once" -> twice = false;
                case "--verbose" -> verbose = true;
                default -> {
                    String name = arguments[i];
                    i++;
                    if (i == arguments.length) {
                        throw new IllegalArgumentException(
                                name + " is no option, or lacks a value");
                    }
                    String value = arguments[i];
                    switch (name) {
                        case "--seed" -> seed = Long.parseLong(value);
                        case "--seeds" -> seeds = Long.parseLong(value);
                        case "--steps" -> steps = number(value, 1, 100_000);
                        case "--devices" -> devices = number(value, 2, 8);
                        case "--climate" ->
                                climate = Climate.valueOf(value.toUpperCase(Locale.ROOT));
                        case "--minutes" -> minutes = number(value, 1, 100_000);
                        case "--trace" -> trace = Optional.of(Path.of(value));
                        default -> throw new IllegalArgumentException("no option " + name);
                    }
                }
            }
        }
        return new Simulator.Wishes(
                seed, seeds, steps, devices, climate, minutes, trace, shrink, twice, verbose);
    }

    private static int number(String value, int min, int max) {
        int number = Integer.parseInt(value);
        if (number < min || number > max) {
            throw new IllegalArgumentException(value + " isn't " + min + ".." + max);
        }
        return number;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
