package io.syncline.cli;

import io.syncline.client.daemon.PageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The page's files from the class path, for the daemon: the client itself knows no page. */
final class PageResources implements PageFiles {
    private static final String ROOT = "/io/syncline/web/static/";

    /** A larger file is a defect of the build. */
    private static final int FILE_BYTES_MAX = 8 << 20;

    @Override
    public Optional<byte[]> file(String name) {
        try (InputStream in = PageResources.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new IllegalStateException(name + " is larger than " + FILE_BYTES_MAX);
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
