package io.syncline.core.wire;

import io.syncline.core.tree.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes one JSON document (RFC 8259) in UTF-8 without white space, in memory. Members appear in
 * the order written, so equal values give equal bytes. Not thread-safe.
 *
 * <p>Straight into an array of bytes: a page of 500 nodes is 10,000 calls, and through a library's
 * generator they took three times as long.
 */
public final class JsonWriter {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Most bytes that one UTF-16 unit becomes: those of an escape. */
    private static final int UNIT_BYTES_MAX = 6;

    /** Most bytes of a number: a sign and 19 digits. */
    private static final int NUMBER_BYTES_MAX = 20;

    private byte[] bytes = new byte[512];
    private int size;

    /** Whether a comma parts what comes next from what came before. */
    private boolean comma;

    /** Objects and arrays that are begun and not ended. */
    private int depth;

    /** An empty document. */
    public JsonWriter() {}

    /** Begins an object: the document itself or an element of an array. */
    public JsonWriter beginObject() {
        return begin('{');
    }

    /** Ends the object begun last. */
    public JsonWriter endObject() {
        return end('}');
    }

    /** A member that is a string. */
    public JsonWriter member(String name, String value) {
        return name(name).text(value);
    }

    /** A member that is a number. */
    public JsonWriter member(String name, long value) {
        return name(name).number(value);
    }

    /** A member that is {@code true} or {@code false}. */
    public JsonWriter member(String name, boolean value) {
        name(name);
        ascii(value ? "true" : "false");
        comma = true;
        return this;
    }

    /** A member that is a time: RFC 3339 in UTC. */
    public JsonWriter member(String name, Instant value) {
        return member(name, value.toString());
    }

    /** A member that is one of a set of words: the constant's name in lower case. */
    public JsonWriter member(String name, Enum<?> value) {
        return member(name, word(value));
    }

    /** A member that is a hash: a string of 64 lower-case hexadecimal digits. */
    public JsonWriter member(String name, Hash value) {
        name(name);
        reserve(2 * Hash.BYTES + 2);
        bytes[size++] = '"';
        hexadecimal(value.a());
        hexadecimal(value.b());
        hexadecimal(value.c());
        hexadecimal(value.d());
        bytes[size++] = '"';
        comma = true;
        return this;
    }

    /** A member that is a number in a string, for readers whose numbers end at 2^53. */
    public JsonWriter decimal(String name, long value) {
        name(name);
        reserve(NUMBER_BYTES_MAX + 2);
        bytes[size++] = '"';
        decimal(value);
        bytes[size++] = '"';
        comma = true;
        return this;
    }

    /** A member that {@code write} fills with one value. */
    public <T> JsonWriter member(String name, T value, BiConsumer<JsonWriter, T> write) {
        name(name);
        write.accept(this, value);
        return this;
    }

    /** A member whose value is a document that was written before. */
    public JsonWriter document(String name, ByteBuffer json) {
        name(name);
        int length = json.remaining();
        reserve(length);
        json.get(json.position(), bytes, size, length);
        size += length;
        comma = true;
        return this;
    }

    /** A member that is left out where there is no value. */
    public <T> JsonWriter optional(
            String name, Optional<T> value, BiConsumer<JsonWriter, T> write) {
        return value.isPresent() ? member(name, value.get(), write) : this;
    }

    /** A member that is an array. */
    public <T> JsonWriter array(String name, List<T> values, BiConsumer<JsonWriter, T> write) {
        return name(name).array(values, write);
    }

    /** An array: the document itself. */
    public <T> JsonWriter array(List<T> values, BiConsumer<JsonWriter, T> write) {
        begin('[');
        for (T value : values) {
            write.accept(this, value);
        }
        return end(']');
    }

    /**
     * A string as an element of an array or as the value of a member begun.
     *
     * @throws IllegalStateException where it isn't valid Unicode
     */
    public JsonWriter text(String value) {
        separate();
        int length = value.length();
        reserve(length + 2);
        // In local variables: the compiler can't know that bytes and size stay the same.
        byte[] to = bytes;
        int start = size + 1;
        int at = 0;
        to[size] = '"';
        while (at < length && isPlain(value.charAt(at))) {
            to[start + at] = (byte) value.charAt(at);
            at++;
        }
        size = start + at;
        if (at < length) {
            encode(value, at);
        }
        reserve(1);
        bytes[size++] = '"';
        comma = true;
        return this;
    }

    /** A number as an element of an array or as the value of a member begun. */
    public JsonWriter number(long value) {
        separate();
        reserve(NUMBER_BYTES_MAX);
        decimal(value);
        comma = true;
        return this;
    }

    /**
     * A number with at most three decimals as an element of an array or as the value of a member
     * begun.
     *
     * @param value cut to ±2^43; what is no number is 0
     */
    public JsonWriter rounded(double value) {
        long thousandths = Math.round(Math.clamp(value, -0x1p43, 0x1p43) * 1_000);
        ascii(BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString());
        comma = true;
        return this;
    }

    /** A member that is a number with at most three decimals, as {@link #rounded(double)}. */
    public JsonWriter rounded(String name, double value) {
        return name(name).rounded(value);
    }

    /** How long the document is so far. */
    public long sizeBytes() {
        return size;
    }

    /**
     * The finished document.
     *
     * @throws IllegalStateException where an object isn't ended
     */
    public byte[] toBytes() {
        if (depth != 0) {
            throw new IllegalStateException("JSON is short of " + depth + " ends");
        }
        return Arrays.copyOf(bytes, size);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private JsonWriter begin(char bracket) {
        separate();
        reserve(1);
        bytes[size++] = (byte) bracket;
        comma = false;
        depth++;
        return this;
    }

    private JsonWriter end(char bracket) {
        if (--depth < 0) {
            throw new IllegalStateException("JSON has an end too many");
        }
        reserve(1);
        bytes[size++] = (byte) bracket;
        comma = true;
        return this;
    }

    private JsonWriter name(String name) {
        text(name);
        reserve(1);
        bytes[size++] = ':';
        comma = false;
        return this;
    }

    private void separate() {
        if (comma) {
            reserve(1);
            bytes[size++] = ',';
        }
    }

    /** Whether it is spelt by itself, in one byte. */
    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    /** The rest of a string that holds something else than plain characters. */
    private void encode(String value, int from) {
        reserve(UNIT_BYTES_MAX * (value.length() - from));
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else if (c < 0x80) {
                escape(c);
            } else if (c < 0x800) {
                bytes[size++] = (byte) (0xC0 | (c >> 6));
                continuation(c);
            } else if (!Character.isSurrogate(c)) {
                bytes[size++] = (byte) (0xE0 | (c >> 12));
                continuation(c >> 6);
                continuation(c);
            } else {
                if (i + 1 == value.length() || !Character.isSurrogatePair(c, value.charAt(i + 1))) {
                    throw new IllegalStateException("JSON can't hold half a character");
                }
                int point = Character.toCodePoint(c, value.charAt(++i));
                bytes[size++] = (byte) (0xF0 | (point >> 18));
                continuation(point >> 12);
                continuation(point >> 6);
                continuation(point);
            }
        }
    }

    private void continuation(int bits) {
        bytes[size++] = (byte) (0x80 | (bits & 0x3F));
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\b' -> bytes[size++] = 'b';
            case '\t' -> bytes[size++] = 't';
            case '\n' -> bytes[size++] = 'n';
            case '\f' -> bytes[size++] = 'f';
            case '\r' -> bytes[size++] = 'r';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = (byte) (c < 0x10 ? '0' : '1');
                bytes[size++] = (byte) "0123456789ABCDEF".charAt(c & 0xF);
            }
        }
    }

    /** 16 digits, eight at a time, each in a byte of a long of its own. */
    private void hexadecimal(long word) {
        EIGHT_BYTES.set(bytes, size, digits(word >>> 32));
        EIGHT_BYTES.set(bytes, size + 8, digits(word & 0xFFFF_FFFFL));
        size += 16;
    }

    private static long digits(long word) {
        long apart = (word | (word << 16)) & 0x0000_FFFF_0000_FFFFL;
        apart = (apart | (apart << 8)) & 0x00FF_00FF_00FF_00FFL;
        apart = (apart | (apart << 4)) & 0x0F0F_0F0F_0F0F_0F0FL;
        long letters = ((apart + 0x0606_0606_0606_0606L) >>> 4) & 0x0101_0101_0101_0101L;
        return apart + 0x3030_3030_3030_3030L + letters * ('a' - '9' - 1);
    }

    /** From the end, two digits for each division; below zero, so that the lowest number fits. */
    private void decimal(long value) {
        if (value < 0) {
            bytes[size++] = '-';
        }
        long rest = value < 0 ? value : -value;
        int count = 1;
        for (long bound = -10; count < NUMBER_BYTES_MAX - 1 && rest <= bound; bound *= 10) {
            count++;
        }
        size += count;
        byte[] to = bytes;
        int at = size;
        while (rest <= -10) {
            long hundreds = rest / 100;
            int pair = (int) (hundreds * 100 - rest);
            to[--at] = (byte) ('0' + pair % 10);
            to[--at] = (byte) ('0' + pair / 10);
            rest = hundreds;
        }
        if (at > size - count) {
            to[--at] = (byte) ('0' - rest);
        }
    }

    private void ascii(String word) {
        separate();
        reserve(word.length());
        for (int i = 0; i < word.length(); i++) {
            bytes[size++] = (byte) word.charAt(i);
        }
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
