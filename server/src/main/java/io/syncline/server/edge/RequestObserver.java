package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import java.util.Optional;

/** Is told of each request that was answered, or given up. Must not block or fail. */
@FunctionalInterface
public interface RequestObserver {
    /** Nobody watches. */
    RequestObserver NONE = _ -> {};

    /** What stands for the template where no template matched. */
    String OTHER = "other";

    /** An answer was made. */
    void answered(Seen request);

    /** Tells both. */
    static RequestObserver both(RequestObserver first, RequestObserver second) {
        return new RequestObserver() {
            @Override
            public void answered(Seen request) {
                first.answered(request);
                second.answered(request);
            }

            @Override
            public void turnedAway(Seen request) {
                first.turnedAway(request);
                second.turnedAway(request);
            }

            @Override
            public void refused(Refusal reason) {
                first.refused(reason);
                second.refused(reason);
            }

            @Override
            public void moved(long bytesIn, long bytesOut) {
                first.moved(bytesIn, bytesOut);
                second.moved(bytesIn, bytesOut);
            }
        };
    }

    /** A request was turned away before anybody looked at it. */
    default void turnedAway(Seen request) {}

    /** A request's bytes went over the wire: those of bodies, as they were sent. */
    default void moved(long bytesIn, long bytesOut) {}

    /**
     * An answered request.
     *
     * @param id as in the log
     * @param method one of HTTP's well-known ones, or {@link #OTHER}
     * @param template of the address, or {@link #OTHER}
     * @param project what the address has at {@code {p}}, as it was sent
     * @param nanos from the arrival of the headers until the answer was ready to be sent; what is
     *     streamed takes longer
     * @param code of the failure, where it failed
     * @param reason of the failure, where it failed
     */
    record Seen(
            String id,
            String method,
            String template,
            Optional<String> project,
            int status,
            long nanos,
            Optional<ErrorCode> code,
            String reason) {}

    /** A request was given up; its answer, if there was one, is told as well. */
    default void refused(Refusal reason) {}
}
