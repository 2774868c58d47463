package io.syncline.system.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** {@code ./crash}: ends processes at named places, for as long as one likes. */
public final class Crash {
    private static final String USAGE =
            """
            ./crash [PLACE…] [--minutes N] [--seed N] [--power]

            Ends a server and its clients at all named places, or these, one after another and again, for N
            minutes (15), while two people edit; starts them again, and looks whether all is equal, sound and there.
            Prints how often processes really ended where. Ends with 1 at the first fault, which leaves its
            folder and its seed, and where a place was never reached.

              --list       the places
              --minutes N  at least one visit of each is made, however long that takes; what wasn't reached
                           yet comes first
              --seed N     decides what people do and where; how processes meet is up to the machine
              --power      cuts the power of the machine's file system, too: takes root and loop devices
            """;

    private Crash() {}

    /** Runs from anywhere. */
    public static void main(String[] arguments) throws IOException {
        List<Integer> points = new ArrayList<>();
        int minutes = 15;
        long seed = System.nanoTime();
        boolean power = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--help", "-h" -> {
                    System.out.print(USAGE);
                    return;
                }
                case "--list" -> {
                    CrashPoints.ALL.forEach(point ->
                            System.out.printf(
                                    "%-24s %-12s %s of %s.%s%n",
                                    point.name(),
                                    point.scene(),
                                    point.edge(),
                                    point.className(),
                                    point.method()));
                    return;
                }
                case "--minutes" -> minutes = Integer.parseInt(arguments[++i]);
                case "--seed" -> seed = Long.parseLong(arguments[++i]);
                case "--power" -> power = true;
                default -> points.add(CrashPoints.index(arguments[i]));
            }
        }
        if (points.isEmpty()) {
            IntStream.range(0, CrashPoints.ALL.size()).forEach(points::add);
        }
        System.exit(run(points, Duration.ofMinutes(minutes), seed, power) ? 0 : 1);
    }

    private static boolean run(List<Integer> points, Duration time, long seed, boolean power)
            throws IOException {
        Path directory = Files.createTempDirectory("crash").toRealPath();
        if (power) {
            Optional<String> why = Mount.whyNot(directory);
            if (why.isPresent()) {
                System.err.println("crash: this machine can't cut power: " + why.get());
                return false;
            }
        }
        System.out.println("crash: --seed " + seed + " in " + directory);
        String at = "the beginning";
        long deadline = System.nanoTime() + time.toNanos();
        int rounds = 0;
        try (CrashLoop loop = new CrashLoop(directory, seed, power)) {
            Random order = new Random(seed);
            boolean first = true;
            do {
                Collections.shuffle(points, order);
                points.sort(Comparator.comparingInt(loop::visits));
                List<Integer> left = new ArrayList<>(points);
                while (!left.isEmpty() && (first || System.nanoTime() < deadline)) {
                    // Another place may be passed before it: then this one has its turn again.
                    int point = left.getFirst();
                    at = CrashPoints.ALL.get(point).name();
                    long began = System.nanoTime();
                    Optional<Integer> where = loop.visit(point, unreached(loop, points));
                    left.removeIf(where.orElse(point)::equals);
                    rounds++;
                    System.out.printf(
                            "%4d %-24s %s, %d ms%n",
                            rounds,
                            at,
                            where.map(CrashPoints.ALL::get)
                                    .map(place -> "ended at " + place.name())
                                    .orElse("not reached"),
                            (System.nanoTime() - began) / 1_000_000);
                }
                first = false;
            } while (System.nanoTime() < deadline);
            return report(loop, points, rounds);
        } catch (AssertionError | RuntimeException e) {
            System.err.println("crash: at " + at + ", --seed " + seed + " in " + directory);
            e.printStackTrace();
            return false;
        }
    }

    private static List<Integer> unreached(CrashLoop loop, List<Integer> points) {
        return points.stream().filter(point -> loop.visits(point) == 0).toList();
    }

    private static boolean report(CrashLoop loop, List<Integer> points, int rounds) {
        int never = 0;
        System.out.println("| place | ended there | passed |\n|---|---|---|");
        Collections.sort(points);
        for (int point : points) {
            never += loop.visits(point) == 0 ? 1 : 0;
            System.out.printf(
                    "| `%s` | %d | %,d |%n",
                    CrashPoints.ALL.get(point).name(), loop.visits(point), loop.passes(point));
        }
        System.out.println(
                rounds
                        + " rounds, "
                        + never
                        + " places never reached, "
                        + loop.wanted()
                        + " saved versions found at the end");
        return never == 0;
    }
}
