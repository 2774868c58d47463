package io.syncline.server.collect;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.Packs.Move;
import io.syncline.storage.metadata.Packs.Pack;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Frees the bytes of one project's deleted blocks: copies what is left of packs that hold little,
 * and deletes packs that nothing has pointed into since the horizon (R5).
 *
 * <p>A copy is durable before any row points at it, and the old pack stays for the horizon, so a
 * crash at any point leaves at worst a copy too many, and a reader with an old row goes on reading.
 * A pack is deleted only if a whole pass over the rows, begun after the horizon, found that none
 * points into it. Used by one thread.
 */
final class Compaction {
    /** A pack is rewritten when less than this part of it is in use. */
    private static final double LIVE_PART_MIN = 0.5;

    /** Packs below this size count as small. */
    private static final long SMALL_BYTES = 16L << 20;

    /** So many small packs are merged. */
    private static final int SMALL_MERGED = 4;

    /** Frames copied together: one flush. */
    private static final int BATCH_BYTES = 4 << 20;

    private static final int BATCH_FRAMES = 1_000;

    /** Rows changed in one transaction: a few milliseconds (R47). */
    private static final int SLICE = 200;

    private static final int PAGE = 1_000;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final Project project;
    private final Tally tally;
    private final InstantSource clock;
    private final Instant supersededUntil;
    private final long bytesMax;
    private final Runnable checkpoint;

    /**
     * @param supersededUntil packs superseded then or before may be deleted
     * @param bytesMax most bytes that are copied
     * @param checkpoint runs between steps; ends the compaction by throwing
     */
    Compaction(
            MetadataStore store,
            BlockStore blocks,
            Project project,
            Tally tally,
            InstantSource clock,
            Instant supersededUntil,
            long bytesMax,
            Runnable checkpoint) {
        this.store = store;
        this.blocks = blocks;
        this.project = project;
        this.tally = tally;
        this.clock = clock;
        this.supersededUntil = supersededUntil;
        this.bytesMax = bytesMax;
        this.checkpoint = checkpoint;
    }

    /** A pack in use, and how much of it is. */
    private record Candidate(PackId id, long bytes, long liveBytes, boolean filling) {
        boolean isSparse() {
            return liveBytes < bytes * LIVE_PART_MIN && !(filling && bytes < SMALL_BYTES);
        }

        boolean isSmall() {
            return bytes < SMALL_BYTES && !filling;
        }
    }

    /**
     * Does it all.
     *
     * @param liveBytes what a whole pass over the rows found, by key of pack
     */
    void run(Map<Long, Long> liveBytes) {
        Set<PackId> unknown = new HashSet<>(blocks.packs(project.id()));
        List<Candidate> candidates = new ArrayList<>();
        long after = 0;
        while (true) {
            long from = after;
            checkpoint.run();
            List<Pack> page = store.read(read -> read.packs(project.key()).page(from, PAGE));
            for (Pack pack : page) {
                unknown.remove(pack.id());
                judge(pack, liveBytes.getOrDefault(pack.key(), 0L)).ifPresent(candidates::add);
            }
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().key();
        }
        for (PackId pack : unknown) {
            // A crash between bytes and rows; or rows that are just being written, which the next
            // pass sees.
            blocks.kept(project.id(), pack)
                    .filter(kept -> !kept.filling())
                    .ifPresent(kept -> {
                        count(kept.bytes());
                        supersede(pack);
                    });
        }
        rewrite(candidates);
    }

    private void count(long bytes) {
        tally.packs++;
        tally.packBytes += bytes;
    }

    /** Deletes, supersedes or restores a pack; hands it on where it is in use. */
    private Optional<Candidate> judge(Pack pack, long live) {
        Optional<BlockStore.Kept> kept = blocks.kept(project.id(), pack.id());
        kept.ifPresent(found -> count(found.bytes()));
        if (pack.superseded().isPresent()) {
            if (live > 0) {
                change(packs -> packs.restore(pack.id()));
            } else if (!pack.superseded().get().isAfter(supersededUntil)) {
                delete(pack.id(), kept.map(BlockStore.Kept::bytes).orElse(0L));
            }
            return Optional.empty();
        }
        if (live == 0 && kept.filter(BlockStore.Kept::filling).isEmpty()) {
            supersede(pack.id());
            return Optional.empty();
        }
        return kept.map(found -> new Candidate(pack.id(), found.bytes(), live, found.filling()));
    }

    private void change(Consumer<Packs.Writable> change) {
        if (!tally.dryRun) {
            checkpoint.run();
            store.writeBehind(write -> {
                change.accept(write.packs(project.key()));
                return true;
            });
        }
    }

    /** The file first: a row without a file is deleted again, a file without a row superseded. */
    private void delete(PackId pack, long bytes) {
        if (!tally.dryRun) {
            checkpoint.run();
            blocks.delete(project.id(), pack);
            change(packs -> packs.forget(pack));
        }
        tally.packsDeleted++;
        tally.freedBytes += bytes;
    }

    private void supersede(PackId pack) {
        if (!tally.dryRun) {
            blocks.retire(project.id(), pack);
            change(packs -> packs.supersede(pack, clock.instant()));
        }
        tally.packsSuperseded++;
    }

    private void rewrite(List<Candidate> candidates) {
        List<Candidate> chosen = new ArrayList<>();
        List<Candidate> small = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (candidate.isSparse()) {
                chosen.add(candidate);
            } else if (candidate.isSmall()) {
                small.add(candidate);
            }
        }
        if (small.size() >= SMALL_MERGED) {
            chosen.addAll(small);
        }
        if (!tally.dryRun) {
            // All of them before the first copy, which must not go into one of them.
            chosen.forEach(candidate -> blocks.retire(project.id(), candidate.id()));
        }
        for (Candidate candidate : chosen) {
            if (tally.copiedBytes + candidate.liveBytes() > bytesMax) {
                tally.capped = true;
                continue;
            }
            long before = tally.copiedBytes;
            if (tally.dryRun) {
                tally.copiedBytes += candidate.liveBytes();
            } else {
                copy(candidate.id());
            }
            tally.packsRewritten++;
            if (tally.copiedBytes - before >= candidate.liveBytes()) {
                supersede(candidate.id());
            }
            tally.tell();
        }
    }

    /** Copies the frames of a pack that rows point at, and points the rows at the copies. */
    private void copy(PackId pack) {
        List<ScannedFrame> batch = new ArrayList<>();
        long[] batchBytes = {0};
        blocks.scan(
                project.id(),
                pack,
                frame -> {
                    batch.add(frame);
                    batchBytes[0] += frame.location().lengthBytes();
                    if (batchBytes[0] >= BATCH_BYTES || batch.size() >= BATCH_FRAMES) {
                        copy(batch);
                        batch.clear();
                        batchBytes[0] = 0;
                    }
                });
        copy(batch);
    }

    private void copy(List<ScannedFrame> frames) {
        checkpoint.run();
        List<Hash> hashes = frames.stream().map(ScannedFrame::hash).toList();
        Map<Hash, BlockRow> rows = store.read(read -> read.blocks(project.key()).find(hashes));
        List<FrameRequest> requests = new ArrayList<>();
        for (ScannedFrame frame : frames) {
            BlockRow row = rows.get(frame.hash());
            if (row != null && row.location().equals(frame.location())) {
                requests.add(new FrameRequest(frame.hash(), frame.location()));
            }
        }
        if (requests.isEmpty()) {
            return;
        }
        List<ByteBuffer> bytes = blocks.read(project.id(), requests);
        List<FrameLocation> copies = blocks.append(project.id(), bytes);
        List<Move> moves = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            FrameRequest request = requests.get(i);
            moves.add(new Move(request.hash(), request.location(), copies.get(i)));
            tally.copiedBytes += request.location().lengthBytes();
        }
        for (int from = 0; from < moves.size(); from += SLICE) {
            List<Move> some = moves.subList(from, Math.min(moves.size(), from + SLICE));
            change(packs -> packs.move(some));
        }
    }
}
