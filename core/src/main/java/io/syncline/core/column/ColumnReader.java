package io.syncline.core.column;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Reads columns from outside, front to back. Reading beyond the end throws {@link
 * IndexOutOfBoundsException}, which whoever decodes them translates. Not thread-safe.
 */
public final class ColumnReader {
    private final byte[] bytes;
    private final String what;
    private int at;

    /**
     * Reads all of these bytes.
     *
     * @param what they are, for messages: "a snapshot"
     */
    public ColumnReader(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    /** A byte, 0..255. */
    public int next() {
        return bytes[at++] & 0xFF;
    }

    /** 0..2^63-1; CORRUPT where it is larger. */
    public long unsigned() {
        byte first = bytes[at++];
        if (first >= 0) {
            return first;
        }
        long value = first & 0x7F;
        for (int shift = 7; shift < 63; shift += 7) {
            byte more = bytes[at++];
            value |= (more & 0x7FL) << shift;
            if (more >= 0) {
                return value;
            }
        }
        throw SynclineException.corrupt(what + " has a number that is too large");
    }

    /** 0..{@code max}; CORRUPT where it is larger. */
    public int unsigned(int max) {
        long value = unsigned();
        if (value > max) {
            throw SynclineException.corrupt(what + " has a number above " + max);
        }
        return (int) value;
    }

    /** Any number; CORRUPT where it has more than 64 bits. */
    public long signed() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte more = bytes[at++];
            value |= (more & 0x7FL) << shift;
            if (more >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw SynclineException.corrupt(what + " has a number that is too large");
    }

    /** Copies that many bytes. */
    public void copy(byte[] to, int offset, int count) {
        System.arraycopy(bytes, at, to, offset, count);
        at += count;
    }

    /** Text of that many bytes of UTF-8; CORRUPT where they aren't. */
    public String text(int count) {
        int from = at;
        Objects.checkFromIndexSize(from, count, bytes.length);
        at += count;
        for (int i = from; i < at; i++) {
            if (bytes[i] < 0) {
                return strict(ByteBuffer.wrap(bytes, from, count));
            }
        }
        return new String(bytes, from, count, StandardCharsets.ISO_8859_1);
    }

    private String strict(ByteBuffer utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new SynclineException(ErrorCode.CORRUPT, what + " has text that isn't UTF-8", e);
        }
    }

    /** Whether all was read. */
    public boolean atEnd() {
        return at == bytes.length;
    }
}
