package io.syncline.storage.block.s3;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One bucket, below one prefix. Requests are repeated where that may help, with a growing, jittered
 * wait, and within a budget that all requests share: a service that fails everything gets few
 * repeats. Each has a time limit. Thread-safe.
 *
 * <p>Names are given without the prefix. Failures are UNAVAILABLE, whatever their cause: nothing
 * here is ever taken for absence but the service's word that there is no such object.
 */
final class Bucket implements AutoCloseable {
    /** Requests at once, each with a connection; more wait. */
    static final int REQUESTS_MAX = 64;

    /** How long one waits for its turn. */
    private static final Duration TURN = Duration.ofSeconds(20);

    /** Attempts of one request. */
    private static final int ATTEMPTS = 5;

    /** An attempt that moves bytes may take as much longer as this rate needs for them. */
    private static final long BYTES_PER_SECOND_MIN = 1 << 20;

    /** The library takes no less. */
    private static final Duration LIMIT_MIN = Duration.ofMillis(1);

    /** Names in one answer to a listing; the most that the protocol gives. */
    private static final int PAGE = 1_000;

    private final S3Settings settings;
    private final S3Client client;
    private final Semaphore turns = new Semaphore(REQUESTS_MAX, true);
    private volatile boolean closed;

    Bucket(S3Settings settings) {
        this.settings = settings;
        this.client = client(settings);
    }

    private static S3Client client(S3Settings settings) {
        S3Settings.Timing timing = settings.timing();
        S3ClientBuilder builder =
                S3Client.builder()
                        .region(Region.of(settings.region()))
                        .forcePathStyle(settings.pathStyle())
                        // Ceph and others answer 400 to checksums that they don't know.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .httpClientBuilder(
                                Apache5HttpClient.builder()
                                        .maxConnections(REQUESTS_MAX)
                                        .connectionTimeout(timing.connection())
                                        .connectionAcquisitionTimeout(TURN)
                                        .socketTimeout(timing.answer()))
                        .overrideConfiguration(override ->
                                override.apiCallAttemptTimeout(timing.attempt())
                                        .apiCallTimeout(timing.whole())
                                        .retryStrategy(retries(timing)));
        settings.endpoint().ifPresent(builder::endpointOverride);
        settings.keys()
                .ifPresentOrElse(
                        keys ->
                                builder.credentialsProvider(
                                        StaticCredentialsProvider.create(
                                                AwsBasicCredentials.create(
                                                        keys.access().value(),
                                                        keys.secret().value()))),
                        () ->
                                builder.credentialsProvider(
                                        DefaultCredentialsProvider.builder().build()));
        return builder.build();
    }

    private static StandardRetryStrategy retries(S3Settings.Timing timing) {
        BackoffStrategy backoff =
                BackoffStrategy.exponentialDelay(timing.retryMin(), timing.retryMax());
        return StandardRetryStrategy.builder()
                .maxAttempts(ATTEMPTS)
                .backoffStrategy(backoff)
                .throttlingBackoffStrategy(
                        BackoffStrategy.exponentialDelay(
                                timing.retryMin().multipliedBy(4), timing.retryMax()))
                // Two conditional writes at once: the service asks for another try.
                .retryOnException(failure ->
                        failure instanceof S3Exception answered && answered.statusCode() == 409)
                .build();
    }

    /** Bytes that are sent, perhaps several times. */
    interface Body {
        /** A stream over all of them, from the first. */
        InputStream open();

        /** How many they are. */
        long sizeBytes();

        /** Their MD5, by which the service refuses what the way there changed. */
        byte[] md5();
    }

    /**
     * Stores an object that isn't there. Where one of that name is there already, it is taken for
     * this one, whose answer was lost, if it is as long: names are used once.
     */
    void putNew(String name, Body body) {
        call(
                "store " + name,
                () -> {
                    PutObjectRequest.Builder request =
                            PutObjectRequest.builder()
                                    .bucket(settings.bucket())
                                    .key(settings.prefix() + name)
                                    .contentMD5(Base64.getEncoder().encodeToString(body.md5()))
                                    .overrideConfiguration(limit(body.sizeBytes()));
                    if (settings.conditional()) {
                        request.ifNoneMatch("*");
                    }
                    try {
                        return client.putObject(
                                request.build(),
                                RequestBody.fromContentProvider(
                                        body::open, body.sizeBytes(), "application/octet-stream"));
                    } catch (S3Exception e) {
                        if (e.statusCode() != 412 || !isThere(name, body.sizeBytes())) {
                            throw e;
                        }
                        return null;
                    }
                });
    }

    private boolean isThere(String name, long sizeBytes) {
        return head(name).filter(found -> found.sizeBytes() == sizeBytes).isPresent();
    }

    /** The time limits of a request that moves so many bytes. */
    private AwsRequestOverrideConfiguration limit(long bytes) {
        Duration more = Duration.ofSeconds(bytes / BYTES_PER_SECOND_MIN);
        return limit(
                settings.timing().attempt().plus(more),
                settings.timing().whole().plus(more.multipliedBy(2)));
    }

    /** The same, and no more than the caller has left. */
    private AwsRequestOverrideConfiguration limitOfCaller(long bytes) {
        AwsRequestOverrideConfiguration limit = limit(bytes);
        return limit(
                left(limit.apiCallAttemptTimeout().orElseThrow()),
                left(limit.apiCallTimeout().orElseThrow()));
    }

    private static Duration left(Duration most) {
        long nanos = Deadline.leftNanos(most);
        return Duration.ofNanos(Math.max(nanos, LIMIT_MIN.toNanos()));
    }

    private static AwsRequestOverrideConfiguration limit(Duration attempt, Duration whole) {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallAttemptTimeout(attempt)
                .apiCallTimeout(whole)
                .build();
    }

    /** Part of an object: these bytes, fewer where it ends before; absent where there is none. */
    Optional<ByteBuffer> get(String name, long offsetBytes, int lengthBytes) {
        return call(
                "read " + name,
                () -> {
                    try {
                        byte[] bytes =
                                client.getObject(
                                                get ->
                                                        get.bucket(settings.bucket())
                                                                .key(settings.prefix() + name)
                                                                .range(
                                                                        range(
                                                                                offsetBytes,
                                                                                lengthBytes))
                                                                .overrideConfiguration(
                                                                        limitOfCaller(lengthBytes)),
                                                ResponseTransformer.toBytes())
                                        .asByteArrayUnsafe();
                        if (bytes.length > lengthBytes) {
                            throw unavailable("read " + name, "it answers more than was asked");
                        }
                        return Optional.of(ByteBuffer.wrap(bytes));
                    } catch (S3Exception e) {
                        if (e.statusCode() == 416) {
                            return Optional.of(ByteBuffer.allocate(0));
                        }
                        if (isAbsent(e)) {
                            return Optional.empty();
                        }
                        throw e;
                    }
                });
    }

    private static String range(long offsetBytes, int lengthBytes) {
        return "bytes=" + offsetBytes + "-" + (offsetBytes + lengthBytes - 1);
    }

    /** Copies all of an object; how many bytes it was, or absent where there is none. */
    Optional<Long> get(String name, long sizeBytes, Supplier<OutputStream> to) {
        return call(
                "read " + name,
                () -> {
                    try {
                        // Each attempt begins anew.
                        return Optional.of(
                                client.getObject(
                                        get ->
                                                get.bucket(settings.bucket())
                                                        .key(settings.prefix() + name)
                                                        .overrideConfiguration(limit(sizeBytes)),
                                        (_, in) -> {
                                            try (OutputStream out = to.get()) {
                                                return in.transferTo(out);
                                            }
                                        }));
                    } catch (S3Exception e) {
                        if (isAbsent(e)) {
                            return Optional.empty();
                        }
                        throw e;
                    }
                });
    }

    private static boolean isAbsent(S3Exception e) {
        // A bucket that isn't there is no object that isn't there.
        return e instanceof NoSuchKeyException
                || (e.statusCode() == 404
                        && !"NoSuchBucket"
                                .equals(
                                        e.awsErrorDetails() == null
                                                ? ""
                                                : e.awsErrorDetails().errorCode()));
    }

    /** An object's size and when it was stored. */
    record Stat(long sizeBytes, Instant stored) {}

    /** Absent where there is no such object. */
    Optional<Stat> stat(String name) {
        return call("look at " + name, () -> head(name));
    }

    private Optional<Stat> head(String name) {
        try {
            HeadObjectResponse found =
                    client.headObject(head ->
                            head.bucket(settings.bucket())
                                    .key(settings.prefix() + name)
                                    .overrideConfiguration(limitOfCaller(0)));
            return Optional.of(new Stat(found.contentLength(), found.lastModified()));
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Deletes an object if it is there. */
    void delete(String name) {
        call(
                "delete " + name,
                () ->
                        client.deleteObject(delete ->
                                delete.bucket(settings.bucket()).key(settings.prefix() + name)));
    }

    /** What is in a listing: an object's name below the folder, and when it was stored. */
    record Entry(String name, long sizeBytes, Instant stored) {}

    /** The objects of a folder, whose name ends with a slash, in order of name. */
    List<Entry> objects(String folder) {
        List<Entry> found = new ArrayList<>();
        list(
                folder,
                page -> {
                    for (S3Object object : page.contents()) {
                        found.add(
                                new Entry(
                                        inner(folder, object.key()),
                                        object.size(),
                                        object.lastModified()));
                    }
                });
        return found;
    }

    /** The folders in a folder, by their names without slashes, in order. */
    List<String> folders(String folder) {
        List<String> found = new ArrayList<>();
        list(
                folder,
                page -> {
                    for (CommonPrefix inside : page.commonPrefixes()) {
                        String name = inner(folder, inside.prefix());
                        found.add(name.substring(0, name.length() - 1));
                    }
                });
        return found;
    }

    private String inner(String folder, String key) {
        return key.substring(settings.prefix().length() + folder.length());
    }

    private interface Page {
        void take(ListObjectsV2Response page);
    }

    private void list(String folder, Page taker) {
        String after = null;
        boolean more = true;
        while (more) {
            String token = after;
            ListObjectsV2Response page =
                    call(
                            "list " + folder,
                            () ->
                                    client.listObjectsV2(list ->
                                            list.bucket(settings.bucket())
                                                    .prefix(settings.prefix() + folder)
                                                    .delimiter("/")
                                                    .maxKeys(PAGE)
                                                    .continuationToken(token)));
            taker.take(page);
            after = page.nextContinuationToken();
            more = Boolean.TRUE.equals(page.isTruncated()) && after != null;
        }
    }

    private <T> T call(String what, Supplier<T> request) {
        checkOpen();
        Deadline.check();
        try {
            if (!turns.tryAcquire(Deadline.leftNanos(TURN), TimeUnit.NANOSECONDS)) {
                throw unavailable(what, "too many requests at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
        }
        try {
            return request.get();
        } catch (SdkException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the bucket can't " + what + ": " + e.getMessage(), e);
        } catch (java.io.UncheckedIOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the bucket can't " + what + ": " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            // What the library says once it is closed.
            checkOpen();
            throw e;
        } finally {
            turns.release();
        }
    }

    private static SynclineException unavailable(String what, String why) {
        return new SynclineException(
                ErrorCode.UNAVAILABLE, "the bucket can't " + what + ": " + why);
    }

    void checkOpen() {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the bucket is closed");
        }
    }

    /** Waits for the requests that are under way, as long as one may take. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            var _ =
                    turns.tryAcquire(
                            REQUESTS_MAX,
                            settings.timing().whole().toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
