package io.syncline.client.api;

import io.syncline.core.error.SynclineException;

/**
 * A bearer token: 32 random bytes in base64url behind {@code sld_} (a device's) or {@code sls_} (a
 * session's). Never printed.
 */
public record Token(String value) {
    private static final int LENGTH_MAX = 200;

    public Token {
        boolean plain = !value.isEmpty() && value.length() <= LENGTH_MAX;
        if (!plain || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw SynclineException.invalid("a token is 1..200 printable characters");
        }
    }

    /** Doesn't show the token, so that a log can't. */
    @Override
    public String toString() {
        return "Token[…]";
    }
}
