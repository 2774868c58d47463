package io.syncline.system.mutation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/**
 * Runs worlds without a protection, seed by seed, until an oracle fails that doesn't fail with it.
 * For one thread.
 */
final class Campaign {
    private static final String WORLDS = "io.syncline.system.sim.Worlds";
    private static final int STEPS = 40;
    private static final int DEVICES = 3;

    /** A world that takes longer than this never ends. */
    private static final Duration WORLD_MAX = Duration.ofMinutes(3);

    private final long seedsMax;
    private final Path scratch;
    private final Loaded sound;
    private final Map<String, Boolean> passes = new HashMap<>();

    /**
     * @param seedsMax how many worlds are tried for each mutation
     * @param scratch where simulated devices may have files
     */
    Campaign(long seedsMax, Path scratch) {
        this.seedsMax = seedsMax;
        this.scratch = scratch;
        this.sound = new Loaded(Campaign.class.getClassLoader(), scratch);
    }

    /** The simulator as one loader knows it. */
    private record Loaded(BiFunction<String, long[], List<String>> worlds) {
        @SuppressWarnings("unchecked") // Worlds says so.
        Loaded(ClassLoader loader, Path scratch) {
            this((BiFunction<String, long[], List<String>>) made(loader, scratch));
        }

        private static Object made(ClassLoader loader, Path scratch) {
            try {
                return loader.loadClass(WORLDS).getConstructor(Path.class).newInstance(scratch);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the simulator can't be loaded", e);
            }
        }

        /** Oracle, reason and story of what failed; empty if nothing did. */
        List<String> run(Mutation mutation, long seed) {
            return worlds.apply(mutation.climate().name(), new long[] {seed, STEPS, DEVICES});
        }
    }

    /** Looks for a world in which it is noticed. */
    Finding search(Mutation mutation) {
        var mutant =
                new Loaded(new MutantLoader(mutation, Campaign.class.getClassLoader()), scratch);
        for (long seed = 1; seed <= seedsMax; seed++) {
            List<String> failed = guarded(mutant, mutation, seed);
            if (!failed.isEmpty() && passes(mutation, seed)) {
                return new Finding(
                        mutation,
                        Optional.of(
                                new Finding.Notice(
                                        failed.get(0), seed, failed.get(1), failed.get(2))),
                        seed);
            }
        }
        return new Finding(mutation, Optional.empty(), seedsMax);
    }

    private boolean passes(Mutation mutation, long seed) {
        return passes.computeIfAbsent(
                mutation.climate() + " " + seed, _ -> sound.run(mutation, seed).isEmpty());
    }

    /** Without a protection a world may never end, or end all of this. */
    private static List<String> guarded(Loaded mutant, Mutation mutation, long seed) {
        var result = new AtomicReference<List<String>>(List.of("ends", "the world never ends", ""));
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("mutant")
                        .start(() -> {
                            try {
                                result.set(mutant.run(mutation, seed));
                            } catch (Throwable e) {
                                result.set(List.of("defect", e.toString(), ""));
                            }
                        });
        try {
            thread.join(WORLD_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in a campaign", e);
        }
        return result.get();
    }
}
