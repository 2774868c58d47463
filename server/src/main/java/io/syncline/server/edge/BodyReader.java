package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Request;

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

    private final Semaphore budget;
    private final EdgeSettings.Bounds bounds;
    private int taken;

    /**
     * A reader for one request.
     *
     * @param budget shared by all requests, from {@link #budget}
     */
    BodyReader(Semaphore budget, EdgeSettings.Bounds bounds) {
        this.budget = budget;
        this.bounds = bounds;
    }

    /** The memory that all bodies share. */
    static Semaphore budget(long bytes) {
        return new Semaphore(
                (int) Math.max(8 << 10, Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES)));
    }

    byte[] read(Request request, int bytesMax) throws IOException {
        long announced = request.getLength();
        if (announced > bytesMax) {
            throw tooLarge(bytesMax);
        }
        reserve(announced >= 0 ? (int) announced : bytesMax);
        long startNanos = System.nanoTime();
        byte[] body =
                new byte[announced >= 0 ? (int) announced : Math.min(bytesMax, FIRST_BUFFER_BYTES)];
        int length = 0;
        try (InputStream in = Request.asInputStream(request)) {
            while (true) {
                if (length == body.length) {
                    int next = in.read();
                    if (next < 0) {
                        return body;
                    }
                    if (length == bytesMax) {
                        throw tooLarge(bytesMax);
                    }
                    body = Arrays.copyOf(body, Math.min(bytesMax, Math.max(64, 2 * length)));
                    body[length++] = (byte) next;
                }
                int read = in.read(body, length, body.length - length);
                if (read < 0) {
                    return Arrays.copyOf(body, length);
                }
                length += read;
                checkRate(System.nanoTime() - startNanos, length);
            }
        } catch (IOException e) {
            if (isTimeout(e)) {
                throw tooSlow();
            }
            throw e;
        }
    }

    private void checkRate(long elapsedNanos, int length) {
        Duration allowed =
                bounds.bodyGrace().plusMillis(1000L * length / bounds.bodyBytesPerSecond());
        if (elapsedNanos > allowed.toNanos()) {
            throw tooSlow();
        }
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof TimeoutException) {
                return true;
            }
        }
        return false;
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
        return new SynclineException(ErrorCode.UNAVAILABLE, "the body came too slowly");
    }

    @Override
    public void close() {
        budget.release(taken);
        taken = 0;
    }
}
