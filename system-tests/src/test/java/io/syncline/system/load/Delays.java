package io.syncline.system.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often something took how many milliseconds; can be sent as a word and added up. */
final class Delays {
    private final TreeMap<Long, Long> counts = new TreeMap<>();
    private long count;

    /** One that took so long. */
    void add(long nanos) {
        add(nanos / 1_000_000, 1);
    }

    private void add(long millis, long more) {
        counts.merge(millis, more, Long::sum);
        count += more;
    }

    /** All of the others'. */
    void addAll(Delays others) {
        others.counts.forEach(this::add);
    }

    void clear() {
        counts.clear();
        count = 0;
    }

    /** How many there are. */
    long count() {
        return count;
    }

    /** The nearest rank, in milliseconds; 0 where there is none. */
    long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (Map.Entry<Long, Long> entry : counts.entrySet()) {
            seen += entry.getValue();
            if (seen >= rank) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** {@code millis:count,…}, or {@code -}. */
    String format() {
        return counts.isEmpty()
                ? "-"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .collect(Collectors.joining(","));
    }

    static Delays parse(String text) {
        Delays delays = new Delays();
        if (!text.equals("-")) {
            for (String entry : text.split(",", -1)) {
                int colon = entry.indexOf(':');
                delays.add(
                        Long.parseLong(entry.substring(0, colon)),
                        Long.parseLong(entry.substring(colon + 1)));
            }
        }
        return delays;
    }

    /** For a table. */
    String describe() {
        return "%,d / %,d / %,d ms".formatted(quantile(0.5), quantile(0.99), quantile(1));
    }
}
