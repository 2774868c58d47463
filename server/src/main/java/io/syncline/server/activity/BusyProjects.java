package io.syncline.server.activity;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/**
 * How long requests about single projects took within the last half to whole hour, of at most
 * {@value #PROJECTS_MAX} projects at once: where there are more, the tenth of them with the fewest
 * requests makes room. Up to 4 MB. Thread-safe.
 */
final class BusyProjects {
    static final int PROJECTS_MAX = 1_000;

    /** So many go at once, so that they needn't be looked through for each new one. */
    static final int LEAVING = PROJECTS_MAX / 10;

    /** Two such spans are counted, the older one whole. */
    private static final Duration SPAN = Duration.ofMinutes(30);

    /** What is known of one project. */
    record Busy(String project, long requests, double p50Millis, double p99Millis) {
        static Busy none(String project) {
            return new Busy(project, 0, 0, 0);
        }
    }

    private Map<String, Times> older = new HashMap<>();
    private Map<String, Times> newer = new HashMap<>();
    private Instant turned = Instant.EPOCH;

    void answered(String project, long nanos, Instant now) {
        Times times;
        synchronized (this) {
            turn(now);
            Times known = newer.get(project);
            if (known == null) {
                makeRoom();
                known = new Times();
                newer.put(project, known);
            }
            times = known;
        }
        times.add(nanos);
    }

    private void turn(Instant now) {
        if (!now.isBefore(turned.plus(SPAN))) {
            older = now.isBefore(turned.plus(SPAN.multipliedBy(2))) ? newer : new HashMap<>();
            newer = new HashMap<>();
            turned = now;
        }
    }

    private void makeRoom() {
        if (newer.size() == PROJECTS_MAX) {
            var counts = new HashMap<String, Long>();
            newer.forEach((project, times) -> counts.put(project, times.count()));
            counts.entrySet().stream()
                    .sorted(Entry.comparingByValue())
                    .limit(LEAVING)
                    .map(Entry::getKey)
                    .forEach(newer::remove);
        }
    }

    /** One project's figures. */
    synchronized Busy of(String project, Instant now) {
        turn(now);
        Times both = new Times();
        for (Map<String, Times> span : List.of(older, newer)) {
            Times times = span.get(project);
            if (times != null) {
                both.add(times);
            }
        }
        long count = both.count();
        return count == 0
                ? Busy.none(project)
                : new Busy(project, count, both.quantileMillis(0.5), both.quantileMillis(0.99));
    }

    /** The first of all in this order. */
    synchronized List<Busy> first(Comparator<Busy> order, int limit, Instant now) {
        turn(now);
        Map<String, Times> all = new HashMap<>(older);
        all.putAll(newer);
        return all.keySet().stream()
                .map(project -> of(project, now))
                .sorted(order)
                .limit(limit)
                .toList();
    }
}
