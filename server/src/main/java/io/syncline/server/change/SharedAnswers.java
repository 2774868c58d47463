package io.syncline.server.change;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Lets equal questions that come together share one answer: who finds a computation that another
 * began and hasn't <em>started to look</em> yet waits for it. Nothing is kept longer than it is
 * computed, so this is no cache and its size is bounded by the requests in flight. Thread-safe.
 *
 * <p>A reader must see what was committed before it asked. So a question joins only a computation
 * whose look at the store comes after it: the one that is queued behind the one that is running.
 */
final class SharedAnswers<K, V> {
    private final ConcurrentHashMap<K, CompletableFuture<V>> queued = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();

    /** The answer, computed by this thread or by one that asked the same. */
    V get(K key, Supplier<V> compute) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> found = queued.putIfAbsent(key, mine);
        if (found != null) {
            return join(found);
        }
        // This thread leads the queued computation; it begins when the running one is over.
        CompletableFuture<V> before = running.get(key);
        if (before != null) {
            before.handle((_, _) -> true).join();
        }
        running.put(key, mine);
        // From here on nobody may join: the look at the store comes next.
        queued.remove(key, mine);
        try {
            mine.complete(compute.get());
        } catch (Throwable failure) {
            mine.completeExceptionally(failure);
        } finally {
            running.remove(key, mine);
        }
        return join(mine);
    }

    private static <V> V join(CompletableFuture<V> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
