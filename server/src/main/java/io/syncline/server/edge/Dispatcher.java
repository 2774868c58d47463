package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Limits;
import io.syncline.storage.deadline.Deadline;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Has a request answered by whoever answers its address, and makes what fails a problem document.
 * Thread-safe.
 */
public final class Dispatcher {
    private static final String PROTOCOLS = Limits.PROTOCOL_MIN + "-" + Limits.PROTOCOL;

    /** Others come from outside and are without number. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");

    private final Router router;
    private final Handler others;
    private final RequestObserver observer;

    /** Other addresses than the router's don't exist. */
    public Dispatcher(Router router) {
        this(
                router,
                _ -> {
                    throw new SynclineException(
                            ErrorCode.NOT_FOUND, "there is nothing at this address");
                },
                RequestObserver.NONE);
    }

    /** Other addresses than the router's are answered by {@code others}. */
    Dispatcher(Router router, Handler others, RequestObserver observer) {
        this.observer = observer;
        this.router = router;
        this.others = others;
    }

    /**
     * Never throws.
     *
     * @param id under which the log and the caller know this request
     */
    public Answer answer(Incoming request, String id) {
        long start = System.nanoTime();
        String template = RequestObserver.OTHER;
        Optional<String> project = Optional.empty();
        Optional<ErrorCode> code = Optional.empty();
        String reason = "";
        Answer answer;
        try {
            checkProtocol(request);
            Optional<Router.Match> match = router.find(request.method(), request.path());
            if (match.isPresent()) {
                template = match.get().template();
                project = Optional.ofNullable(match.get().variables().get("p"));
                answer =
                        match.get()
                                .handler()
                                .handle(new Call(request, id, match.get().variables()));
            } else {
                answer = others.handle(new Call(request, id, Map.of()));
            }
        } catch (Throwable failure) {
            Throwable judged = judged(failure);
            answer = Problems.answer(judged, id);
            code = Optional.of(Problems.code(judged));
            reason = String.valueOf(judged.getMessage());
        }
        observer.answered(
                new RequestObserver.Seen(
                        id,
                        method(request.method()),
                        template,
                        project,
                        answer.status(),
                        System.nanoTime() - start,
                        code,
                        reason));
        return answer;
    }

    /** As observers are told it. */
    static String method(String sent) {
        return METHODS.contains(sent) ? sent : RequestObserver.OTHER;
    }

    /** A failure; where it came of the deadline, one that says so. */
    private Throwable judged(Throwable failure) {
        if (failure instanceof SlowBodyException) {
            observer.refused(Refusal.SLOW_BODY);
            return failure;
        }
        Optional<Deadline> late = Deadline.current().filter(Deadline::isOver);
        if (late.isPresent()
                && failure instanceof SynclineException known
                && known.code().retryable()) {
            observer.refused(Refusal.DEADLINE);
            return new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "not done within "
                            + late.get().budget().toSeconds()
                            + " s: "
                            + known.getMessage(),
                    known);
        }
        return failure;
    }

    static void checkProtocol(Incoming request) {
        Optional<String> spoken = request.header("Syncline-Protocol");
        if (spoken.isEmpty()) {
            return;
        }
        int version;
        try {
            version = Integer.parseInt(spoken.get().strip());
        } catch (NumberFormatException e) {
            throw SynclineException.invalid("Syncline-Protocol must be a number");
        }
        if (version < Limits.PROTOCOL_MIN) {
            throw new SynclineException(
                    ErrorCode.UPGRADE_REQUIRED,
                    "this server speaks protocol " + PROTOCOLS + "; update the client");
        }
    }
}
