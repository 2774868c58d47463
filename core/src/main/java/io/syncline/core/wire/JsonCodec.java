package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.io.InputStream;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** How one type is spelt in JSON. The ready ones are constants of {@link WireJson}. Thread-safe. */
public final class JsonCodec<T> {
    private final BiConsumer<JsonWriter, T> writer;
    private final Function<JsonReader, T> reader;

    /** A codec of these two halves, each of which handles exactly one JSON value. */
    public JsonCodec(BiConsumer<JsonWriter, T> writer, Function<JsonReader, T> reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /** Writes the value inside a larger document. */
    public void write(JsonWriter out, T value) {
        writer.accept(out, value);
    }

    /** Reads the value inside a larger document. */
    public T read(JsonReader in) {
        return reader.apply(in);
    }

    /** The value as a document of its own. */
    public byte[] toBytes(T value) {
        JsonWriter out = new JsonWriter();
        writer.accept(out, value);
        return out.toBytes();
    }

    /**
     * The value that a document, bounded by the caller, spells.
     *
     * @throws SynclineException INVALID with the JSON pointer of the fault
     */
    public T fromBytes(byte[] json) {
        try (JsonReader in = JsonReader.of(json)) {
            return whole(in);
        }
    }

    /**
     * The value that a stream spells, read to its end and left open.
     *
     * @throws SynclineException INVALID with the JSON pointer of the fault, TOO_LARGE beyond {@code
     *     bytesMax} bytes, UNAVAILABLE where the stream fails
     */
    public T fromStream(InputStream json, long bytesMax) {
        try (JsonReader in = JsonReader.of(json, bytesMax)) {
            return whole(in);
        }
    }

    private T whole(JsonReader in) {
        T value = reader.apply(in);
        in.end();
        return value;
    }
}
