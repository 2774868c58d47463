package io.syncline.client.api;

import io.syncline.client.api.Traffic.Category;
import io.syncline.client.api.Traffic.Count;
import java.util.EnumMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes over the wire. Thread-safe. */
final class TrafficMeter {
    private static final class Counter {
        final LongAdder requests = new LongAdder();
        final LongAdder sent = new LongAdder();
        final LongAdder received = new LongAdder();
    }

    private final EnumMap<Category, Counter> counters = new EnumMap<>(Category.class);

    TrafficMeter() {
        for (Category category : Category.values()) {
            counters.put(category, new Counter());
        }
    }

    private Counter of(Category category) {
        Counter counter = counters.get(category);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + category);
        }
        return counter;
    }

    void request(Category category, long headerBytes) {
        of(category).requests.increment();
        sent(category, headerBytes);
    }

    void sent(Category category, long bytes) {
        of(category).sent.add(bytes);
    }

    void received(Category category, long bytes) {
        of(category).received.add(bytes);
    }

    Traffic read() {
        var counts = new EnumMap<Category, Count>(Category.class);
        counters.forEach((category, counter) ->
                counts.put(
                        category,
                        new Count(
                                counter.requests.sum(),
                                counter.sent.sum(),
                                counter.received.sum())));
        return new Traffic(counts);
    }
}
