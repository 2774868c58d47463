package io.syncline.core.snapshot;

import io.syncline.core.error.SynclineException;

/**
 * Reads the columns of one tree section, front to back. Reading beyond the end throws {@link
 * IndexOutOfBoundsException}, which whoever decodes a section translates.
 */
final class Columns {
    private final byte[] bytes;
    private int at;

    Columns(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A byte, 0..255. */
    int next() {
        return bytes[at++] & 0xFF;
    }

    /** 0..2^63-1. */
    long unsigned() {
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
        throw SynclineException.corrupt("a snapshot has a number that is too large");
    }

    /** A number of 0..{@code max}. */
    int unsigned(int max) {
        long value = unsigned();
        if (value > max) {
            throw SynclineException.corrupt("a snapshot has a number above " + max);
        }
        return (int) value;
    }

    long signed() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte more = bytes[at++];
            value |= (more & 0x7FL) << shift;
            if (more >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw SynclineException.corrupt("a snapshot has a number that is too large");
    }

    void copy(byte[] to, int offset, int count) {
        System.arraycopy(bytes, at, to, offset, count);
        at += count;
    }

    boolean atEnd() {
        return at == bytes.length;
    }
}
