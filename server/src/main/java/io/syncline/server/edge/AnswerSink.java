package io.syncline.server.edge;

import io.syncline.storage.deadline.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer's bytes go: piece by piece, and no slower than the lowest rate, by which it may
 * have been waited for in all. What its writer does between two pieces begins the request's
 * deadline anew. For one thread.
 */
final class AnswerSink extends OutputStream {
    /** A piece that isn't taken in time ends the answer. */
    private static final int PIECE_BYTES = 256 << 10;

    private final Response response;
    private final EdgeSettings.Bounds bounds;
    private final Deadline deadline;
    private long bytes;
    private long waitedNanos;
    private boolean ended;

    AnswerSink(Response response, EdgeSettings.Bounds bounds, Deadline deadline) {
        this.response = response;
        this.bounds = bounds;
        this.deadline = deadline;
    }

    /** Sends these bytes, perhaps the last ones. */
    void write(boolean last, ByteBuffer all) throws IOException {
        ended |= last;
        ByteBuffer rest = all.slice();
        while (rest.remaining() > PIECE_BYTES) {
            send(false, rest.slice(rest.position(), PIECE_BYTES));
            rest.position(rest.position() + PIECE_BYTES);
        }
        send(last, rest);
    }

    /** What was sent so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        write(false, ByteBuffer.wrap(from, offset, length));
    }

    /** The answer is whole. */
    @Override
    public void close() throws IOException {
        if (!ended) {
            write(true, ByteBuffer.allocate(0));
        }
    }

    private void send(boolean last, ByteBuffer piece) throws IOException {
        bytes += piece.remaining();
        CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
        long startNanos = System.nanoTime();
        deadline.hold();
        try {
            response.write(
                    last,
                    piece,
                    Callback.from(() -> sent.complete(null), sent::completeExceptionally));
            sent.get(Math.max(0, allowed() - waitedNanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(Optional.ofNullable(e.getCause()).orElse(e));
        } catch (TimeoutException e) {
            SlowReaderException slow = new SlowReaderException();
            slow.addSuppressed(e);
            throw slow;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is stopping", e);
        } finally {
            waitedNanos += System.nanoTime() - startNanos;
            deadline.renew();
        }
    }

    private long allowed() {
        return bounds.bodyGrace().toNanos()
                + Duration.ofMillis(1000 * bytes / bounds.bodyBytesPerSecond()).toNanos();
    }

    /** The library closes what says nothing for its idle time, which is slow as well. */
    private static IOException failed(Throwable cause) {
        if (cause instanceof TimeoutException) {
            SlowReaderException slow = new SlowReaderException();
            slow.addSuppressed(cause);
            return slow;
        }
        return cause instanceof IOException known ? known : new IOException(cause);
    }
}
