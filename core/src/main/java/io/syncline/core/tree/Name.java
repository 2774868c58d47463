package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One exact name of a node among its siblings, as its author spelt it: valid Unicode that encodes
 * to 1..255 bytes of UTF-8, with no {@code /} and no NUL, and neither {@code .} nor {@code ..}. Two
 * names are equal only byte by byte; the order is that of their UTF-8 bytes.
 */
public record Name(String value) implements Comparable<Name> {
    /** Longest name in bytes of UTF-8. */
    public static final int MAX_BYTES = 255;

    public Name {
        String fault = fault(value);
        if (!fault.isEmpty()) {
            throw SynclineException.invalid(fault);
        }
    }

    /** Why this can't be a name; empty when it can. */
    public static String fault(String value) {
        if (value.isEmpty() || value.equals(".") || value.equals("..")) {
            return "a name can't be empty, '.' or '..'";
        }
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '/' || c == 0) {
                return "a name can't hold '/' or NUL";
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else if (Character.isSurrogate(c)) {
                return "a name must be valid Unicode";
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
            if (bytes > MAX_BYTES) {
                return "a name has at most 255 bytes of UTF-8";
            }
        }
        return "";
    }

    /** The name's UTF-8 bytes, in a new array of 1..255 bytes. */
    public byte[] toBytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Name other) {
        return Arrays.compareUnsigned(toBytes(), other.toBytes());
    }

    @Override
    public String toString() {
        return value;
    }
}
