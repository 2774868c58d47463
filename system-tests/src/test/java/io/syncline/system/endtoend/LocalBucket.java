package io.syncline.system.endtoend;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A bucket of this process, kept as files. */
public final class LocalBucket implements Closeable {
    /** The only keys that it takes. */
    public static final String ACCESS = "access";

    /** The secret of {@link #ACCESS}. */
    public static final String SECRET = "secret";

    private final Path files;
    private final S3Proxy proxy;

    private LocalBucket(Path files, S3Proxy proxy) {
        this.files = files;
        this.proxy = proxy;
    }

    /** An empty one, with its files in this folder. */
    public static LocalBucket start(Path files) throws Exception {
        Files.createDirectories(files.resolve("blocks"));
        S3Proxy proxy =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(files.toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V4, ACCESS, SECRET)
                        .build();
        proxy.start();
        return new LocalBucket(files, proxy);
    }

    /** Where its files are. */
    public Path files() {
        return files;
    }

    /** Where it listens on loopback. */
    public int port() {
        return proxy.getPort();
    }

    /** Its address for a server, as it is reached at that port. */
    public static String url(int port) {
        return "s3://blocks/a?endpoint=http://127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IOException("the bucket doesn't stop", e);
        }
    }
}
