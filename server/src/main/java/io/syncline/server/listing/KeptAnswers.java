package io.syncline.server.listing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was answered to a question about a listing, for as long as the listing has the version that
 * it had then. A question has at most one answer kept. Thread-safe.
 */
final class KeptAnswers<Q, A> {
    private record Kept<A>(long version, A answer, long bytes) {}

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

    /** The answer of exactly this version. */
    Optional<A> get(Q question, long version) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(question))
                    .filter(found -> found.version() == version)
                    .map(Kept::answer);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps an answer instead of what was kept; one that is too large for all is let go at once.
     */
    void put(Q question, long version, A answer, long bytes) {
        lock.lock();
        try {
            Kept<A> old = kept.put(question, new Kept<>(version, answer, bytes));
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
