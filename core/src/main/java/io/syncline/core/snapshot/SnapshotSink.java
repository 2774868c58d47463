package io.syncline.core.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a part of a snapshot goes, from its first byte to its last. */
@FunctionalInterface
public interface SnapshotSink {
    /** Appends all remaining bytes; the buffer is the writer's again afterwards. */
    void write(ByteBuffer bytes) throws IOException;
}
