package io.syncline.system.concurrency;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What was asked and answered, by all threads. Thread-safe. */
final class Recording {
    private final Queue<Recorded> all = new ConcurrentLinkedQueue<>();

    void add(Recorded recorded) {
        all.add(recorded);
    }

    /** Those of one kind, as they were added. */
    <T extends Recorded> List<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
