package io.syncline.system.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a history shorter that fails: leaves out halves, then quarters, and so on down to single
 * actions, as long as it still fails (Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002).
 */
final class Shrinker {
    private Shrinker() {}

    /**
     * A part of the history that fails as well.
     *
     * @param runsMax how often it is tried at most; then the shortest one so far is it
     */
    static List<Action> shrink(List<Action> history, Predicate<List<Action>> fails, int runsMax) {
        List<Action> shortest = history;
        int runs = 0;
        for (int part = Math.max(1, history.size() / 2); ; part /= 2) {
            boolean shorter = true;
            while (shorter) {
                shorter = false;
                for (int from = 0; from < shortest.size() && runs < runsMax; ) {
                    int to = Math.min(shortest.size(), from + part);
                    var rest = new ArrayList<>(shortest.subList(0, from));
                    rest.addAll(shortest.subList(to, shortest.size()));
                    runs++;
                    if (fails.test(rest)) {
                        shortest = List.copyOf(rest);
                        shorter = part == 1;
                    } else {
                        from = to;
                    }
                }
                shorter &= runs < runsMax;
            }
            if (part == 1 || runs >= runsMax) {
                return shortest;
            }
        }
    }
}
