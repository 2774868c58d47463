package io.syncline.core.frame;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The optional end of a finished pack: where its frames are, so that a reader needs its tail only.
 * It repeats what the frames say and may be left out.
 */
public final class PackIndex {
    /**
     * One frame.
     *
     * @param offsetBytes of the frame in the pack, below 4 GiB
     * @param frameBytes its length
     */
    public record Entry(Hash hash, long offsetBytes, int frameBytes, int plainBytes, int level) {}

    /** Bytes at the end of a pack that tell whether there is an index, and how long it is. */
    public static final int TRAILER_BYTES = 12;

    static final int MAGIC = 'S' << 24 | 'L' << 16 | 'P' << 8 | 'X';
    private static final int END_MAGIC = 'S' << 24 | 'L' << 16 | 'P' << 8 | 'E';
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 12 + Hash.BYTES;
    private static final int ENTRIES_MAX = 1 << 20;

    private PackIndex() {}

    /** The bytes to be put after the last frame. */
    public static ByteBuffer toBytes(List<Entry> entries) {
        if (entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("a pack of " + entries.size() + " frames");
        }
        int length = HEADER_BYTES + entries.size() * ENTRY_BYTES + TRAILER_BYTES;
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putInt(MAGIC).putInt(entries.size());
        for (Entry entry : entries) {
            out.putInt((int) entry.offsetBytes).putInt(entry.frameBytes);
            out.putInt(entry.level << 24 | entry.plainBytes);
            entry.hash.write(out);
        }
        out.putInt(FrameHeader.checksum(out.slice(0, out.position())));
        return out.putInt(length).putInt(END_MAGIC).flip();
    }

    /**
     * How long the index is of which these are a pack's last {@link #TRAILER_BYTES}, the trailer
     * included; empty where the pack has none.
     */
    public static Optional<Integer> length(ByteBuffer trailer) {
        ByteBuffer in = trailer.slice();
        if (in.remaining() != TRAILER_BYTES || in.getInt(8) != END_MAGIC) {
            return Optional.empty();
        }
        int length = in.getInt(4);
        int entries = length - HEADER_BYTES - TRAILER_BYTES;
        boolean possible =
                entries >= 0 && entries % ENTRY_BYTES == 0 && entries / ENTRY_BYTES <= ENTRIES_MAX;
        return possible ? Optional.of(length) : Optional.empty();
    }

    /**
     * The entries of the index that the remaining bytes are; the position stays.
     *
     * @throws SynclineException CORRUPT where they aren't one, or it is damaged
     */
    public static List<Entry> read(ByteBuffer index) {
        ByteBuffer in = index.slice();
        int length = in.remaining();
        if (length < HEADER_BYTES + TRAILER_BYTES
                || !length(in.slice(length - TRAILER_BYTES, TRAILER_BYTES))
                        .equals(Optional.of(length))
                || in.getInt() != MAGIC
                || in.getInt() != (length - HEADER_BYTES - TRAILER_BYTES) / ENTRY_BYTES
                || in.getInt(length - TRAILER_BYTES)
                        != FrameHeader.checksum(in.slice(0, length - TRAILER_BYTES))) {
            throw SynclineException.corrupt("a pack's index is damaged");
        }
        List<Entry> entries = new ArrayList<>();
        while (in.remaining() > TRAILER_BYTES) {
            long offset = Integer.toUnsignedLong(in.getInt());
            int frameBytes = in.getInt();
            int word = in.getInt();
            entries.add(
                    new Entry(Hash.read(in), offset, frameBytes, word & 0xFF_FFFF, word >>> 24));
        }
        return List.copyOf(entries);
    }
}
