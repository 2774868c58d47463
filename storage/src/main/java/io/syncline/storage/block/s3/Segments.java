package io.syncline.storage.block.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.PackId;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Stretches of packs that were read lately, up to a number of bytes; the one unused for longest
 * goes. A stretch begins at a multiple of {@link #BYTES} and is shorter only at the end of its
 * pack. Packs never change, so what is here is never stale. Thread-safe.
 */
final class Segments {
    /** Long enough for a block of the largest size, and for several of the usual one. */
    static final int BYTES = 256 << 10;

    /** Which stretch. */
    record Key(ProjectId project, PackId pack, long number) {}

    private final long bytesMax;

    /** In order of last use. */
    @GuardedBy("this")
    private final Map<Key, ByteBuffer> kept = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long bytes;

    Segments(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    synchronized Optional<ByteBuffer> get(Key key) {
        return Optional.ofNullable(kept.get(key));
    }

    synchronized void put(Key key, ByteBuffer segment) {
        ByteBuffer before = kept.put(key, segment);
        bytes += segment.remaining() - (before == null ? 0 : before.remaining());
        Iterator<ByteBuffer> eldest = kept.values().iterator();
        while (bytes > bytesMax && eldest.hasNext()) {
            bytes -= eldest.next().remaining();
            eldest.remove();
        }
    }

    /** Forgets a pack. */
    synchronized void forget(ProjectId project, PackId pack) {
        var entries = kept.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            if (entry.getKey().pack().equals(pack) && entry.getKey().project().equals(project)) {
                bytes -= entry.getValue().remaining();
                entries.remove();
            }
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
