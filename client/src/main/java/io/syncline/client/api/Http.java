package io.syncline.client.api;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.bandwidth.Turn;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ZstandardCoding;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange at a time per call, over the platform's pool of kept connections. Built on
 * HttpURLConnection because its first request costs a tenth of what java.net.http's does, and a
 * chunk half the processor time; see docs/decisions.md. Thread-safe.
 *
 * <p>Each exchange runs on a virtual thread of its own: interrupting one closes its socket, so that
 * the time limit covers writing as well, which sockets have no limit for.
 */
final class Http implements Transport {
    /** Time for a TCP connection and the TLS handshake's first answer. */
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    /** Longest silence while an answer is awaited or read. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    /** How long a cut-off exchange may take to notice. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final int COPY_BYTES = 64 << 10;

    /**
     * What of a small exchange passes at once, and is paid for by what comes next; beyond, it goes
     * piece by piece as contents do. Also the longest body that takes no turn among them.
     */
    static final int AT_ONCE_BYTES = 64 << 10;

    static final String AGENT = "syncline";

    private final URI origin;
    private final Optional<Secret> token;
    private final Optional<SSLSocketFactory> sockets;
    private final TrafficMeter meter;
    private final Bandwidth bandwidth;

    /** One that goes as fast as it can. */
    Http(ServerAddress address, Optional<Secret> token, TrafficMeter meter) {
        this(address, token, meter, new Bandwidth());
    }

    Http(ServerAddress address, Optional<Secret> token, TrafficMeter meter, Bandwidth bandwidth) {
        this.origin = address.origin();
        this.token = token;
        this.sockets =
                address.isTls()
                        ? Optional.of(Tls.context(address.trusted()).getSocketFactory())
                        : Optional.empty();
        this.meter = meter;
        this.bandwidth = bandwidth;
    }

    @Override
    public Answer exchange(Request request) {
        Way turn = new Way(bandwidth.upload().turn(), bandwidth.download().turn());
        var task = new FutureTask<>(() -> run(request, turn));
        Thread thread = Thread.ofVirtual().name("http").start(task);
        try {
            return await(task, request.limit(), turn);
        } catch (TimeoutException e) {
            stop(thread);
            throw ServerFailure.unavailable(
                    "the server at " + origin + " doesn't answer in time: " + describe(request), e);
        } catch (InterruptedException e) {
            stop(thread);
            Thread.currentThread().interrupt();
            throw ServerFailure.unavailable(describe(request) + ": interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SynclineException stated -> throw stated;
                case IOException io ->
                        throw ServerFailure.unavailable(Unreachable.why(origin, io), io);
                case null, default -> throw new IllegalStateException(describe(request), e);
            }
        }
    }

    /** An exchange's way through both limits; its thread waits for one at a time. */
    private record Way(Turn up, Turn down) {
        void begin(Load load) throws InterruptedException {
            switch (load) {
                case BODY -> up.begin();
                case ANSWER -> down.begin();
                case NONE -> {
                    up.beginSmall();
                    down.beginSmall();
                }
            }
        }

        long heldNanos() {
            return up.heldNanos() + down.heldNanos();
        }

        void end() {
            up.close();
            down.close();
        }
    }

    /** A commit of many changes is no smaller than a chunk. */
    private static Load load(Request request) {
        boolean large =
                request.body().filter(body -> body.bytes().remaining() > AT_ONCE_BYTES).isPresent();
        return request.load() == Load.NONE && large ? Load.BODY : request.load();
    }

    private static Answer await(FutureTask<Answer> task, Duration limit, Way turn)
            throws InterruptedException, ExecutionException, TimeoutException {
        long start = System.nanoTime();
        long left = limit.toNanos();
        while (true) {
            try {
                return task.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // What the bandwidth's limit held it back is the user's wish, not a slow server.
                long held = turn.heldNanos();
                left = limit.toNanos() + held - (System.nanoTime() - start);
                if (left <= 0) {
                    throw e;
                }
            }
        }
    }

    /** Ends an exchange, and waits until it has let go of the caller's buffer. */
    private static void stop(Thread thread) {
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(GRACE);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String describe(Request request) {
        String path = request.path();
        int query = path.indexOf('?');
        return request.method() + " " + (query < 0 ? path : path.substring(0, query));
    }

    private Answer run(Request request, Way turn) throws IOException, InterruptedException {
        try {
            turn.begin(load(request));
            return runNow(request, turn);
        } finally {
            turn.end();
        }
    }

    private Answer runNow(Request request, Way turn) throws IOException, InterruptedException {
        HttpURLConnection connection = open(request, turn.up());
        boolean whole = false;
        try {
            if (request.body().isPresent()) {
                send(connection, request, request.body().get(), turn.up());
            }
            Answer answer = receive(connection, request, turn.down());
            whole = true;
            return answer;
        } finally {
            if (!whole) {
                connection.disconnect();
            }
        }
    }

    private HttpURLConnection open(Request request, Turn turn) throws IOException {
        var connection =
                (HttpURLConnection) origin.resolve(request.path()).toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(sockets.orElseThrow());
        }
        connection.setConnectTimeout((int) CONNECT_MAX.toMillis());
        connection.setReadTimeout((int) SILENCE_MAX.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(request.method());
        connection.setRequestProperty("User-Agent", AGENT);
        connection.setRequestProperty("Accept", request.accept());
        connection.setRequestProperty("Syncline-Protocol", Integer.toString(Limits.PROTOCOL));
        if (mayBeCompressed(request)) {
            connection.setRequestProperty("Accept-Encoding", ZstandardCoding.NAME);
        }
        token.ifPresent(secret ->
                connection.setRequestProperty("Authorization", "Bearer " + secret.value()));
        request.range().ifPresent(range -> connection.setRequestProperty("Range", range));
        request.body()
                .ifPresent(body -> {
                    connection.setDoOutput(true);
                    connection.setRequestProperty("Content-Type", body.type());
                    // Streamed, so that the platform never sends it a second time unasked.
                    connection.setFixedLengthStreamingMode(body.bytes().remaining());
                });
        long headerBytes = headerBytes(connection, request);
        meter.request(request.category(), headerBytes);
        turn.owe(headerBytes);
        return connection;
    }

    /** Blocks and snapshots are compressed already, so asking would only lengthen the request. */
    private static boolean mayBeCompressed(Request request) {
        return request.category() != Traffic.Category.BLOCKS && request.range().isEmpty();
    }

    private long headerBytes(HttpURLConnection connection, Request request) {
        long bytes =
                (long) request.method().length()
                        + request.path().length()
                        + " HTTP/1.1\r\n\r\n ".length();
        bytes += ("Host: " + origin.getAuthority() + "\r\nConnection: keep-alive\r\n").length();
        if (request.body().isPresent()) {
            int length = request.body().get().bytes().remaining();
            bytes += ("Content-Length: " + length + "\r\n").length();
        }
        if (token.isPresent()) {
            // The platform doesn't show this one again.
            bytes += "Authorization: Bearer \r\n".length() + token.get().value().length();
        }
        return bytes + bytes(connection.getRequestProperties());
    }

    private static long bytes(Map<String, List<String>> headers) {
        long bytes = 0;
        for (var header : headers.entrySet()) {
            @Nullable String name = header.getKey();
            for (String value : header.getValue()) {
                bytes += (name == null ? 0 : name.length() + 2) + value.length() + 2;
            }
        }
        return bytes;
    }

    private void send(HttpURLConnection connection, Request request, Body body, Turn turn)
            throws IOException, InterruptedException {
        boolean paced = load(request) == Load.BODY;
        ByteBuffer bytes = body.bytes().duplicate();
        try (OutputStream out = connection.getOutputStream()) {
            byte[] copy = bytes.hasArray() ? new byte[0] : new byte[COPY_BYTES];
            while (bytes.hasRemaining()) {
                int count = Math.min(paced ? turn.pieceBytes() : COPY_BYTES, bytes.remaining());
                if (paced) {
                    turn.pass(count);
                } else {
                    turn.owe(count);
                }
                if (bytes.hasArray()) {
                    out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), count);
                    bytes.position(bytes.position() + count);
                } else {
                    bytes.get(copy, 0, count);
                    out.write(copy, 0, count);
                }
                meter.sent(request.category(), count);
            }
        }
    }

    private Answer receive(HttpURLConnection connection, Request request, Turn turn)
            throws IOException, InterruptedException {
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("not an HTTP answer");
        }
        long headerBytes = bytes(connection.getHeaderFields()) + 2;
        meter.received(request.category(), headerBytes);
        turn.owe(headerBytes);
        checkProtocol(connection, status);
        // Without a body: also 401 to a streamed request, whose answer the platform has closed.
        @Nullable InputStream stream =
                status < 400 ? connection.getInputStream() : connection.getErrorStream();
        if (stream == null) {
            return new Answer(
                    status,
                    ByteBuffer.allocate(0),
                    retryAfter(connection),
                    connection::getHeaderField);
        }
        ByteBuffer body;
        try (stream) {
            body = readAll(stream, connection.getContentLengthLong(), request, turn);
        }
        body = decoded(body, connection.getHeaderField("Content-Encoding"), request);
        return new Answer(status, body, retryAfter(connection), connection::getHeaderField);
    }

    /**
     * Every answer of a Syncline server states the protocol versions that it speaks (R43). An
     * answer without comes from something in between, a proxy or a sign-in page of a network, and
     * says nothing about the project: never "not found" (R29).
     */
    private static void checkProtocol(HttpURLConnection connection, int status) {
        @Nullable String range = connection.getHeaderField("Syncline-Protocol");
        if (range == null) {
            throw ServerFailure.unavailable(
                    "something else than a Syncline server answered with status " + status);
        }
        int dash = range.indexOf('-');
        try {
            int min = Integer.parseInt(range.substring(0, Math.max(0, dash)).strip());
            int max = Integer.parseInt(range.substring(dash + 1).strip());
            if (min > Limits.PROTOCOL || max < Limits.PROTOCOL_MIN) {
                throw new ServerFailure(
                        ErrorCode.UPGRADE_REQUIRED,
                        "the server speaks protocol "
                                + range
                                + ", this program speaks "
                                + Limits.PROTOCOL_MIN
                                + "-"
                                + Limits.PROTOCOL,
                        Optional.empty());
            }
        } catch (NumberFormatException e) {
            throw ServerFailure.unavailable("malformed Syncline-Protocol header", e);
        }
    }

    private ByteBuffer readAll(InputStream in, long stated, Request request, Turn turn)
            throws IOException, InterruptedException {
        if (stated > request.answerBytesMax()) {
            throw tooLong(request);
        }
        if (stated >= 0) {
            byte[] bytes = new byte[(int) stated];
            int read = 0;
            while (read < bytes.length) {
                int count = in.read(bytes, read, piece(request, read, bytes.length - read, turn));
                if (count < 0) {
                    throw new IOException("the answer was cut off");
                }
                received(request, read, count, turn);
                read += count;
            }
            // The end must be read as well, or the connection isn't kept.
            if (in.read() >= 0) {
                throw tooLong(request);
            }
            return ByteBuffer.wrap(bytes);
        }
        var bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[COPY_BYTES];
        while (true) {
            int count = in.read(buffer, 0, piece(request, bytes.size(), COPY_BYTES, turn));
            if (count < 0) {
                return ByteBuffer.wrap(bytes.toByteArray());
            }
            received(request, bytes.size(), count, turn);
            if (bytes.size() + count > request.answerBytesMax()) {
                throw tooLong(request);
            }
            bytes.write(buffer, 0, count);
        }
    }

    /** Whether what comes after so many bytes of an answer waits. */
    private static boolean waits(Request request, int read) {
        return request.load() == Load.ANSWER || read >= AT_ONCE_BYTES;
    }

    private static int piece(Request request, int read, int left, Turn turn) {
        return waits(request, read)
                ? Math.min(left, turn.pieceBytes())
                : Math.min(left, AT_ONCE_BYTES - read);
    }

    private void received(Request request, int before, int count, Turn turn)
            throws InterruptedException {
        meter.received(request.category(), count);
        if (waits(request, before)) {
            turn.pass(count);
        } else {
            turn.owe(count);
        }
    }

    private static ByteBuffer decoded(ByteBuffer body, @Nullable String coding, Request request) {
        if (coding == null || !body.hasRemaining()) {
            return body;
        }
        if (!coding.equalsIgnoreCase(ZstandardCoding.NAME) || !mayBeCompressed(request)) {
            throw SynclineException.corrupt(
                    describe(request) + ": the answer is in a coding that wasn't asked for");
        }
        try {
            return ZstandardCoding.decode(body, request.answerBytesMax());
        } catch (SynclineException e) {
            throw SynclineException.corrupt(describe(request) + ": " + e.getMessage());
        }
    }

    private static SynclineException tooLong(Request request) {
        return SynclineException.corrupt(
                describe(request) + ": the answer is longer than " + request.answerBytesMax());
    }

    private static Optional<Duration> retryAfter(HttpURLConnection connection) {
        long seconds = connection.getHeaderFieldLong("Retry-After", -1);
        return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }
}
