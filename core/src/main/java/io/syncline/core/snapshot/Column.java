package io.syncline.core.snapshot;

import java.util.Arrays;

/** A growing array of bytes with the integers of the format. Not thread-safe. */
final class Column {
    private byte[] bytes = new byte[1 << 10];
    private int length;

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    void clear() {
        length = 0;
    }

    void putByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    void put(byte[] from) {
        put(from, from.length);
    }

    void put(Column from) {
        put(from.bytes, from.length);
    }

    private void put(byte[] from, int count) {
        room(count);
        System.arraycopy(from, 0, bytes, length, count);
        length += count;
    }

    /** A number of at most 63 bits. */
    void putUnsigned(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void putSigned(long value) {
        putUnsigned((value << 1) ^ (value >> 63));
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
