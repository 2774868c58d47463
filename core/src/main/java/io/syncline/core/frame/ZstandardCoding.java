package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.syncline.core.error.SynclineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The content coding {@code zstd} of HTTP (RFC 8878 §7.2), for answers that are whole in memory.
 * Each call has native memory of its own and frees it.
 */
public final class ZstandardCoding {
    /** Its name in {@code Accept-Encoding} and {@code Content-Encoding}. */
    public static final String NAME = "zstd";

    /** A third of level 3's time for a tenth more bytes; see docs/decisions.md. */
    private static final int LEVEL = 1;

    /** No coded answer may need a larger window, 8 MiB (RFC 9659 §3). */
    private static final int WINDOW_LOG_MAX = 23;

    /** Where a frame's header says what it holds (RFC 8878 §3.1.1.1.1). */
    private static final int DESCRIPTOR_AT = 4;

    /** Its flag of a frame whose window is all of its content. */
    private static final int SINGLE_SEGMENT = 1 << 5;

    private ZstandardCoding() {}

    /** The remaining bytes as one frame that states their number; the position stays. */
    public static ByteBuffer encode(ByteBuffer plain) {
        ByteBuffer in = plain.hasArray() ? plain : ByteBuffer.wrap(copy(plain));
        int from = in.arrayOffset() + in.position();
        byte[] out = new byte[(int) Zstd.compressBound(in.remaining())];
        try (ZstdCompressCtx compressor = FrameEncoder.newContext(LEVEL)) {
            int length =
                    compressor.compressByteArray(
                            out, 0, out.length, in.array(), from, in.remaining());
            return ByteBuffer.wrap(out, 0, length);
        }
    }

    /**
     * What the remaining bytes stand for: one frame or several, of any encoder. The position stays.
     *
     * @param plainBytesMax 0..2^31-2; decoding ends at the first byte beyond, so that no more
     *     memory than twice that is taken whatever the frames state
     * @throws SynclineException CORRUPT where they aren't whole frames, need a larger window than
     *     the coding allows, or hold more
     */
    public static ByteBuffer decode(ByteBuffer coded, int plainBytesMax) {
        byte[] in = copy(coded);
        if (in.length == 0) {
            // No frames hold no bytes; the library can't be asked about the first one.
            return ByteBuffer.allocate(0);
        }
        // What the first frame states is where to begin, and nothing is believed: 0 where it
        // states nothing, less than 0 where it is no frame.
        long stated = Zstd.getFrameContentSize(in);
        byte[] plain = new byte[Math.clamp(stated, 0, plainBytesMax)];
        if (isOneSegment(in, stated, plain) && decodedAtOnce(in, plain)) {
            return ByteBuffer.wrap(plain);
        }
        try (var zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(in))) {
            zstd.setLongMax(WINDOW_LOG_MAX);
            int length = zstd.readNBytes(plain, 0, plain.length);
            byte[] more = zstd.readNBytes(plainBytesMax - length + 1);
            if (more.length > plainBytesMax - length) {
                throw SynclineException.corrupt(
                        "compressed bytes hold more than " + plainBytesMax + " bytes");
            }
            if (more.length == 0) {
                return ByteBuffer.wrap(plain, 0, length);
            }
            byte[] all = Arrays.copyOf(plain, length + more.length);
            System.arraycopy(more, 0, all, length, more.length);
            return ByteBuffer.wrap(all);
        } catch (IOException e) {
            throw SynclineException.corrupt("compressed bytes aren't zstd: " + e.getMessage());
        }
    }

    /** Whether the first frame states that its window is all that it holds, and may be so. */
    private static boolean isOneSegment(byte[] in, long stated, byte[] plain) {
        return stated == plain.length
                && stated > 0
                && stated <= 1L << WINDOW_LOG_MAX
                && in.length > DESCRIPTOR_AT
                && (in[DESCRIPTOR_AT] & SINGLE_SEGMENT) != 0;
    }

    /**
     * Whether the bytes are exactly {@code plain}, which is filled then: in two thirds of the time,
     * without a stream's buffers. What isn't right, or is more than one frame, a stream looks at.
     */
    private static boolean decodedAtOnce(byte[] in, byte[] plain) {
        try {
            return Zstd.decompressByteArray(plain, 0, plain.length, in, 0, in.length)
                    == plain.length;
        } catch (ZstdException _) {
            // Several frames, or wrong ones: the stream tells which.
            return false;
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
