package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * 128 random bits as 32 lower-case hexadecimal digits: the spelling of every id that isn't a
 * number.
 */
public final class RandomId {
    private RandomId() {}

    /**
     * A new id from the given source; hand in a cryptographic one where the id must not be guessed.
     */
    public static String next(RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static void check(String value) {
        boolean hex = value.length() == 32;
        for (int i = 0; hex && i < 32; i++) {
            char c = value.charAt(i);
            hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        if (!hex) {
            throw SynclineException.invalid("an id is 32 lower-case hexadecimal digits");
        }
    }
}
