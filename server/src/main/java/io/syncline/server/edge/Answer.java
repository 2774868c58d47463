package io.syncline.server.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param headers in order; the edge adds those that every answer has
 */
public record Answer(int status, Map<String, String> headers, Body body) {
    /** Media type of the JSON answers. */
    public static final String JSON = "application/json";

    /** Media type of the binary answers. */
    public static final String BINARY = "application/octet-stream";

    public Answer {
        // Not Map.copyOf: the order is kept.
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** The bytes after the headers. */
    public sealed interface Body {}

    /** No bytes. */
    public record None() implements Body {}

    /** All bytes at once. */
    public record Bytes(SharedBytes bytes) implements Body {
        /** The answer owns them. */
        public Bytes(ByteBuffer bytes) {
            this(new SharedBytes(bytes));
        }
    }

    /** {@code length} bytes that {@code writer} writes while they are sent. */
    public record Stream(long length, Writer writer) implements Body {}

    /** Bytes that {@code writer} writes while they are sent, as many as there turn out to be. */
    public record Unmeasured(UnmeasuredWriter writer) implements Body {}

    /** Writes a body of unknown length; where it fails the answer is cut short, visibly. */
    @FunctionalInterface
    public interface UnmeasuredWriter {
        /** Writes all bytes; blocks while the peer is slow. */
        void write(OutputStream out) throws IOException;
    }

    /** Writes a streamed body; runs after the headers are fixed and is not called for HEAD. */
    @FunctionalInterface
    public interface Writer {
        /** Writes exactly the announced number of bytes; blocks while the peer is slow. */
        void write(OutputStream out) throws IOException;
    }

    /** 200 with a JSON document. */
    public static Answer json(byte[] document) {
        return json(ByteBuffer.wrap(document));
    }

    /** 200 with a JSON document. */
    public static Answer json(ByteBuffer document) {
        return of(200, JSON, document);
    }

    /** 200 with a JSON document that answers others as well. */
    public static Answer json(SharedBytes document) {
        return new Answer(200, Map.of("Content-Type", JSON), new Bytes(document));
    }

    /** 200 with bytes. */
    public static Answer binary(ByteBuffer bytes) {
        return of(200, BINARY, bytes);
    }

    /** 204. */
    public static Answer noContent() {
        return new Answer(204, Map.of(), new None());
    }

    static Answer of(int status, String type, ByteBuffer bytes) {
        return new Answer(status, Map.of("Content-Type", type), new Bytes(bytes));
    }

    /** The whole body, for who doesn't send it over a socket. */
    public byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        switch (body) {
            case None() -> {}
            case Bytes(SharedBytes shared) -> {
                ByteBuffer plain = shared.plain();
                byte[] copy = new byte[plain.remaining()];
                plain.get(copy);
                bytes.writeBytes(copy);
            }
            case Stream(_, Writer writer) -> writer.write(bytes);
            case Unmeasured(UnmeasuredWriter writer) -> writer.write(bytes);
        }
        return bytes.toByteArray();
    }

    /** This answer with another header. */
    public Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }
}
