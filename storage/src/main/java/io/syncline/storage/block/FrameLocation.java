package io.syncline.storage.block;

/**
 * Where a frame's bytes are.
 *
 * @param offsetBytes of its first byte in the pack
 * @param lengthBytes of the whole frame, header and checksum included
 */
public record FrameLocation(PackId pack, long offsetBytes, int lengthBytes) {
    public FrameLocation {
        if (offsetBytes < 0 || lengthBytes <= 0) {
            throw new IllegalStateException(
                    "no frame can be at " + offsetBytes + " with length " + lengthBytes);
        }
    }
}
