package io.syncline.client.api;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.WireJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * {@link EventChannel} over a WebSocket. One virtual thread owns the connection: it connects, sends
 * the subscription, watches for silence and waits before the next try. The platform's callbacks
 * only note what came and wake it.
 */
public final class WebSocketEvents implements EventChannel {
    /** A connection from which nothing came for this long is dead; the server pings every 30 s. */
    public static final Duration SILENCE_MAX = Duration.ofSeconds(75);

    private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
    private static final Duration SEND_MAX = Duration.ofSeconds(15);

    /** A connection that lived this long counts as a success: the next loss starts afresh. */
    private static final Duration STEADY = Duration.ofSeconds(30);

    private static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(60);

    /** Close status of a revoked token. */
    private static final int REVOKED = 4401;

    private final ServerAddress address;
    private final Secret token;
    private final Listener listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Duration backoffFirst;
    private final Duration silenceMax;
    private final Thread thread;

    /** Held while the listener is told something, so that nothing is told after closing. */
    private final Object telling = new Object();

    @GuardedBy("this")
    private List<ProjectId> projects = List.of();

    @GuardedBy("this")
    private boolean subscribed;

    @GuardedBy("this")
    private final TransferReports reports;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Connects at once, on a thread of its own.
     *
     * @param random for the jitter; used by one thread only
     */
    public WebSocketEvents(
            ServerAddress address,
            Secret token,
            Listener listener,
            InstantSource clock,
            RandomGenerator random) {
        this(address, token, listener, clock, random, BACKOFF_FIRST, SILENCE_MAX);
    }

    /** As above with other times, for tests. */
    WebSocketEvents(
            ServerAddress address,
            Secret token,
            Listener listener,
            InstantSource clock,
            RandomGenerator random,
            Duration backoffFirst,
            Duration silenceMax) {
        this.address = address;
        this.token = token;
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.backoffFirst = backoffFirst;
        this.silenceMax = silenceMax;
        this.reports = new TransferReports();
        this.thread = Thread.ofVirtual().name("events").start(this::run);
    }

    @Override
    public synchronized void watch(Collection<ProjectId> wanted) {
        if (wanted.size() > Limits.EVENT_PROJECTS_MAX) {
            throw SynclineException.invalid(
                    "at most " + Limits.EVENT_PROJECTS_MAX + " projects can be watched");
        }
        projects = List.copyOf(wanted);
        subscribed = false;
        notifyAll();
    }

    @Override
    public synchronized void report(Transfer transfer) {
        if (reports.put(transfer)) {
            notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (telling) {
            synchronized (this) {
                closed = true;
                notifyAll();
            }
        }
        thread.interrupt();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void run() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(CONNECT_MAX)
                            .executor(executor);
            if (address.isTls()) {
                builder.sslContext(Tls.context(address.trusted()));
            }
            HttpClient client = builder.build();
            try {
                reconnect(client);
            } finally {
                client.shutdownNow();
            }
        } catch (InterruptedException _) {
            // Closed: the thread ends, which is all that was asked.
        }
    }

    private void reconnect(HttpClient client) throws InterruptedException {
        int failures = 0;
        while (!isClosed()) {
            Instant begun = clock.instant();
            Optional<Stop> stop = connectOnce(client);
            if (stop.isPresent()) {
                tell(l -> l.stopped(stop.get().code(), stop.get().reason()));
                return;
            }
            boolean steady = Duration.between(begun, clock.instant()).compareTo(STEADY) >= 0;
            failures = steady ? 0 : failures + 1;
            Thread.sleep(backoff(failures));
        }
    }

    private Duration backoff(int failures) {
        long first = backoffFirst.toMillis();
        long most = Math.min(BACKOFF_MAX.toMillis(), first << Math.min(failures, 10));
        return Duration.ofMillis(random.nextLong(most + 1));
    }

    /** Why there is no use in trying again. */
    private record Stop(ErrorCode code, String reason) {}

    /** One connection from its beginning to its end. */
    private Optional<Stop> connectOnce(HttpClient client) throws InterruptedException {
        Connection connection = new Connection();
        WebSocket socket;
        try {
            socket =
                    client.newWebSocketBuilder()
                            .connectTimeout(CONNECT_MAX)
                            .header("Authorization", "Bearer " + token.value())
                            .header("Syncline-Protocol", Integer.toString(Limits.PROTOCOL))
                            .buildAsync(uri(), connection)
                            .get(CONNECT_MAX.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return refusal(e.getCause());
        } catch (TimeoutException _) {
            // As unreachable as a refused connection; the caller tries again later.
            return Optional.empty();
        }
        try {
            return serve(connection, socket);
        } finally {
            socket.abort();
        }
    }

    private URI uri() {
        String origin = address.origin().toString();
        return URI.create("ws" + origin.substring("http".length()) + "/v1/events");
    }

    private static Optional<Stop> refusal(@Nullable Throwable cause) {
        int status =
                cause instanceof WebSocketHandshakeException refused
                        ? refused.getResponse().statusCode()
                        : 0;
        return switch (status) {
            case 401 -> Optional.of(new Stop(ErrorCode.UNAUTHENTICATED, "the token is refused"));
            case 426 ->
                    Optional.of(new Stop(ErrorCode.UPGRADE_REQUIRED, "this program is too old"));
            // Unreachable, or a proxy in between: the caller tries again later.
            default -> Optional.empty();
        };
    }

    private Optional<Stop> serve(Connection connection, WebSocket socket)
            throws InterruptedException {
        synchronized (this) {
            subscribed = false;
            reports.repeat();
        }
        tell(Listener::connected);
        connection.open(socket);
        while (true) {
            Optional<Event> message = next(connection);
            Optional<Ended> ended = connection.ended();
            if (ended.isPresent()) {
                tell(l -> l.disconnected(ended.get().reason()));
                return ended.get().status() == REVOKED
                        ? Optional.of(new Stop(ErrorCode.UNAUTHENTICATED, "the token is revoked"))
                        : Optional.empty();
            }
            if (message.isPresent()) {
                send(connection, socket, message.get());
            }
        }
    }

    /** Waits until there is something to say, or the connection has ended. */
    private synchronized Optional<Event> next(Connection connection) throws InterruptedException {
        while (!closed) {
            long silentMillis = connection.silence(clock.instant()).toMillis();
            if (silentMillis >= silenceMax.toMillis()) {
                connection.end(0, "nothing was heard for " + silenceMax.toSeconds() + " s");
            }
            if (connection.ended().isPresent()) {
                return Optional.empty();
            }
            if (!subscribed) {
                subscribed = true;
                return Optional.of(new Event.Subscribe(projects));
            }
            Optional<Transfer> report = reports.next(clock.instant());
            if (report.isPresent()) {
                return Optional.of(new Event.Progress(report.get()));
            }
            // Never longer than a second, so that a machine that slept notices soon.
            wait(Math.clamp(silenceMax.toMillis() - silentMillis, 1, 1000));
        }
        throw new InterruptedException("closed");
    }

    private static void send(Connection connection, WebSocket socket, Event event)
            throws InterruptedException {
        byte[] text = WireJson.EVENT.toBytes(event);
        try {
            socket.sendText(new String(text, StandardCharsets.UTF_8), true)
                    .get(SEND_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            connection.end(0, "cannot send: " + e.getMessage());
        }
    }

    private interface Told {
        void to(Listener listener);
    }

    private void tell(Told told) {
        synchronized (telling) {
            if (!isClosed()) {
                told.to(listener);
            }
        }
    }

    private void tell(Event event) {
        switch (event) {
            case Event.Head(var project, var epoch, var sequence, var news, var wanted) -> {
                tell(l -> l.head(project, new Cursor(epoch, sequence), news));
                if (wanted) {
                    tell(l -> l.wanted(project));
                }
            }
            case Event.Unsubscribed(var project) -> tell(l -> l.unsubscribed(project));
            case Event.Subscribe _, Event.Progress _, Event.Unknown _ -> {
                // Not for us, or of a newer server: hints may be ignored.
            }
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** How a connection ended; status 0 where no close frame was seen. */
    private record Ended(int status, String reason) {}

    /** What the platform calls back, one at a time. */
    private final class Connection implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @GuardedBy("this")
        private Instant heard = clock.instant();

        @GuardedBy("this")
        private Optional<Ended> ended = Optional.empty();

        /** Nothing may come before the subscription: so the first message is asked for here. */
        void open(WebSocket socket) {
            socket.request(1);
        }

        @Override
        public void onOpen(WebSocket socket) {
            hear();
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            hear();
            if (text.length() + data.length() > Limits.EVENT_MESSAGE_BYTES_MAX) {
                end(0, "a message longer than " + Limits.EVENT_MESSAGE_BYTES_MAX);
                return null;
            }
            text.append(data);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                try {
                    tell(WireJson.EVENT.fromBytes(message.getBytes(StandardCharsets.UTF_8)));
                } catch (SynclineException e) {
                    end(0, "malformed message: " + e.getMessage());
                    return null;
                }
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            // The platform has answered already.
            hear();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            end(status, "the server closed: " + status + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            end(0, "the connection broke: " + error.getMessage());
        }

        private synchronized void hear() {
            heard = clock.instant();
        }

        synchronized Duration silence(Instant now) {
            return Duration.between(heard, now);
        }

        synchronized Optional<Ended> ended() {
            return ended;
        }

        void end(int status, String reason) {
            synchronized (this) {
                if (ended.isEmpty()) {
                    ended = Optional.of(new Ended(status, reason));
                }
            }
            wake();
        }
    }
}
