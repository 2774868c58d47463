package io.syncline.core.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes one JSON document (RFC 8259) in UTF-8 without white space, in memory. Members appear in
 * the order written, so equal values give equal bytes. Not thread-safe.
 */
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final JsonGenerator generator;

    /** An empty document. */
    public JsonWriter() {
        try {
            generator = FACTORY.createGenerator(bytes);
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    /** Begins an object: the document itself or an element of an array. */
    public JsonWriter beginObject() {
        return call(generator::writeStartObject);
    }

    /** Ends the object begun last. */
    public JsonWriter endObject() {
        return call(generator::writeEndObject);
    }

    /** A member that is a string. */
    public JsonWriter member(String name, String value) {
        return call(() -> generator.writeStringField(name, value));
    }

    /** A member that is a number. */
    public JsonWriter member(String name, long value) {
        return call(() -> generator.writeNumberField(name, value));
    }

    /** A member that is {@code true} or {@code false}. */
    public JsonWriter member(String name, boolean value) {
        return call(() -> generator.writeBooleanField(name, value));
    }

    /** A member that is a time: RFC 3339 in UTC. */
    public JsonWriter member(String name, Instant value) {
        return member(name, value.toString());
    }

    /** A member that is one of a set of words: the constant's name in lower case. */
    public JsonWriter member(String name, Enum<?> value) {
        return member(name, word(value));
    }

    /** A member that {@code write} fills with one value. */
    public <T> JsonWriter member(String name, T value, BiConsumer<JsonWriter, T> write) {
        call(() -> generator.writeFieldName(name));
        write.accept(this, value);
        return this;
    }

    /** A member that is left out where there is no value. */
    public <T> JsonWriter optional(
            String name, Optional<T> value, BiConsumer<JsonWriter, T> write) {
        return value.isPresent() ? member(name, value.get(), write) : this;
    }

    /** A member that is an array. */
    public <T> JsonWriter array(String name, List<T> values, BiConsumer<JsonWriter, T> write) {
        call(() -> generator.writeArrayFieldStart(name));
        values.forEach(value -> write.accept(this, value));
        return call(generator::writeEndArray);
    }

    /** A string as an element of an array or as the value of a member begun. */
    public JsonWriter text(String value) {
        return call(() -> generator.writeString(value));
    }

    /** A number as an element of an array or as the value of a member begun. */
    public JsonWriter number(long value) {
        return call(() -> generator.writeNumber(value));
    }

    /** How long the document is so far, at most 8 KiB behind. */
    public long sizeBytes() {
        return bytes.size() + (long) Math.max(0, generator.getOutputBuffered());
    }

    /** The finished document. */
    public byte[] toBytes() {
        call(generator::close);
        return bytes.toByteArray();
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private interface Call {
        void run() throws IOException;
    }

    private JsonWriter call(Call call) {
        try {
            call.run();
            return this;
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private static IllegalStateException inMemory(IOException e) {
        return new IllegalStateException("JSON written out of order", e);
    }
}
