package io.syncline.system.sim;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs simulations from the command line. */
public final class Sim {
    private Sim() {}

    /** See docs/simulator.md. */
    public static void main(String[] arguments) throws IOException {
        long seed = 1;
        long seeds = 1;
        int steps = 60;
        int devices = 3;
        Path trace = null;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--seed" -> seed = Long.parseLong(value);
                case "--seeds" -> seeds = Long.parseLong(value);
                case "--steps" -> steps = Integer.parseInt(value);
                case "--devices" -> devices = Integer.parseInt(value);
                case "--trace" -> trace = Path.of(value);
                default -> throw new IllegalArgumentException(arguments[i]);
            }
        }
        Path scratch = Files.createTempDirectory("syncline-sim");
        int failed = 0;
        long start = System.nanoTime();
        long total = 0;
        for (long one = seed; one < seed + seeds; one++) {
            World.Plan plan = World.Plan.of(one, steps, devices);
            World.Result result;
            if (trace != null) {
                try (BufferedWriter lines = Files.newBufferedWriter(trace)) {
                    result = World.run(plan, new Trace(lines), scratch);
                }
            } else {
                result = World.run(plan, new Trace(), scratch);
            }
            total += result.steps();
            if (result.failure().isPresent()) {
                failed++;
                System.out.println("seed " + one + " failed: " + result.failure().get());
            }
        }
        System.out.println(total + " steps in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        System.out.println((seeds - failed) + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
