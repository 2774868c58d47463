package io.syncline.server.checkpoint;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.WriteTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes what comes while a transaction runs into the next one together (R49): a thousand replicas
 * that checkpoint at one head cost a few transactions, each behind the commits. Thread-safe; the
 * callers are the only threads.
 *
 * @param <T> what is put
 */
final class CheckpointGroups<T> {
    /** Most in one transaction: a few milliseconds. */
    static final int GROUP_MAX = 128;

    private final MetadataStore store;
    private final BiFunction<WriteTransaction, T, Runnable> put;
    private final ConcurrentLinkedQueue<Waiting<T>> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock leader = new ReentrantLock();

    /** One caller's; written by the leader, read under its lock. */
    private static final class Waiting<T> {
        private final T value;
        private boolean done;
        private @Nullable RuntimeException failure;

        Waiting(T value) {
            this.value = value;
        }
    }

    /**
     * Groups for this store.
     *
     * @param put checks one, changing nothing, and returns what writes it; what the check throws is
     *     its own caller's, what the write throws is the whole group's
     */
    CheckpointGroups(MetadataStore store, BiFunction<WriteTransaction, T, Runnable> put) {
        this.store = store;
        this.put = put;
    }

    /** Puts it, alone or with others; returns once it is durable, or throws why it isn't. */
    void put(T value) {
        Waiting<T> mine = new Waiting<>(value);
        queue.add(mine);
        leader.lock();
        try {
            while (!mine.done) {
                writeGroup();
            }
        } finally {
            leader.unlock();
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
    }

    private void writeGroup() {
        List<Waiting<T>> group = new ArrayList<>();
        for (Waiting<T> next = queue.poll(); next != null; next = queue.poll()) {
            group.add(next);
            if (group.size() == GROUP_MAX) {
                break;
            }
        }
        try {
            store.writeBehind(write -> {
                group.forEach(one -> one.failure = putOne(write, one.value));
                return group.size();
            });
        } catch (RuntimeException e) {
            group.forEach(one -> one.failure = e);
        } finally {
            group.forEach(one -> one.done = true);
        }
    }

    private @Nullable RuntimeException putOne(WriteTransaction write, T value) {
        Runnable change;
        try {
            change = put.apply(write, value);
        } catch (RuntimeException e) {
            return e;
        }
        change.run();
        return null;
    }
}
