package io.syncline.server.account;

import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes and hashes tokens: 32 random bytes in base64url after a prefix that says what it opens.
 * Looking a token up by the SHA-256 of it compares nothing that its holder could time: there is no
 * way to find a token from how long its hash's lookup took.
 */
final class Tokens {
    static final String DEVICE = "sld_";
    static final String SESSION = "sls_";

    /** The secret of a join link has no prefix: it is part of an address. */
    static final String LINK = "";

    private static final int BYTES = 32;

    private Tokens() {}

    static Secret next(String prefix, SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    static Hash hash(Secret token) {
        return Hash.sha256(token.value().getBytes(StandardCharsets.UTF_8));
    }
}
