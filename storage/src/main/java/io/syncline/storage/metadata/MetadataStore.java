package io.syncline.storage.metadata;

/**
 * A transactional store of the server's metadata.
 *
 * <p><b>Thread safety.</b> Any number of threads, virtual ones included, may call at once. A
 * transaction object belongs to the one call that it was handed to: it must not be kept or used by
 * another thread, and says {@link IllegalStateException} when used after its work returned. A work
 * must not call the store: it would wait for itself.
 *
 * <p><b>Reads.</b> All that one {@link #read} sees comes from one database snapshot, that of some
 * moment between its start and its first look: a page and the head that belongs to it never
 * contradict one another (R14), and whatever a write answered before the read began is seen. Reads
 * neither wait for writes nor delay them.
 *
 * <p><b>Writes.</b> One {@link #write} is atomic and serializable: other transactions see all of it
 * or nothing, and it sees its own changes. When {@code write} returns, the changes are durable
 * (they survive a power cut); when it throws, none of them is kept, with one exception: an {@code
 * UNAVAILABLE} failure whose message says that the outcome is unknown (the store was closed, or the
 * caller interrupted or timed out, while the write was being made durable). Every mutation may
 * therefore be repeated (L8). A work may be <em>run more than once</em>, its earlier effects on the
 * store undone before: it must do nothing outside of the transaction and must not wait for anything
 * but the transaction. What the work throws is what {@code write} throws, after everything was
 * undone. After a mutation threw, the transaction can only be given up: a work that goes on
 * regardless still fails with that. Many writes may share one commit; the failure of one never
 * fails another (R1).
 *
 * <p><b>Project lock.</b> {@link Projects.Writable#lock} orders the writes on one project: from
 * then until the transaction ends no other write holds it.
 *
 * <p><b>Absence</b> is an empty {@code Optional}, a missing key in a result map, or an empty list;
 * never null, never an exception. A duplicate where uniqueness is promised is {@code STALE}.
 *
 * <p><b>Failures</b> are {@code SynclineException}: {@code UNAVAILABLE} for a full disk, a closed
 * or unreachable store, {@code LIMITED} when too many reads or writes wait, {@code CORRUPT} when
 * the database says it is damaged, {@code INTERNAL} for anything else.
 *
 * <p><b>Time</b> is always handed in; the store keeps milliseconds.
 */
public interface MetadataStore extends AutoCloseable {
    /** Runs the work on one snapshot and returns its result. */
    <T> T read(Read<T> work);

    /** Runs the work as one atomic unit and returns its result once it is durable. */
    <T> T write(Write<T> work);

    /**
     * As {@link #write}, behind all waiting foreground writes: for sweeping, collecting and
     * rewriting (R47). The caller keeps each slice short (10 ms) and calls again. Foreground load
     * delays such a slice, never for ever: one is let through at least every 100 ms.
     */
    <T> T writeBehind(Write<T> work);

    /**
     * Finishes what is being written, refuses everything later with {@code UNAVAILABLE} and frees
     * all resources. Idempotent.
     */
    @Override
    void close();

    /** Work that only looks. */
    @FunctionalInterface
    interface Read<T> {
        /** Computes the result. */
        T run(ReadTransaction transaction);
    }

    /** Work that changes; may be run more than once. */
    @FunctionalInterface
    interface Write<T> {
        /** Makes the changes and computes the result. */
        T run(WriteTransaction transaction);
    }
}
