package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.util.Objects;

/**
 * A node as the server states it: its latest version. Deleted nodes stay as tombstones, with the
 * place and item that they had.
 *
 * @param sequence the sequence of the change that last touched it: its version, {@code id..2^53}
 * @param device the device that made that change
 */
public record Node(
        NodeId id, Place place, Item item, long sequence, boolean deleted, DeviceId device) {
    public Node {
        Objects.requireNonNull(place);
        Objects.requireNonNull(item);
        Objects.requireNonNull(device);
        if (id.value() <= 0 || sequence < id.value() || sequence > MAX_SEQUENCE) {
            throw SynclineException.invalid(
                    "a node has 0 < id <= sequence <= 2^53: " + id + ", " + sequence);
        }
    }

    /** Sequences stay below 2^53, so that JSON numbers hold them (R3). */
    public static final long MAX_SEQUENCE = 1L << 53;
}
