package io.syncline.core.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a snapshot. Thread-safe, because groups may be read at once. */
@FunctionalInterface
public interface SnapshotSource {
    /**
     * Exactly {@code length} bytes from that offset; the caller's from then on.
     *
     * @throws IOException where it ends before
     */
    ByteBuffer read(long offset, int length) throws IOException;

    /** A source in memory. */
    static SnapshotSource of(ByteBuffer bytes) {
        ByteBuffer all = bytes.slice();
        return (offset, length) -> {
            if (offset < 0 || length < 0 || offset + length > all.limit()) {
                throw new IOException("the snapshot ends at " + all.limit());
            }
            return all.slice((int) offset, length);
        };
    }
}
