package io.syncline.storage.block;

import io.syncline.core.tree.ProjectId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Keeps encoded frames (see {@code docs/formats.md}) in packs. A pack belongs to one project and
 * its header says so, so that the rows can be rebuilt from packs alone (R33).
 *
 * <p><b>Thread safety.</b> Any number of threads may call at once, virtual ones included.
 *
 * <p><b>Durability.</b> When {@link #append} returns, the frames survive a power cut; many appends
 * may share one flush. When it throws, some of them may or may not be kept: bytes without a row,
 * which do no harm. A crash may leave a torn frame at the end of a pack; the store cuts it off when
 * it is opened next, before any answer. Nothing is ever overwritten or moved: a location stays
 * valid until its pack is deleted.
 *
 * <p><b>Verification.</b> A frame is handed out only when its checksum is right and its decoded
 * bytes have the hash that was asked for; otherwise the answer is {@code CORRUPT}, which names hash
 * and location. The frames given to {@code append} must have been verified by the caller.
 *
 * <p><b>Absence.</b> Reading from an unknown pack, or past its end, is {@code CORRUPT} too: a row
 * without bytes must not exist.
 *
 * <p><b>Failures</b> are {@code SynclineException}: {@code UNAVAILABLE} for a full disk or an
 * unreachable or closed store (what was stored stays readable), {@code CORRUPT} as above.
 */
public interface BlockStore extends AutoCloseable {
    /** Longest frame that is taken: a block of 256 KiB and room for its header. */
    int FRAME_BYTES_MAX = (256 << 10) + 4096;

    /** Most frames in one append or read. */
    int FRAMES_MAX = 65_536;

    /**
     * Stores frames durably.
     *
     * @param frames encoded frames, one per buffer, from position to limit; positions aren't moved.
     *     1..{@link #FRAMES_MAX}
     * @return where each of them is, in the same order
     */
    List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames);

    /**
     * Reads and verifies frames; neighbours on disk are read together.
     *
     * @param requests in any order, repeats allowed; 0..{@link #FRAMES_MAX}. The caller bounds the
     *     sum of their lengths: all of it is held in memory
     * @return the encoded frames in the order asked, read-only
     */
    List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests);

    /**
     * How packs are made best.
     *
     * @param smallBytes packs below this size are worth merging with others
     * @param mergeBytes frames that should be appended together when packs are merged
     */
    record Shape(long smallBytes, int mergeBytes) {}

    /** How this store's packs are made best. */
    default Shape shape() {
        return new Shape(16L << 20, 4 << 20);
    }

    /** The project's packs in order of id. */
    List<PackId> packs(ProjectId project);

    /** The projects that have packs, in order of id. */
    List<ProjectId> projects();

    /**
     * Hands over every valid frame of a pack in order of offset. Invalid ones are skipped and
     * counted in the result, where possible with what follows them.
     */
    ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor);

    /**
     * A pack as it is kept.
     *
     * @param bytes of all of it, frames and what is around them
     * @param filling whether frames may still be appended to it
     */
    record Kept(long bytes, boolean filling) {}

    /** A pack's size and state; absent when there is none. */
    Optional<Kept> kept(ProjectId project, PackId pack);

    /** All packs of a project, each as it was at some moment of this call; in order of id. */
    default SortedMap<PackId, Kept> keptPacks(ProjectId project) {
        SortedMap<PackId, Kept> all = new TreeMap<>();
        for (PackId pack : packs(project)) {
            kept(project, pack).ifPresent(kept -> all.put(pack, kept));
        }
        return all;
    }

    /**
     * Appends nothing to this pack from now on, for as long as the store is open; its frames stay
     * readable. Whoever keeps packs out of use across restarts says so again after opening, before
     * the first append. An append that runs meanwhile may still have put frames there. Idempotent;
     * a pack that doesn't exist is none.
     */
    void retire(ProjectId project, PackId pack);

    /**
     * Deletes a pack; false when there is none. The caller knows that no row points at it. A pack
     * that is being filled is finished first; an append that runs meanwhile may have put its frames
     * there, so the caller spares packs younger than any request.
     */
    boolean delete(ProjectId project, PackId pack);

    /** Finishes what is being written and frees all resources. Idempotent. */
    @Override
    void close();
}
