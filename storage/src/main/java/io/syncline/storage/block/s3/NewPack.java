package io.syncline.storage.block.s3;

import io.syncline.core.frame.FrameHeader;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.frame.PackIndex;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A pack in the making: header, frames, index. The frames' bytes stay their caller's and aren't
 * copied. Not thread-safe.
 */
final class NewPack implements Bucket.Body {
    /** A pack is full at this size, but for its index. */
    static final int BYTES_MAX = 16 << 20;

    /** The format of projects (R41) that is written into headers; there is one so far. */
    private static final int FORMAT = 1;

    /** The index's own limit. */
    private static final int FRAMES_MAX = 1 << 20;

    private final PackId id;
    private final List<ByteBuffer> parts = new ArrayList<>();
    private final List<PackIndex.Entry> entries = new ArrayList<>();
    private long end = PackHeader.BYTES;

    NewPack(PackId id, ProjectId project, Instant begun) {
        this.id = id;
        parts.add(new PackHeader(project, FORMAT, begun).toBytes());
    }

    PackId id() {
        return id;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Bytes of header and frames. */
    long frameBytes() {
        return end;
    }

    /** Whether so many more bytes find room; an empty pack has room for any frame. */
    boolean hasRoom(int lengthBytes) {
        return isEmpty() || (end + lengthBytes <= BYTES_MAX && entries.size() < FRAMES_MAX);
    }

    FrameLocation add(ByteBuffer frame) {
        FrameHeader header = FrameHeader.read(frame.duplicate());
        FrameLocation location = new FrameLocation(id, end, frame.remaining());
        entries.add(
                new PackIndex.Entry(
                        header.hash(),
                        end,
                        header.frameBytes(),
                        header.plainBytes(),
                        header.level()));
        parts.add(frame.asReadOnlyBuffer());
        end += frame.remaining();
        return location;
    }

    /** Puts the index at the end; nothing is added any more. */
    void finish() {
        parts.add(PackIndex.toBytes(entries));
    }

    @Override
    public InputStream open() {
        List<InputStream> streams = new ArrayList<>();
        for (ByteBuffer part : parts) {
            streams.add(stream(part.duplicate()));
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    private static InputStream stream(ByteBuffer part) {
        if (part.hasArray()) {
            return new ByteArrayInputStream(
                    part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
        return new BufferStream(part);
    }

    @Override
    public long sizeBytes() {
        return parts.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    @Override
    public byte[] md5() {
        MessageDigest digest = newMd5();
        parts.forEach(part -> digest.update(part.duplicate()));
        return digest.digest();
    }

    static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** Reads a buffer that has no array to show. */
    private static final class BufferStream extends InputStream {
        private final ByteBuffer bytes;

        BufferStream(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(into, offset, count);
            return count;
        }

        @Override
        public int available() {
            return bytes.remaining();
        }
    }
}
