package io.syncline.server.listing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was answered last to questions about listings; what the answers are worth by now, the caller
 * judges. A question has at most one answer kept. Thread-safe.
 */
final class KeptAnswers<Q, A> {
    private record Kept<A>(A answer, long bytes) {}

    private final long bytesMax;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final LinkedHashMap<Q, Kept<A>> kept = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("lock")
    private long keptBytes;

    /**
     * Keeps nothing yet.
     *
     * @param bytesMax most memory that answers take, as {@link #put} is told; those unused longest
     *     go first
     */
    KeptAnswers(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The answer given last. */
    Optional<A> get(Q question) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(question)).map(Kept::answer);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps an answer instead of what was kept; one that is too large for all is let go at once.
     */
    void put(Q question, A answer, long bytes) {
        lock.lock();
        try {
            Kept<A> old = kept.put(question, new Kept<>(answer, bytes));
            keptBytes += bytes - (old == null ? 0 : old.bytes());
            var eldest = kept.entrySet().iterator();
            while (keptBytes > bytesMax && eldest.hasNext()) {
                keptBytes -= eldest.next().getValue().bytes();
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    long keptBytes() {
        lock.lock();
        try {
            return keptBytes;
        } finally {
            lock.unlock();
        }
    }
}
