package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body into memory. One per request, closed when the request is answered: until
 * then its share of the memory for bodies stays taken.
 *
 * <p>Bounds: the size of each body; the sum of all bodies in memory (a request waits a moment for
 * its share, then is turned away); and the time, by a lowest rate that a body must arrive at.
 */
final class BodyReader implements AutoCloseable {
    /** The budget is counted in units of this many bytes, so that it fits a semaphore. */
    private static final int UNIT_BYTES = 1 << 10;

    /** A body's buffer before its size is known to be larger. */
    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    /** Smaller bodies aren't worth a large buffer. */
    private static final int LENT_BYTES_MIN = 256 << 10;

    /** What is read of a refused body after the answer, and for how long. */
    private static final long DISCARD_BYTES_MAX = 8L << 20;

    private static final Duration DISCARD_TIME = Duration.ofSeconds(2);

    private final Semaphore budget;
    private final BodyBuffers buffers;
    private final EdgeSettings.Bounds bounds;
    private final Deadline deadline;
    private int taken;
    private long bytesRead;
    private byte @Nullable [] lent;

    /**
     * A reader for one request.
     *
     * @param budget shared by all requests, from {@link #budget}
     * @param buffers shared by all requests
     * @param deadline of the request, which begins anew when its body is there
     */
    BodyReader(
            Semaphore budget, BodyBuffers buffers, EdgeSettings.Bounds bounds, Deadline deadline) {
        this.deadline = deadline;
        this.budget = budget;
        this.buffers = buffers;
        this.bounds = bounds;
    }

    /** The memory that all bodies share. */
    static Semaphore budget(long bytes) {
        return new Semaphore(
                (int) Math.max(8 << 10, Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES)));
    }

    /** The body in an array of its own. */
    // What is read into is wrapped here or there, whole.
    @SuppressWarnings("ByteBufferBackingArray")
    byte[] read(Request request, int bytesMax) {
        long announced = announced(request, bytesMax);
        byte[] buffer =
                new byte[announced >= 0 ? (int) announced : Math.min(bytesMax, FIRST_BUFFER_BYTES)];
        ByteBuffer body = read(request, bytesMax, buffer);
        return body.remaining() == body.capacity()
                ? body.array()
                : Arrays.copyOf(body.array(), body.remaining());
    }

    /** The body, where it is large in a buffer that is used again once this is closed. */
    ByteBuffer readLent(Request request, int bytesMax) {
        if (lent != null || request.getLength() < LENT_BYTES_MIN || bytesMax > BodyBuffers.BYTES) {
            return ByteBuffer.wrap(read(request, bytesMax));
        }
        announced(request, bytesMax);
        byte[] buffer = buffers.take();
        lent = buffer;
        return read(request, bytesMax, buffer);
    }

    /** How much of the body came so far. */
    long bytesRead() {
        return bytesRead;
    }

    /** The length that is announced, if any, with its share of the memory taken. */
    private long announced(Request request, int bytesMax) {
        long announced = request.getLength();
        if (announced > bytesMax) {
            throw tooLarge(bytesMax);
        }
        reserve(announced >= 0 ? (int) announced : bytesMax);
        return announced;
    }

    /** The body, in this buffer or, where it is too small, a larger one. */
    private ByteBuffer read(Request request, int bytesMax, byte[] buffer) {
        // What comes is bounded by its own rate.
        deadline.hold();
        try {
            return readAll(request, bytesMax, buffer);
        } finally {
            deadline.renew();
        }
    }

    private ByteBuffer readAll(Request request, int bytesMax, byte[] buffer) {
        long startNanos = System.nanoTime();
        byte[] body = buffer;
        int length = 0;
        while (true) {
            Content.Chunk chunk = next(request, startNanos, length);
            try {
                ByteBuffer bytes = chunk.getByteBuffer();
                int more = bytes.remaining();
                if (more > bytesMax - length) {
                    throw tooLarge(bytesMax);
                }
                if (more > body.length - length) {
                    int wanted = Math.max(length + more, Math.min(bytesMax, 2 * length));
                    body = Arrays.copyOf(body, wanted);
                }
                bytes.get(body, length, more);
                length += more;
                bytesRead += more;
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                return ByteBuffer.wrap(body, 0, length);
            }
        }
    }

    /**
     * The body's next piece, which comes in time or not at all: a body that stops is given up as
     * soon as one that drips.
     */
    private Content.Chunk next(Request request, long startNanos, int length) {
        while (true) {
            long left = allowed(length).toNanos() - (System.nanoTime() - startNanos);
            if (left <= 0) {
                throw tooSlow();
            }
            Content.Chunk chunk = read(request, left);
            if (chunk != null) {
                return checked(chunk);
            }
        }
    }

    /** What has come, waiting for it; null where nothing did within that time. */
    private static Content.@Nullable Chunk read(Request request, long waitNanos) {
        Content.Chunk chunk = request.read();
        if (chunk != null) {
            return chunk;
        }
        Semaphore arrived = new Semaphore(0);
        request.demand(arrived::release);
        try {
            if (!arrived.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping", e);
        }
        return request.read();
    }

    private static Content.Chunk checked(Content.Chunk chunk) {
        if (!Content.Chunk.isFailure(chunk)) {
            return chunk;
        }
        Throwable failure = chunk.getFailure();
        if (failure instanceof TimeoutException) {
            throw tooSlow();
        }
        // Broken framing and broken connections are the sender's, and everyday.
        throw new SynclineException(
                ErrorCode.INVALID, "the body ends early or isn't well-formed", failure);
    }

    private Duration allowed(int length) {
        return bounds.bodyGrace().plusMillis(1000L * length / bounds.bodyBytesPerSecond());
    }

    /**
     * Reads on what is left of a request's body once its answer is sent, and drops it: whoever is
     * still sending when the connection closes might never see the answer. Bounded in bytes and
     * time.
     */
    static void discard(Request request) {
        long startNanos = System.nanoTime();
        long bytes = 0;
        while (bytes < DISCARD_BYTES_MAX) {
            long left = DISCARD_TIME.toNanos() - (System.nanoTime() - startNanos);
            Content.Chunk chunk = left <= 0 ? null : read(request, left);
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return;
            }
            bytes += chunk.getByteBuffer().remaining();
            chunk.release();
            if (chunk.isLast()) {
                return;
            }
        }
    }

    /** Waits for a share of the memory that all requests have. */
    void reserve(int bytes) {
        int units = (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
        try {
            if (!budget.tryAcquire(
                    units, bounds.bodyMemoryWait().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SynclineException(
                        ErrorCode.UNAVAILABLE, "too many large requests at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping", e);
        }
        taken += units;
    }

    private static SynclineException tooLarge(int bytesMax) {
        return new SynclineException(
                ErrorCode.TOO_LARGE, "the body has more than " + bytesMax + " bytes");
    }

    private static SynclineException tooSlow() {
        return new SlowBodyException();
    }

    @Override
    public void close() {
        budget.release(taken);
        taken = 0;
        if (lent != null) {
            buffers.giveBack(lent);
            lent = null;
        }
    }
}
