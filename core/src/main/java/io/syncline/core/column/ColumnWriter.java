package io.syncline.core.column;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing array of bytes with the integers of columns. Not thread-safe. */
public final class ColumnWriter {
    private byte[] bytes;
    private int length;

    /** Empty, with room for a thousand bytes. */
    public ColumnWriter() {
        this(1 << 10);
    }

    /**
     * Empty.
     *
     * @param room bytes that are expected, at least 1; it grows where more come
     */
    public ColumnWriter(int room) {
        bytes = new byte[room];
    }

    /** How many bytes were put. */
    public int length() {
        return length;
    }

    /** What was put, and behind it what is of no account; changes with the next put. */
    public byte[] bytes() {
        return bytes;
    }

    /** What was put, in a new array. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Forgets what was put. */
    public void clear() {
        length = 0;
    }

    /** The lowest eight bits. */
    public void putByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /** These bytes as they are. */
    public void put(byte[] from) {
        put(from, from.length);
    }

    /** What was put into the other one. */
    public void put(ColumnWriter from) {
        put(from.bytes, from.length);
    }

    /** The remaining bytes; the buffer stays as it is. */
    public void put(ByteBuffer from) {
        int count = from.remaining();
        room(count);
        from.get(from.position(), bytes, length, count);
        length += count;
    }

    private void put(byte[] from, int count) {
        room(count);
        System.arraycopy(from, 0, bytes, length, count);
        length += count;
    }

    /** A number of at most 63 bits. */
    public void putUnsigned(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Any number. */
    public void putSigned(long value) {
        putUnsigned((value << 1) ^ (value >> 63));
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
