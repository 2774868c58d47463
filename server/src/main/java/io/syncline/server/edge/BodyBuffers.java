package io.syncline.server.edge;

import io.syncline.core.wire.Limits;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Buffers for large bodies, kept for the next request: four megabytes that are taken anew and
 * cleared for each chunk cost a twentieth of the server's processor time in an upload. How many are
 * in use is bounded by the memory for bodies. Thread-safe.
 */
final class BodyBuffers {
    /** Of each buffer: the largest chunk. */
    static final int BYTES = Limits.CHUNK_BYTES_MAX;

    /** Most that are kept while nobody uses them: 32 MiB. More are left to the collector. */
    private static final int KEPT_MAX = 8;

    private final BlockingQueue<byte[]> kept = new ArrayBlockingQueue<>(KEPT_MAX);

    /** A buffer with whatever its last user left in it. */
    byte[] take() {
        byte[] buffer = kept.poll();
        return buffer == null ? new byte[BYTES] : buffer;
    }

    void giveBack(byte[] buffer) {
        var _ = kept.offer(buffer);
    }
}
