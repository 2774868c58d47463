package io.syncline.storage.block.s3;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.check.Finding;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Looks whether a bucket does what the port doesn't show: {@link #run}. */
public final class S3Check {
    /** Signatures are refused beyond 15 minutes; this far, logs can't be compared any more. */
    private static final Duration CLOCK_DIFFERENCE_MAX = Duration.ofSeconds(30);

    private S3Check() {}

    /** Looks, by objects below {@code PREFIXcheck/}, which are deleted again. */
    public static List<Finding> run(
            S3Settings settings, RandomGenerator random, InstantSource clock) {
        List<Finding> found = new ArrayList<>();
        String name = "check/" + RandomId.next(random);
        String damaged = "check/" + RandomId.next(random);
        try (Bucket bucket = new Bucket(settings)) {
            try {
                found.add(
                        Finding.of(
                                "one condition of a write holds: nothing is overwritten",
                                "where the service doesn't know If-None-Match, say"
                                        + " conditional=false in the URL",
                                () -> conditional(settings, bucket, name)));
                found.add(
                        Finding.of(
                                "what changed on the way is refused",
                                "the service must check Content-MD5; use TLS, and another service",
                                () -> damagedIsRefused(bucket, damaged)));
                found.add(
                        Finding.of(
                                "the clocks agree",
                                "run NTP on both machines",
                                () -> clocks(bucket, name, clock)));
            } finally {
                bucket.delete(name);
                bucket.delete(damaged);
            }
        } catch (SynclineException e) {
            found.add(
                    Finding.failed(
                            "objects can be deleted",
                            String.valueOf(e.getMessage()),
                            "allow DeleteObject below the prefix"));
        }
        return found;
    }

    private static String conditional(S3Settings settings, Bucket bucket, String name) {
        bucket.putNew(name, new Bytes("first", "first"));
        if (!settings.conditional()) {
            return "not asked for: conditional=false";
        }
        try {
            bucket.putNew(name, new Bytes("another", "another"));
        } catch (SynclineException e) {
            // It was refused, as it must be: the one that is there has another length.
            return bucket.stat(name).orElseThrow().sizeBytes() == 5
                    ? "a second write of a name was refused"
                    : "refused, but: " + e.getMessage();
        }
        throw SynclineException.invalid("a second write of a name replaced the first");
    }

    private static String damagedIsRefused(Bucket bucket, String name) {
        try {
            bucket.putNew(name, new Bytes("bytes", "other bytes"));
        } catch (SynclineException e) {
            // Not where nobody answered: that says nothing of what the service checks.
            if (e.getCause() instanceof S3Exception answer
                    && answer.statusCode() >= 400
                    && answer.statusCode() < 500) {
                return "refused: " + e.getMessage();
            }
            throw e;
        }
        throw SynclineException.invalid("bytes that didn't match their checksum were stored");
    }

    private static String clocks(Bucket bucket, String name, InstantSource clock) {
        Duration difference =
                Duration.between(bucket.stat(name).orElseThrow().stored(), clock.instant()).abs();
        if (difference.compareTo(CLOCK_DIFFERENCE_MAX) > 0) {
            throw SynclineException.invalid("they differ by " + difference.toSeconds() + " s");
        }
        return "to " + difference.toSeconds() + " s";
    }

    /** A short body, and whose checksum it claims to have. */
    private static final class Bytes implements Bucket.Body {
        private final byte[] bytes;
        private final byte[] md5;

        Bytes(String text, String claimed) {
            this.bytes = text.getBytes(StandardCharsets.US_ASCII);
            MessageDigest digest = NewPack.newMd5();
            this.md5 = digest.digest(claimed.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public byte[] md5() {
            return Arrays.copyOf(md5, md5.length);
        }
    }
}
