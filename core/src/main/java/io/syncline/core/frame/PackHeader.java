package io.syncline.core.frame;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The first 40 bytes of a pack; its frames follow, one after another, then perhaps a {@link
 * PackIndex}.
 *
 * @param project whose blocks these are: a pack belongs to one project (R33)
 * @param format the project's format (R41)
 * @param created when the pack was begun, in milliseconds
 */
public record PackHeader(ProjectId project, int format, Instant created) {
    /** Length of a header, and offset of the first frame. */
    public static final int BYTES = 40;

    private static final int MAGIC = 'S' << 24 | 'L' << 16 | 'P' << 8 | 'K';
    private static final int VERSION = 1;

    /** The header's bytes in a new buffer. */
    public ByteBuffer toBytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putInt(MAGIC).putInt(VERSION).put(HexFormat.of().parseHex(project.value()));
        out.putInt(format).putLong(created.toEpochMilli());
        out.putInt(FrameHeader.checksum(out.slice(0, out.position())));
        return out.flip();
    }

    /**
     * The header that a pack of these bytes begins with; the position stays.
     *
     * @throws SynclineException CORRUPT where there is none
     */
    public static PackHeader read(ByteBuffer pack) {
        if (pack.remaining() < BYTES) {
            throw SynclineException.corrupt("a pack's header is cut off");
        }
        ByteBuffer in = pack.slice(pack.position(), BYTES);
        if (in.getInt(BYTES - Integer.BYTES)
                != FrameHeader.checksum(in.slice(0, BYTES - Integer.BYTES))) {
            throw SynclineException.corrupt("a pack's header is damaged");
        }
        if (in.getInt() != MAGIC || in.getInt() != VERSION) {
            throw SynclineException.corrupt("no pack of version 1");
        }
        byte[] project = new byte[16];
        in.get(project);
        return new PackHeader(
                new ProjectId(HexFormat.of().formatHex(project)),
                in.getInt(),
                Instant.ofEpochMilli(in.getLong()));
    }
}
