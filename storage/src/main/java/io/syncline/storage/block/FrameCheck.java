package io.syncline.storage.block;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.frame.FrameHeader;
import io.syncline.core.frame.PackScanner;
import io.syncline.core.tree.ProjectId;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checks that every block store makes of what it kept. Thread-safe: its decoders, which aren't,
 * are pooled, at most 16.
 */
public final class FrameCheck implements AutoCloseable {
    private static final int DECODERS_MAX = 16;
    private static final Logger LOG = LoggerFactory.getLogger(FrameCheck.class);

    private final Semaphore permits = new Semaphore(DECODERS_MAX);
    private final ConcurrentLinkedDeque<FrameDecoder> idle = new ConcurrentLinkedDeque<>();

    /** Checks without decoders yet. */
    public FrameCheck() {}

    /** Whether these bytes have the form of exactly one frame; INVALID otherwise. */
    public static void form(ByteBuffer frame) {
        try {
            if (FrameHeader.read(frame.duplicate()).frameBytes() == frame.remaining()) {
                return;
            }
        } catch (SynclineException e) {
            throw new SynclineException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
        }
        throw SynclineException.invalid("not exactly one frame");
    }

    /** The failure of a read that found something else than was asked for. */
    public static SynclineException corrupt(FrameRequest request, String why) {
        return SynclineException.corrupt(message(request, why));
    }

    private static String message(FrameRequest request, String why) {
        FrameLocation location = request.location();
        return "cannot read block "
                + request.hash()
                + " in pack "
                + location.pack()
                + " at "
                + location.offsetBytes()
                + ": "
                + why;
    }

    /** The frame, read-only, if it is right and the one asked for; CORRUPT otherwise. */
    public ByteBuffer verified(FrameRequest request, ByteBuffer frame) {
        return with(decoder -> {
            try {
                if (!decoder.decode(frame).hash().equals(request.hash())) {
                    throw SynclineException.corrupt("another block is there");
                }
                return frame.asReadOnlyBuffer();
            } catch (SynclineException e) {
                throw new SynclineException(
                        ErrorCode.CORRUPT, message(request, String.valueOf(e.getMessage())), e);
            }
        });
    }

    /** Scans a pack, which must be the project's, and hands over the frames that are right. */
    public ScanResult scan(
            PackId pack,
            PackScanner.Source source,
            ProjectId project,
            Consumer<ScannedFrame> visitor) {
        PackScanner scanner = new PackScanner(source);
        if (!scanner.header().project().equals(project)) {
            throw SynclineException.corrupt(
                    "pack " + pack + " is of project " + scanner.header().project());
        }
        long frames = 0;
        long corrupt = 0;
        long unreadable = 0;
        while (true) {
            switch (scanner.next()) {
                case PackScanner.Frame frame -> {
                    if (isRight(frame.bytes())) {
                        frames++;
                        visitor.accept(scanned(pack, frame));
                    } else {
                        corrupt++;
                    }
                }
                case PackScanner.Damage damage -> unreadable += damage.lengthBytes();
                case PackScanner.End _ -> {
                    return new ScanResult(frames, corrupt, unreadable);
                }
            }
        }
    }

    private static ScannedFrame scanned(PackId pack, PackScanner.Frame frame) {
        FrameHeader header = frame.header();
        return new ScannedFrame(
                header.hash(),
                new FrameLocation(pack, frame.offsetBytes(), header.frameBytes()),
                header.plainBytes(),
                header.level());
    }

    private boolean isRight(ByteBuffer frame) {
        return with(decoder -> {
            try {
                decoder.decode(frame);
                return true;
            } catch (SynclineException e) {
                LOG.atWarn().setCause(e).log("a pack holds a frame that isn't right");
                return false;
            }
        });
    }

    private <T> T with(Function<FrameDecoder, T> work) {
        permits.acquireUninterruptibly();
        try {
            FrameDecoder known = idle.pollFirst();
            FrameDecoder decoder = known == null ? new FrameDecoder() : known;
            try {
                return work.apply(decoder);
            } finally {
                idle.addFirst(decoder);
            }
        } finally {
            permits.release();
        }
    }

    /** Waits for checks that run, and frees the decoders. */
    @Override
    public void close() {
        permits.acquireUninterruptibly(DECODERS_MAX);
        for (FrameDecoder decoder = idle.pollFirst(); decoder != null; decoder = idle.pollFirst()) {
            decoder.close();
        }
        permits.release(DECODERS_MAX);
    }
}
