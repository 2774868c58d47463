package io.syncline.server.rate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two token buckets for each of the {@value #KEPT_MAX} callers that asked last: requests, and
 * bytes. Bytes are paid after they went, so their bucket may be overdrawn, by no more than it
 * holds. Whoever asked longer ago counts as having full ones. Thread-safe.
 */
final class Buckets<K> {
    static final int KEPT_MAX = 50_000;

    @GuardedBy("this")
    private final Map<K, Levels> kept =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<K, Levels> eldest) {
                    return size() > KEPT_MAX;
                }
            };

    /** What is left, and since when nothing was added. */
    private static final class Levels {
        private double requests;
        private double bytes;
        private long atMillis;
    }

    /** What flows in, and how much a bucket holds. */
    record Flow(double requestsPerSecond, double bytesPerSecond, double burstSeconds) {
        double requestsMax() {
            return Math.max(1, requestsPerSecond * burstSeconds);
        }

        double bytesMax() {
            return bytesPerSecond * burstSeconds;
        }
    }

    /** How long until a request may be made; nothing where it may be made now. */
    record Wait(Duration requests, Duration bytes) {
        static final Wait NONE = new Wait(Duration.ZERO, Duration.ZERO);

        boolean isNone() {
            return requests.isZero() && bytes.isZero();
        }

        Duration longer() {
            return requests.compareTo(bytes) > 0 ? requests : bytes;
        }
    }

    /** Takes a request where it may be made; where it may not, nothing is taken. */
    synchronized Wait takeRequest(K key, Flow flow, long nowMillis) {
        Levels levels = levels(key, flow, nowMillis);
        if (levels.requests >= 1 && levels.bytes >= 0) {
            levels.requests--;
            return Wait.NONE;
        }
        return new Wait(
                wait(1 - levels.requests, flow.requestsPerSecond()),
                wait(-levels.bytes, flow.bytesPerSecond()));
    }

    private static Duration wait(double lacking, double perSecond) {
        return lacking <= 0
                ? Duration.ZERO
                : Duration.ofMillis((long) Math.ceil(1_000 * lacking / perSecond));
    }

    /** Gives a request back that was taken and isn't made. */
    synchronized void giveBackRequest(K key, Flow flow, long nowMillis) {
        levels(key, flow, nowMillis).requests++;
    }

    /** Takes bytes that went. */
    synchronized void takeBytes(K key, Flow flow, long count, long nowMillis) {
        Levels levels = levels(key, flow, nowMillis);
        levels.bytes = Math.max(-flow.bytesMax(), levels.bytes - count);
    }

    /** How many are kept. */
    synchronized int size() {
        return kept.size();
    }

    @GuardedBy("this")
    private Levels levels(K key, Flow flow, long nowMillis) {
        @Nullable Levels levels = kept.get(key);
        if (levels == null) {
            levels = new Levels();
            levels.requests = flow.requestsMax();
            levels.bytes = flow.bytesMax();
            levels.atMillis = nowMillis;
            kept.put(key, levels);
            return levels;
        }
        // A clock that was set back adds nothing.
        double seconds = Math.max(0, nowMillis - levels.atMillis) / 1e3;
        levels.atMillis = nowMillis;
        levels.requests =
                Math.min(flow.requestsMax(), levels.requests + seconds * flow.requestsPerSecond());
        levels.bytes = Math.min(flow.bytesMax(), levels.bytes + seconds * flow.bytesPerSecond());
        return levels;
    }
}
