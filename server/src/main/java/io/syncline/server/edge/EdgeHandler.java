package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingForm;
import io.syncline.storage.deadline.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes each request from the library to its handler and the answer back. Bounded: a request that
 * finds all places taken, or the edge draining, is told to come back.
 */
final class EdgeHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(EdgeHandler.class);

    private static final String PROTOCOLS = Limits.PROTOCOL_MIN + "-" + Limits.PROTOCOL;

    /** Smaller answers aren't worth compressing. */
    private static final int COMPRESS_BYTES_MIN = 1 << 10;

    /** Below it are requests that never wait and take no bodies. */
    private static final String HEALTH = "/health/";

    /** Past its deadline a handler has this part of its time to say so itself: 5 of 30 s. */
    private static final int OVERDUE_GRACES_PER_REQUEST_TIME = 6;

    /** How long a request waits for a place before it is told to come back. */
    private static final Duration PLACE_WAIT = Duration.ofSeconds(1);

    private final EdgeSettings.Bounds bounds;
    private final Dispatcher dispatcher;
    private final String socketPath;
    private final SocketFeature sockets;
    private final ServerWebSocketContainer container;
    private final Router router;
    private final Places places;
    private final Semaphore bodyBudget;
    private final RequestObserver observer;
    private final Overdue overdue;
    private final BodyBuffers bodyBuffers = new BodyBuffers();
    private final SecureRandom random = new SecureRandom();
    private final boolean secure;
    private volatile boolean draining;

    EdgeHandler(
            EdgeSettings settings,
            Router router,
            String socketPath,
            SocketFeature sockets,
            ServerWebSocketContainer container,
            RequestObserver observer) {
        this.bounds = settings.bounds();
        this.secure = settings.tls().isPresent();
        StaticFiles files = new StaticFiles();
        this.dispatcher = new Dispatcher(router, call -> file(call, files), observer);
        this.socketPath = socketPath;
        this.sockets = sockets;
        this.container = container;
        this.router = router;
        this.places = new Places(bounds.requests(), PLACE_WAIT);
        this.bodyBudget = BodyReader.budget(bounds.bodyMemoryBytes());
        this.observer = observer;
        this.overdue = new Overdue(bounds.requestTime().dividedBy(OVERDUE_GRACES_PER_REQUEST_TIME));
    }

    /** How many requests are handled now. */
    int inFlight() {
        return places.taken();
    }

    /** Nothing is looked after any more. */
    void close() {
        overdue.close();
    }

    /** Turns new requests away and waits, up to the timeout, for those in flight. */
    void drain(Duration timeout) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            if (!places.takeAll(timeout)) {
                log.atWarn()
                        .addKeyValue("requests", places.taken())
                        .log("requests in flight are cut");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = RandomId.next(random).substring(0, 16);
        // So that it is in every line that is logged meanwhile.
        try (MDC.MDCCloseable _ = MDC.putCloseable("request", id)) {
            return handle(request, response, callback, id);
        }
    }

    private boolean handle(Request request, Response response, Callback callback, String id) {
        putCommonHeaders(response.getHeaders(), id);
        if (secure) {
            response.getHeaders().put("Strict-Transport-Security", "max-age=31536000");
        }
        if (isAboutHealth(request)) {
            // Needs no place, so that it is answered under any load, and while draining.
            Deadline deadline = Deadline.after(bounds.requestTime());
            try (BodyReader bodies = new BodyReader(bodyBudget, bodyBuffers, bounds, deadline)) {
                send(
                        new Exchange(request, response, callback, deadline),
                        dispatcher.answer(new JettyIncoming(request, bodies), id));
            }
            return true;
        }
        RequestKind kind = router.kind(request.getMethod(), path(request));
        Exchange exchange =
                new Exchange(request, response, callback, Deadline.after(bounds.timeFor(kind)));
        if (draining || !places.take(kind)) {
            observer.refused(Refusal.NO_PLACE);
            response.getHeaders().put("Connection", "close");
            String reason = draining ? "the server is stopping" : "too many requests at once";
            send(exchange, Problems.answer(ErrorCode.UNAVAILABLE, reason, id));
            observer.turnedAway(
                    new RequestObserver.Seen(
                            id,
                            Dispatcher.method(request.getMethod()),
                            RequestObserver.OTHER,
                            Optional.empty(),
                            ErrorCode.UNAVAILABLE.httpStatus(),
                            0,
                            Optional.of(ErrorCode.UNAVAILABLE),
                            reason));
            return true;
        }
        // The time for a place isn't the request's.
        exchange.deadline.renew();
        Overdue.Handled handled =
                overdue.begin(exchange.deadline, () -> answerOverdue(exchange, id));
        try (BodyReader bodies =
                new BodyReader(bodyBudget, bodyBuffers, bounds, exchange.deadline)) {
            Incoming incoming = new JettyIncoming(request, bodies);
            if (!upgraded(exchange, handled, id, incoming)) {
                Answer answer = exchange.deadline.call(() -> dispatcher.answer(incoming, id));
                observer.moved(bodies.bytesRead(), 0);
                if (handled.claim()) {
                    exchange.deadline.call(() -> send(exchange, answer));
                }
            }
        } finally {
            overdue.end(handled);
            places.giveBack(kind);
        }
        return true;
    }

    /** A request on its way through, and until when. */
    private record Exchange(
            Request request, Response response, Callback callback, Deadline deadline) {}

    /** Its handler goes on meanwhile: what that does is for nobody. */
    private void answerOverdue(Exchange exchange, String id) {
        observer.refused(Refusal.DEADLINE);
        exchange.response.getHeaders().put("Connection", "close");
        send(
                exchange,
                Problems.answer(
                        ErrorCode.UNAVAILABLE,
                        "not done within " + exchange.deadline.budget().toSeconds() + " s",
                        id));
    }

    private static boolean isAboutHealth(Request request) {
        return path(request).startsWith(HEALTH);
    }

    /** Empty where a request has none. */
    private static String path(Request request) {
        return Optional.ofNullable(Request.getPathInContext(request)).orElse("");
    }

    /** What every answer carries. */
    static void putCommonHeaders(HttpFields.Mutable headers, String id) {
        headers.put("Syncline-Request", id);
        headers.put("Syncline-Protocol", PROTOCOLS);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
    }

    private static Answer file(Call call, StaticFiles files) throws IOException {
        boolean looks = call.method().equals("GET") || call.method().equals("HEAD");
        if (!looks || call.path().startsWith("/v1/") || call.path().startsWith(HEALTH)) {
            throw new SynclineException(ErrorCode.NOT_FOUND, "there is nothing at this address");
        }
        return files.answer(call, call.path());
    }

    /** Whether the request was one for a WebSocket and is dealt with. */
    private boolean upgraded(
            Exchange exchange, Overdue.Handled handled, String id, Incoming incoming) {
        boolean claimed = false;
        try {
            if (!incoming.path().equals(socketPath)) {
                return false;
            }
            Dispatcher.checkProtocol(incoming);
            SocketFeature.Listener listener =
                    exchange.deadline.call(() -> sockets.accept(new Call(incoming, id, Map.of())));
            if (!handled.claim()) {
                return true;
            }
            claimed = true;
            boolean upgraded =
                    container.upgrade(
                            (_, upgrade, _) -> {
                                // permessage-deflate costs 90 KB a connection after one message.
                                upgrade.setExtensions(List.of());
                                return new JettySocket(listener);
                            },
                            exchange.request,
                            exchange.response,
                            exchange.callback);
            if (!upgraded) {
                throw SynclineException.invalid("this address speaks WebSocket only");
            }
        } catch (Throwable failure) {
            if (claimed || handled.claim()) {
                send(exchange, Problems.answer(failure, id));
            }
        }
        return true;
    }

    private Answer send(Exchange exchange, Answer answer) {
        Request request = exchange.request;
        Response response = exchange.response;
        AnswerSink sink = new AnswerSink(response, bounds, exchange.deadline);
        try {
            response.setStatus(answer.status());
            HttpFields.Mutable headers = response.getHeaders();
            answer.headers().forEach(headers::put);
            if (!answer.headers().containsKey("Cache-Control")) {
                headers.put("Cache-Control", "no-store");
            }
            boolean head = request.getMethod().equals("HEAD");
            switch (answer.body()) {
                case Answer.None() -> sink.write(true, ByteBuffer.allocate(0));
                case Answer.Bytes(SharedBytes bytes) -> {
                    ByteBuffer sent = inBestCoding(request, answer.status(), headers, bytes);
                    headers.put("Content-Length", sent.remaining());
                    sink.write(true, head ? ByteBuffer.allocate(0) : sent);
                }
                case Answer.Stream(long length, Answer.Writer writer) -> {
                    headers.put("Content-Length", length);
                    stream(sink, head, writer);
                }
                case Answer.Unmeasured(Answer.UnmeasuredWriter writer) ->
                        stream(sink, head, writer::write);
            }
            if (mayStillBeSending(request, answer)) {
                BodyReader.discard(request);
            }
            exchange.callback.succeeded();
        } catch (Throwable failure) {
            if (failure instanceof SlowReaderException) {
                observer.refused(Refusal.SLOW_READER);
            }
            // The headers may be gone: all that is left is to cut the answer short, visibly.
            if (failure instanceof IOException) {
                log.atDebug().addKeyValue("reason", failure.toString()).log("answer cut short");
            } else {
                log.atError().setCause(failure).log("answer cut short");
            }
            exchange.callback.failed(failure);
        }
        observer.moved(0, sink.bytes());
        return answer;
    }

    private static void stream(AnswerSink sink, boolean head, Answer.Writer writer)
            throws IOException {
        if (head) {
            sink.write(true, ByteBuffer.allocate(0));
            return;
        }
        // Not closed where the writer fails: that would end it as if all were well.
        writer.write(sink);
        sink.close();
    }

    /** Over HTTP/2 a stream ends alone; over HTTP/1.1 the connection is closed under the sender. */
    private static boolean mayStillBeSending(Request request, Answer answer) {
        return answer.status() >= 400
                && answer.status() < 500
                && request.getConnectionMetaData().getHttpVersion().getVersion() < 20
                && !request.getHeaders().contains("Expect");
    }

    /**
     * A whole answer that is worth it, in the coding that the caller reads best. Its tag becomes a
     * weak one: the same answer is spelt in several ways (RFC 9110 §8.8.3.3).
     */
    private static ByteBuffer inBestCoding(
            Request request, int status, HttpFields.Mutable headers, SharedBytes bytes) {
        ByteBuffer plain = bytes.plain();
        if (status == HttpStatus.PARTIAL_CONTENT_206
                || headers.contains("Content-Encoding")
                || !packsWell(Optional.ofNullable(headers.get("Content-Type")).orElse(""))) {
            return plain;
        }
        if (!headers.contains("Vary")) {
            headers.put("Vary", "Accept-Encoding");
        }
        Optional<ContentCoding> coding =
                ContentCoding.choose(request.getHeaders().getValuesList("Accept-Encoding"));
        if (plain.remaining() < COMPRESS_BYTES_MIN || coding.isEmpty()) {
            return plain;
        }
        ByteBuffer coded = bytes.in(coding.get());
        if (coded.remaining() >= plain.remaining()) {
            return plain;
        }
        headers.put("Content-Encoding", coding.get().word());
        Optional.ofNullable(headers.get("ETag"))
                .ifPresent(tag -> headers.put("ETag", EntityTags.weak(tag)));
        return coded;
    }

    private static boolean packsWell(String type) {
        return type.startsWith("application/json")
                || type.startsWith("text/")
                || type.equals("application/yaml")
                || type.equals(ListingForm.COLUMNS.mediaType())
                || type.startsWith("image/svg");
    }
}
