package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A SHA-256 value (FIPS 180-4): 32 bytes, held as four big-endian longs so that a million of them
 * cost no arrays. Ordered as unsigned bytes.
 */
public record Hash(long a, long b, long c, long d) implements Comparable<Hash> {
    /** Bytes in a hash. */
    public static final int BYTES = 32;

    /** SHA-256 of no bytes: the content of every empty file. */
    public static final Hash EMPTY = sha256(new byte[0]);

    /** A fresh SHA-256 engine of the platform. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** SHA-256 of these bytes. */
    public static Hash sha256(byte[] bytes) {
        return of(newDigest().digest(bytes));
    }

    /** SHA-256 of the remaining bytes; the buffer's position moves to its limit. */
    public static Hash sha256(ByteBuffer bytes) {
        MessageDigest digest = newDigest();
        digest.update(bytes);
        return of(digest.digest());
    }

    /** The hash that these 32 bytes spell. */
    public static Hash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw SynclineException.invalid("a hash has 32 bytes, not " + bytes.length);
        }
        return read(ByteBuffer.wrap(bytes));
    }

    /** Reads 32 bytes at the buffer's position, whatever the buffer's byte order. */
    public static Hash read(ByteBuffer from) {
        ByteOrder order = from.order();
        from.order(ByteOrder.BIG_ENDIAN);
        try {
            return new Hash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
        } finally {
            from.order(order);
        }
    }

    /** Parses 64 lower-case hexadecimal digits. */
    public static Hash parse(String hex) {
        return parse(hex.toCharArray(), 0, hex.length());
    }

    /**
     * Parses a part of an array, which stays the caller's: 64 lower-case hexadecimal digits.
     *
     * @throws IndexOutOfBoundsException where the part isn't in the array
     */
    public static Hash parse(char[] hex, int from, int length) {
        Objects.checkFromIndexSize(from, length, hex.length);
        if (length != 2 * BYTES) {
            throw noHash();
        }
        return new Hash(
                word(hex, from), word(hex, from + 16), word(hex, from + 32), word(hex, from + 48));
    }

    /** What each ASCII character is worth as a digit; -1 where it is none. */
    private static final byte[] DIGITS = digits();

    private static byte[] digits() {
        byte[] digits = new byte[128];
        Arrays.fill(digits, (byte) -1);
        for (int i = 0; i < 16; i++) {
            digits["0123456789abcdef".charAt(i)] = (byte) i;
        }
        return digits;
    }

    private static long word(char[] hex, int from) {
        long word = 0;
        int faults = 0;
        for (int i = from; i < from + 16; i++) {
            char c = hex[i];
            int digit = c < DIGITS.length ? DIGITS[c] : -1;
            // Judged once at the end: of good digits no bit of the sign is set.
            faults |= digit;
            word = (word << 4) | digit;
        }
        if (faults < 0) {
            throw noHash();
        }
        return word;
    }

    private static SynclineException noHash() {
        return SynclineException.invalid("a hash is 64 lower-case hexadecimal digits");
    }

    /** Writes the 32 bytes at the buffer's position, whatever the buffer's byte order. */
    public void write(ByteBuffer to) {
        ByteOrder order = to.order();
        to.order(ByteOrder.BIG_ENDIAN);
        to.putLong(a).putLong(b).putLong(c).putLong(d);
        to.order(order);
    }

    /** The 32 bytes, in a new array. */
    public byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        write(buffer);
        return buffer.array();
    }

    /** 64 lower-case hexadecimal digits. */
    public String toHex() {
        return HexFormat.of().formatHex(toBytes());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(d);
    }

    @Override
    public int compareTo(Hash other) {
        int order = Long.compareUnsigned(a, other.a);
        order = order != 0 ? order : Long.compareUnsigned(b, other.b);
        order = order != 0 ? order : Long.compareUnsigned(c, other.c);
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
