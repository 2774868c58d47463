package io.syncline.storage.block.s3;

import io.syncline.core.wire.Secret;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 service of a test, on loopback, whose buckets are directories of a folder. */
public final class TestS3 {
    /** The bucket that it has. */
    public static final String BUCKET = "syncline-test";

    /** Who may use it. */
    public static final S3Settings.Keys KEYS =
            new S3Settings.Keys(new Secret("access"), new Secret("secret"));

    /** Waits that suit a service on loopback. */
    static final S3Settings.Timing QUICK =
            new S3Settings.Timing(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(5),
                    Duration.ofMillis(50));

    private final Path folder;
    private final S3Proxy proxy;

    /** Starts it on this folder. */
    public TestS3(Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder.resolve(BUCKET));
        this.proxy =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(
                                AuthenticationType.AWS_V4,
                                KEYS.access().value(),
                                KEYS.secret().value())
                        .build();
        proxy.start();
    }

    /** Its port on loopback. */
    public int port() {
        return proxy.getPort();
    }

    /** The URL of a prefix in its bucket, as it is reached at this port. */
    public static URI url(String prefix, int port) {
        return URI.create(
                "s3://"
                        + BUCKET
                        + "/"
                        + prefix
                        + "?endpoint="
                        + URLEncoder.encode("http://127.0.0.1:" + port, StandardCharsets.UTF_8));
    }

    static S3Settings settings(String prefix, int port) {
        return S3Settings.of(url(prefix, port), Optional.of(KEYS)).with(QUICK);
    }

    /** Changes one bit of a stored object. */
    void damage(String object, long offset) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve(BUCKET).resolve(object).toFile(), "rw")) {
            file.seek(offset);
            int present = file.read();
            file.seek(offset);
            file.write(present ^ 1);
        }
    }

    /** Stops it. */
    public void stop() throws Exception {
        proxy.stop();
    }
}
