package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;

/**
 * A password, a token or a link's secret, which must not show up in a log: {@link #toString} hides
 * it. Whoever compares two does it in constant time or by their hashes.
 *
 * @param value 1..1,024 characters
 */
public record Secret(String value) {
    /** Longest secret in characters. */
    public static final int CHARS_MAX = 1_024;

    public Secret {
        if (value.isEmpty() || value.length() > CHARS_MAX) {
            throw SynclineException.invalid("a secret has 1.." + CHARS_MAX + " characters");
        }
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
