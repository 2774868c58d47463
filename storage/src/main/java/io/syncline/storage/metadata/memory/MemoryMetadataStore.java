package io.syncline.storage.metadata.memory;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.MetadataStore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Metadata in memory. A read looks at the tables as they were when it began; writes run one at a
 * time on a copy, which replaces the tables when the work succeeded.
 */
public final class MemoryMetadataStore implements MetadataStore {
    private final ReentrantLock writer = new ReentrantLock();
    private volatile Tables tables = new Tables();
    private volatile boolean closed;

    /** An empty store. */
    public MemoryMetadataStore() {}

    /** A store of its own that holds what this one holds now: a backup, or a restored one. */
    public MemoryMetadataStore copy() {
        MemoryMetadataStore copy = new MemoryMetadataStore();
        copy.tables = new Tables(tables);
        return copy;
    }

    @Override
    public <T> T read(Read<T> work) {
        checkOpen();
        try (MemoryTransaction transaction = new MemoryTransaction(new Tables(tables))) {
            return work.run(transaction);
        }
    }

    @Override
    public <T> T write(Write<T> work) {
        writer.lock();
        try {
            checkOpen();
            Tables copy = new Tables(tables);
            T result;
            try (MemoryTransaction transaction = new MemoryTransaction(copy)) {
                result = work.run(transaction);
                if (transaction.failure() != null) {
                    throw transaction.failure();
                }
            }
            tables = copy;
            return result;
        } finally {
            writer.unlock();
        }
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        return write(work);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
        }
    }
}
