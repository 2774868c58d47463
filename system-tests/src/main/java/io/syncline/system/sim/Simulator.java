package io.syncline.system.sim;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Runs many worlds, each twice, and tells which failed and how. */
final class Simulator {
    /**
     * Runs in which a history must come again. More than one, because on a busy machine the
     * platform's thread that resumes who waited for a monitor is now and then later than its fence;
     * that is told, and fails only where no history comes twice.
     */
    private static final int RERUNS_MAX = 4;

    /** How often a history is run to make it shorter. */
    private static final int SHRINK_RUNS_MAX = 400;

    private final Wishes wishes;
    private final PrintWriter out;
    private final Path scratch;

    /**
     * What is to be run.
     *
     * @param seed of the first world; each further one has the next
     * @param steps actions from outside in each
     * @param climate what happens more often than elsewhere
     * @param minutes no world begins after so long; 0 for no limit
     * @param trace where what happens in the last world is written down; of its second run beside
     *     it, with {@code .again}
     * @param shrink whether histories that fail are made shorter
     * @param twice whether each seed is run twice, to see that it is one history
     * @param verbose whether each world gets a line
     */
    record Wishes(
            long seed,
            long seeds,
            int steps,
            int devices,
            Climate climate,
            int minutes,
            Optional<Path> trace,
            boolean shrink,
            boolean twice,
            boolean verbose) {}

    /**
     * What came of it.
     *
     * @param steps steps of the kernel in all of them
     * @param cpuMillis processor time
     */
    record Summary(long passed, List<Failed> failed, long steps, long cpuMillis) {}

    /** A seed that failed. */
    record Failed(long seed, World.Failure failure) {}

    Simulator(Wishes wishes, PrintWriter out, Path scratch) {
        this.wishes = wishes;
        this.out = out;
        this.scratch = scratch;
    }

    Summary run() {
        long start = System.nanoTime();
        long cpu = cpuMillis();
        long steps = 0;
        long passed = 0;
        var failed = new ArrayList<Failed>();
        for (long seed = wishes.seed(); seed < wishes.seed() + wishes.seeds(); seed++) {
            if (wishes.minutes() > 0
                    && System.nanoTime() - start > wishes.minutes() * 60_000_000_000L) {
                break;
            }
            World.Plan plan =
                    World.Plan.of(seed, wishes.steps(), wishes.devices(), wishes.climate());
            World.Result result = traced(plan, "");
            steps += result.steps();
            Optional<World.Failure> failure = result.failure();
            if (failure.isEmpty() && wishes.twice()) {
                var hashes = new LinkedHashSet<String>();
                hashes.add(result.hash());
                boolean same = false;
                for (int run = 0; run < RERUNS_MAX && !same; run++) {
                    World.Result again = traced(plan, ".again");
                    steps += again.steps();
                    same = !hashes.add(again.hash());
                }
                if (hashes.size() > 1) {
                    out.println("seed " + seed + " wasn't one history at once: " + hashes);
                }
                if (!same) {
                    failure =
                            Optional.of(
                                    new World.Failure(
                                            "one seed is one history", hashes.toString()));
                }
            }
            if (wishes.verbose()) {
                out.println(
                        "seed "
                                + seed
                                + ": "
                                + result.steps()
                                + " steps, trace "
                                + result.hash().substring(0, 16)
                                + failure.map(why -> ", failed: " + why.oracle()).orElse(""));
                out.flush();
            }
            if (failure.isPresent()) {
                failed.add(new Failed(seed, failure.get()));
                tell(plan, failure.get());
            } else {
                passed++;
            }
        }
        return new Summary(passed, failed, steps, cpuMillis() - cpu);
    }

    private static long cpuMillis() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000;
    }

    private World.Result traced(World.Plan plan, String suffix) {
        if (wishes.trace().isEmpty()) {
            return World.run(plan, new Trace(), scratch);
        }
        try (BufferedWriter lines =
                Files.newBufferedWriter(Path.of(wishes.trace().get() + suffix))) {
            return World.run(plan, new Trace(lines), scratch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(World.Plan plan, World.Failure failure) {
        out.println("seed " + plan.seed() + " failed: " + failure.oracle());
        out.println("  " + failure.why());
        if (wishes.shrink()) {
            List<Action> shortest =
                    Shrinker.shrink(
                            plan.history(),
                            history -> failsAlike(plan, history, failure),
                            SHRINK_RUNS_MAX);
            out.println("  shrunk to " + shortest.size() + " of " + plan.history().size() + ":");
            World.Plan shrunk = plan.with(shortest);
            World.Result result = traced(shrunk, "");
            result.failure().ifPresent(why -> out.println("  " + why.why()));
            result.story().forEach(line -> out.println("    " + line));
        }
        out.flush();
    }

    private boolean failsAlike(World.Plan plan, List<Action> history, World.Failure failure) {
        return World.run(plan.with(history), new Trace(), scratch)
                .failure()
                .filter(other -> other.oracle().equals(failure.oracle()))
                .isPresent();
    }
}
