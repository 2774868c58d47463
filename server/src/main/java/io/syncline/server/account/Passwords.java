package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id (RFC 9106) into the PHC string format, {@code
 * $argon2id$v=19$m=…,t=…,p=…$salt$hash}, which carries its parameters: stronger ones can be chosen
 * later without locking anybody out.
 *
 * <p>Parameters: 19 MiB, two passes, one lane, OWASP's second choice: about 50 ms of one core here.
 * Bounded: so many hashes at once, so that logins can't eat the heap; further ones wait, then are
 * {@code LIMITED}. Thread-safe.
 */
final class Passwords {
    private static final int MEMORY_KIB = 19_456;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** 2 × 19 MiB. */
    private static final int CONCURRENT_MAX = 2;

    private static final Duration WAIT = Duration.ofSeconds(5);

    /** What is accepted from a stored string; it comes from our own database. */
    private static final Pattern PHC =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})"
                            + "\\$([A-Za-z0-9+/]{11,88})\\$([A-Za-z0-9+/]{22,88})");

    private final Semaphore places = new Semaphore(CONCURRENT_MAX);
    private final SecureRandom random;
    private final String dummy;

    Passwords(SecureRandom random) {
        this.random = random;
        // Never computed from a password; only has to cost the same to check.
        this.dummy = encode(new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /** The string to store for this password. */
    String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return encode(salt, argon2(password, salt, MEMORY_KIB, PASSES, LANES, HASH_BYTES));
    }

    /** Whether the password is the stored one; takes as long where nothing is stored. */
    boolean matches(String password, Optional<String> stored) {
        Matcher parts = PHC.matcher(stored.orElse(dummy));
        if (!parts.matches()) {
            throw new IllegalStateException("a stored password hash isn't in PHC format");
        }
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] found =
                argon2(
                        password,
                        Base64.getDecoder().decode(parts.group(4)),
                        Integer.parseInt(parts.group(1)),
                        Integer.parseInt(parts.group(2)),
                        Integer.parseInt(parts.group(3)),
                        expected.length);
        boolean equal = MessageDigest.isEqual(expected, found);
        return equal && stored.isPresent();
    }

    private static String encode(byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        MEMORY_KIB,
                        PASSES,
                        LANES,
                        base64.encodeToString(salt),
                        base64.encodeToString(hash));
    }

    private byte[] argon2(
            String password, byte[] salt, int memoryKib, int passes, int lanes, int hashBytes) {
        try {
            if (!places.tryAcquire(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SynclineException(ErrorCode.LIMITED, "too many logins at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping", e);
        }
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(memoryKib)
                            .withIterations(passes)
                            .withParallelism(lanes)
                            .withSalt(salt)
                            .build());
            byte[] hash = new byte[hashBytes];
            // One spelling per password, whatever keyboard made it.
            byte[] bytes =
                    Normalizer.normalize(password, Normalizer.Form.NFKC)
                            .getBytes(StandardCharsets.UTF_8);
            generator.generateBytes(bytes, hash);
            return hash;
        } finally {
            places.release();
        }
    }
}
