package io.syncline.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** {@code ./chaos}: disturbs a cluster for as long as one likes. */
public final class Chaos {
    private static final String USAGE =
            """
            ./chaos [DISTURBANCE…] [--minutes N] [--seed N]

            Runs three nodes over PostgreSQL, Redis and an S3 service, and three devices whose people edit, and
            lets all disturbances, or these, happen one after another and again, for N minutes (15). After each it
            takes the time until saves travel again; after each round it looks whether all is equal, sound and
            there. Ends with 1 at the first fault, which leaves its folder and its seed.

              --list       the disturbances
              --minutes N  at least one round is made, however long that takes
              --seed N     decides what people do and when; how processes meet is up to the machine
            """;

    private Chaos() {}

    /** Runs from anywhere. */
    public static void main(String[] arguments) throws IOException {
        List<Disturbance> disturbances = new ArrayList<>();
        int minutes = 15;
        long seed = System.nanoTime();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--help", "-h" -> {
                    System.out.print(USAGE);
                    return;
                }
                case "--list" -> {
                    for (Disturbance each : Disturbance.values()) {
                        System.out.println(each.name());
                    }
                    return;
                }
                case "--minutes" -> minutes = Integer.parseInt(arguments[++i]);
                case "--seed" -> seed = Long.parseLong(arguments[++i]);
                default -> disturbances.add(Disturbance.valueOf(arguments[i]));
            }
        }
        if (disturbances.isEmpty()) {
            disturbances.addAll(Arrays.asList(Disturbance.values()));
        }
        System.exit(run(disturbances, Duration.ofMinutes(minutes), seed) ? 0 : 1);
    }

    private static boolean run(List<Disturbance> disturbances, Duration time, long seed)
            throws IOException {
        Path directory = Files.createTempDirectory("chaos").toRealPath();
        System.out.println("chaos: --seed " + seed + " in " + directory);
        long deadline = System.nanoTime() + time.toNanos();
        List<ChaosLoop.Outcome> outcomes = new ArrayList<>();
        String at = "the beginning";
        try (ChaosLoop loop = new ChaosLoop(directory, seed)) {
            Random order = new Random(seed);
            do {
                Collections.shuffle(disturbances, order);
                for (Disturbance disturbance : disturbances) {
                    at = disturbance.text();
                    long most = disturbance.longest().toMillis();
                    Duration lasts = Duration.ofMillis(most / 2 + order.nextLong(most / 2));
                    ChaosLoop.Outcome outcome = loop.disturb(disturbance, lasts);
                    outcomes.add(outcome);
                    System.out.printf(
                            "%3d %-20s for %5.1f s, saves travel again after %5.1f s%n",
                            outcomes.size(),
                            at,
                            outcome.lasted().toMillis() / 1e3,
                            outcome.recovered().toMillis() / 1e3);
                }
                at = "the look at everything";
                System.out.printf("    equal after %.1f s%n", loop.settle().toMillis() / 1e3);
            } while (System.nanoTime() < deadline);
            System.out.println(
                    "| disturbance | times | lasted on average | saves travel again after, median"
                            + " | at most |\n|---|---|---|---|---|");
            ChaosLoop.table(outcomes).forEach(System.out::println);
            System.out.println(loop.wanted() + " saved versions found at the end");
            return true;
        } catch (Exception | AssertionError e) {
            System.err.println("chaos: at " + at + ", --seed " + seed + " in " + directory);
            e.printStackTrace();
            return false;
        }
    }
}
