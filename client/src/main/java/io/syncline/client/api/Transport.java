package io.syncline.client.api;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes requests to a server and its answers back. Thread-safe. */
public interface Transport {
    /**
     * A request.
     *
     * @param path begins with a slash, is encoded, and may have a query
     * @param body absent where the method has none; its position stays
     * @param limit for the whole exchange; what a limit of the bandwidth holds it back is added
     * @param answerBytesMax a longer answer, as sent or decompressed, is CORRUPT
     * @param range the part that is asked for, as in a header {@code Range}
     * @param load where its many bytes are
     * @param accept the media types that are welcome, as in a header {@code Accept}
     */
    record Request(
            Traffic.Category category,
            String method,
            String path,
            Optional<Body> body,
            Duration limit,
            int answerBytesMax,
            Optional<String> range,
            Load load,
            String accept) {
        /** For an answer of any type. */
        public static final String ANYTHING = "*/*";

        /** For the whole answer, which like the body is small. */
        public Request(
                Traffic.Category category,
                String method,
                String path,
                Optional<Body> body,
                Duration limit,
                int answerBytesMax) {
            this(
                    category,
                    method,
                    path,
                    body,
                    limit,
                    answerBytesMax,
                    Optional.empty(),
                    Load.NONE,
                    ANYTHING);
        }
    }

    /**
     * Which part of an exchange has contents in it. Those wait for a limit of the bandwidth before
     * they pass; questions and commits, for which somebody waits, pass and are paid for by what
     * comes next, unless they are large.
     */
    enum Load {
        NONE,
        BODY,
        ANSWER
    }

    /** A body and its media type. */
    record Body(String type, ByteBuffer bytes) {}

    /** Any answer of a Syncline server that speaks our protocol; its body belongs to the caller. */
    record Answer(
            int status,
            ByteBuffer body,
            Optional<Duration> retryAfter,
            UnaryOperator<@Nullable String> headers) {
        /** A header's value. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.apply(name));
        }
    }

    /**
     * Sends once and waits for the whole answer, whatever its status.
     *
     * @throws ServerFailure UNAVAILABLE where none comes: then nobody knows whether the server has
     *     carried the request out
     */
    Answer exchange(Request request);
}
