package io.syncline.client.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * What failed waits before it is tried again: {@value #FIRST_MILLIS} ms, doubled each time, at most
 * {@value #MAX_MILLIS} ms. What didn't fail again for {@value #REMEMBERED_MILLIS} ms after it could
 * be tried begins anew. Beyond {@value #SUBJECTS_MAX} subjects the longest waiting are forgotten,
 * which only means that they are tried earlier.
 *
 * @param <T> what fails
 */
final class Delays<T> {
    static final long FIRST_MILLIS = 50;
    static final long MAX_MILLIS = 60_000;
    static final int SUBJECTS_MAX = 10_000;

    /** Longer than any try takes, so that who fails again and again waits ever longer. */
    static final long REMEMBERED_MILLIS = 10 * 60 * 1_000;

    private record Delay(int failures, long untilMillis) {}

    private final Map<T, Delay> delays = new HashMap<>();

    /** It failed now; it waits at least {@code least}. */
    void failed(T subject, long now, long least) {
        if (delays.size() >= SUBJECTS_MAX && !delays.containsKey(subject)) {
            delays.values().removeIf(delay -> delay.untilMillis <= now + MAX_MILLIS / 2);
        }
        Delay before = delays.get(subject);
        int failures = before == null ? 1 : before.failures + 1;
        long wait = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 11));
        delays.put(subject, new Delay(failures, now + Math.max(least, wait)));
    }

    /** Forgets those that are over: they have succeeded, or nobody wants them any more. */
    void forget(long now) {
        delays.values().removeIf(delay -> delay.untilMillis + REMEMBERED_MILLIS < now);
    }

    void succeeded(T subject) {
        delays.remove(subject);
    }

    boolean waits(T subject, long now) {
        Delay delay = delays.get(subject);
        return delay != null && delay.untilMillis > now;
    }

    /** When the next one that waits may be tried; {@code Long.MAX_VALUE} if none waits. */
    long nextMillis(long now) {
        long next = Long.MAX_VALUE;
        for (Delay delay : delays.values()) {
            if (delay.untilMillis > now) {
                next = Math.min(next, delay.untilMillis);
            }
        }
        return next;
    }

    void clear() {
        delays.clear();
    }
}
