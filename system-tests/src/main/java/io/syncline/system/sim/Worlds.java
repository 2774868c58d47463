package io.syncline.system.sim;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Runs single worlds for callers that loaded the simulator with another loader: it speaks of what
 * the platform knows only. A world is asked for by the name of its climate and by its seed, steps
 * and devices; the answer is empty if it passed, or names the oracle that failed, says why, and
 * tells what happened before.
 */
public final class Worlds implements BiFunction<String, long[], List<String>> {
    private final Path scratch;

    /**
     * @param scratch where devices may have files
     */
    public Worlds(Path scratch) {
        this.scratch = scratch;
    }

    @Override
    public List<String> apply(String climate, long[] what) {
        World.Plan plan =
                World.Plan.of(
                        what[0],
                        Math.toIntExact(what[1]),
                        Math.toIntExact(what[2]),
                        Climate.valueOf(climate));
        World.Result result = World.run(plan, new Trace(), scratch);
        Optional<World.Failure> failure = result.failure();
        return failure.isEmpty()
                ? List.of()
                : List.of(
                        failure.get().oracle(),
                        failure.get().why(),
                        String.join("\n", result.story()));
    }
}
