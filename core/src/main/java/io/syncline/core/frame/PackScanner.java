package io.syncline.core.frame;

import io.syncline.core.error.SynclineException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames of a pack by what they say themselves, in order of offset: to rebuild an index,
 * or to find where a crash cut a pack off. Checks both checksums of each frame, but not the block's
 * name, which {@link FrameDecoder} does. What isn't a frame is stepped over to the next one. Reads
 * each byte once where nothing is damaged, in windows of a MiB. Not thread-safe.
 */
public final class PackScanner {
    /** Where a pack's bytes come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Reads bytes at an offset of the pack into the buffer, as many as there are and fit.
         *
         * @return how many, 0 or less at the end
         */
        int read(long offsetBytes, ByteBuffer into);
    }

    /** What comes next. */
    public sealed interface Step {}

    /**
     * A frame whose form and checksums are right.
     *
     * @param bytes the whole frame, read-only, valid until the next step
     */
    public record Frame(long offsetBytes, FrameHeader header, ByteBuffer bytes) implements Step {}

    /** Bytes that aren't a frame. */
    public record Damage(long offsetBytes, long lengthBytes) implements Step {}

    /**
     * There is nothing more but perhaps an index.
     *
     * @param validBytes where the last right frame ends (or the header): a pack that is cut off
     *     here holds every frame found
     */
    public record End(long validBytes) implements Step {}

    private static final int WINDOW_BYTES = 1 << 20;

    private final Source source;
    private final PackHeader header;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);

    /** Offset in the pack of the window's first byte. */
    private long windowOffset;

    private long offset = PackHeader.BYTES;
    private long validBytes = PackHeader.BYTES;

    /** A frame already found behind damage that was told first. */
    private @Nullable Frame found;

    /**
     * Begins at a pack's header.
     *
     * @throws SynclineException CORRUPT where there is none
     */
    public PackScanner(Source source) {
        this.source = source;
        fill(0, PackHeader.BYTES);
        this.header = PackHeader.read(window);
    }

    /** The pack's header. */
    public PackHeader header() {
        return header;
    }

    /** The next frame, damage or the end; after the end, the end again. */
    public Step next() {
        Frame frame = found != null ? found : frameAt(offset);
        found = null;
        if (frame != null) {
            offset = frame.offsetBytes + frame.header.frameBytes();
            validBytes = offset;
            return frame;
        }
        long from = offset;
        if (available(from, Integer.BYTES) == 0) {
            return new End(validBytes);
        }
        boolean isIndex = isIndex(from);
        long next = behindDamage(from);
        // Damage can look like an index; nothing comes behind a real one.
        if (isIndex && found == null) {
            return new End(validBytes);
        }
        offset = next;
        return new Damage(from, next - from);
    }

    /**
     * Where to go on after what isn't a right frame. A right header is believed about its length,
     * lest a block that holds frames, as a copy of a pack does, be searched. Without one, the next
     * place that looks like a frame.
     */
    private long behindDamage(long from) {
        FrameHeader damaged = headerAt(from);
        if (damaged != null) {
            long end = from + damaged.frameBytes();
            return available(from, damaged.frameBytes()) < damaged.frameBytes()
                    ? endOfSource()
                    : end;
        }
        found = search(from + 1);
        return found != null ? found.offsetBytes : endOfSource();
    }

    private boolean isIndex(long at) {
        return available(at, Integer.BYTES) >= Integer.BYTES
                && window.getInt((int) (at - windowOffset)) == PackIndex.MAGIC;
    }

    /** The first frame at this offset or beyond. */
    private @Nullable Frame search(long from) {
        for (long at = from; available(at, FrameHeader.BYTES) >= FrameHeader.BYTES; at++) {
            // An exception for each place would be slow; the first byte rules out nearly all.
            if (window.get((int) (at - windowOffset)) == 'S') {
                Frame frame = frameAt(at);
                if (frame != null) {
                    return frame;
                }
            }
        }
        return null;
    }

    private @Nullable FrameHeader headerAt(long at) {
        if (available(at, FrameHeader.BYTES) < FrameHeader.BYTES) {
            return null;
        }
        try {
            return FrameHeader.read(window.duplicate().position((int) (at - windowOffset)));
        } catch (SynclineException _) {
            // No header, which the caller tells.
            return null;
        }
    }

    private @Nullable Frame frameAt(long at) {
        FrameHeader frame = headerAt(at);
        if (frame == null || available(at, frame.frameBytes()) < frame.frameBytes()) {
            return null;
        }
        ByteBuffer bytes =
                window.slice((int) (at - windowOffset), frame.frameBytes()).asReadOnlyBuffer();
        try {
            return new Frame(at, FrameDecoder.check(bytes), bytes);
        } catch (SynclineException _) {
            // Damaged, which the caller tells.
            return null;
        }
    }

    /** How many bytes from there on are in the window, at least {@code wanted} if there are. */
    private int available(long at, int wanted) {
        if (at + wanted > windowOffset + window.limit() || at < windowOffset) {
            fill(at, wanted);
        }
        return (int) Math.min(Integer.MAX_VALUE, windowOffset + window.limit() - at);
    }

    private void fill(long at, int wanted) {
        if (at >= windowOffset && at <= windowOffset + window.limit()) {
            window.position((int) (at - windowOffset)).compact();
        } else {
            window.clear();
        }
        windowOffset = at;
        while (window.position() < wanted
                && source.read(windowOffset + window.position(), window) > 0) {
            // Reads on until there is enough, or no more.
        }
        window.flip();
    }

    private long endOfSource() {
        long end = windowOffset + window.limit();
        while (available(end, 1) > 0) {
            end = windowOffset + window.limit();
        }
        return end;
    }
}
