package io.syncline.system.concurrency;

import io.syncline.core.tree.Node;
import io.syncline.system.concurrency.Recorded.Committed;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Which heads a request can have met: at least the highest sequence that was answered before it was
 * sent, at most the highest that was asked for before it was answered.
 */
final class Timeline {
    /** By the end of a commit, the highest sequence answered by then. */
    private final NavigableMap<Long, Long> answered = new TreeMap<>();

    /** By the begin of a commit, the highest sequence asked for by then. */
    private final NavigableMap<Long, Long> asked = new TreeMap<>();

    Timeline(List<Committed> commits) {
        fill(answered, commits, Committed::end);
        fill(asked, commits, Committed::begin);
    }

    private static void fill(
            NavigableMap<Long, Long> into,
            List<Committed> commits,
            ToLongFunction<Committed> moment) {
        long highest = 0;
        for (Committed commit :
                commits.stream().sorted(Comparator.comparingLong(moment)).toList()) {
            highest = Math.max(highest, last(commit));
            into.put(moment.applyAsLong(commit), highest);
        }
    }

    /** The last sequence that a commit got; 0 where it got none. */
    private static long last(Committed commit) {
        List<Node> versions = commit.versions();
        return versions.isEmpty() ? 0 : versions.getLast().sequence();
    }

    /** The lowest head that what was sent then can meet. */
    long headMin(long begin) {
        var before = answered.lowerEntry(begin);
        return before == null ? 0 : before.getValue();
    }

    /** The highest head that what was answered then can have met. */
    long headMax(long end) {
        var before = asked.floorEntry(end);
        return before == null ? 0 : before.getValue();
    }
}
