package io.syncline.server.activity;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took: counts in buckets that are an eighth of a power of two of microseconds
 * wide, up to two minutes, so that a quantile is off by at most an eighth. 2 KB. Thread-safe.
 */
final class Times {
    private static final int PARTS = 8;
    private static final int POWERS = 27;

    private final AtomicLongArray counts = new AtomicLongArray((POWERS + 1) * PARTS);

    /** Counts one. */
    void add(long nanos) {
        counts.incrementAndGet(bucket(TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos))));
    }

    private static int bucket(long micros) {
        if (micros < PARTS) {
            return (int) micros;
        }
        int power = Math.min(POWERS + 2, 63 - Long.numberOfLeadingZeros(micros));
        long bounded = Math.min(micros, (1L << (POWERS + 3)) - 1);
        int part = (int) (bounded >> (power - 3)) & (PARTS - 1);
        return (power - 2) * PARTS + part;
    }

    /** The upper end of a bucket. */
    private static long micros(int bucket) {
        if (bucket < PARTS) {
            return bucket + 1L;
        }
        int power = bucket / PARTS + 2;
        return (PARTS + 1L + bucket % PARTS) << (power - 3);
    }

    /** Counts all that the other did, too. */
    void add(Times other) {
        for (int i = 0; i < counts.length(); i++) {
            long more = other.counts.get(i);
            if (more > 0) {
                counts.addAndGet(i, more);
            }
        }
    }

    long count() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /** The time that this share (0..1) of them stayed below, in milliseconds; 0 without any. */
    double quantileMillis(double share) {
        long rank = (long) Math.ceil(share * count());
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return micros(i) / 1e3;
            }
        }
        return 0;
    }
}
