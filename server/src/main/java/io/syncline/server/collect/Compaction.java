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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** So many small packs are merged. */
    private static final int SMALL_MERGED = 4;

    /** Frames copied together, at the most. */
    private static final int BATCH_FRAMES = 10_000;

    /** Rows changed in one transaction: a few milliseconds (R47). */
    private static final int SLICE = 200;

    private static final int PAGE = 1_000;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final BlockStore.Shape shape;
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
        this.shape = blocks.shape();
        this.project = project;
        this.tally = tally;
        this.clock = clock;
        this.supersededUntil = supersededUntil;
        this.bytesMax = bytesMax;
        this.checkpoint = checkpoint;
    }

    /** A pack in use, and how much of it is. */
    private record Candidate(PackId id, long bytes, long liveBytes, boolean filling) {
        boolean isSparse(long smallBytes) {
            return liveBytes < bytes * LIVE_PART_MIN && !(filling && bytes < smallBytes);
        }

        boolean isSmall(long smallBytes) {
            return bytes < smallBytes && !filling;
        }
    }

    /**
     * Does it all.
     *
     * @param liveBytes what a whole pass over the rows found, by key of pack
     */
    void run(Map<Long, Long> liveBytes) {
        Map<PackId, BlockStore.Kept> unknown = new HashMap<>(blocks.keptPacks(project.id()));
        List<Candidate> candidates = new ArrayList<>();
        long after = 0;
        while (true) {
            long from = after;
            checkpoint.run();
            List<Pack> page = store.read(read -> read.packs(project.key()).page(from, PAGE));
            for (Pack pack : page) {
                // One that has come since the packs were listed is looked at by itself.
                Optional<BlockStore.Kept> kept =
                        Optional.ofNullable(unknown.remove(pack.id()))
                                .or(() -> blocks.kept(project.id(), pack.id()));
                judge(pack, kept, liveBytes.getOrDefault(pack.key(), 0L))
                        .ifPresent(candidates::add);
            }
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().key();
        }
        // A crash between bytes and rows; or rows that are just being written, which the next pass
        // sees.
        unknown.forEach((pack, kept) -> {
            if (!kept.filling()) {
                count(kept.bytes());
                supersede(pack);
            }
        });
        rewrite(candidates);
    }

    private void count(long bytes) {
        tally.packs++;
        tally.packBytes += bytes;
    }

    /** Deletes, supersedes or restores a pack; hands it on where it is in use. */
    private Optional<Candidate> judge(Pack pack, Optional<BlockStore.Kept> kept, long live) {
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
            if (candidate.isSparse(shape.smallBytes())) {
                chosen.add(candidate);
            } else if (candidate.isSmall(shape.smallBytes())) {
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
        List<Candidate> taken = new ArrayList<>();
        long planned = 0;
        for (Candidate candidate : chosen) {
            if (planned + candidate.liveBytes() > bytesMax) {
                tally.capped = true;
            } else {
                planned += candidate.liveBytes();
                taken.add(candidate);
            }
        }
        tally.packsRewritten += taken.size();
        if (tally.dryRun) {
            tally.copiedBytes += planned;
            taken.forEach(candidate -> supersede(candidate.id()));
            return;
        }
        Batch batch = new Batch();
        for (Candidate candidate : taken) {
            blocks.scan(project.id(), candidate.id(), batch::add);
            tally.tell();
        }
        batch.finish();
        for (Candidate candidate : taken) {
            if (batch.copied.getOrDefault(candidate.id(), 0L) >= candidate.liveBytes()) {
                supersede(candidate.id());
            }
        }
        tally.tell();
    }

    /**
     * Frames that are copied together, as many as the store likes to get at a time: of several
     * packs where these hold little, or each would become a small one again.
     */
    private final class Batch {
        private final List<ScannedFrame> seen = new ArrayList<>();
        private final List<FrameRequest> wanted = new ArrayList<>();
        private final Map<PackId, Long> copied = new HashMap<>();
        private long wantedBytes;

        void add(ScannedFrame frame) {
            seen.add(frame);
            if (seen.size() >= PAGE) {
                look();
            }
        }

        /** Keeps those of the frames seen that rows point at. */
        private void look() {
            checkpoint.run();
            List<Hash> hashes = seen.stream().map(ScannedFrame::hash).toList();
            Map<Hash, BlockRow> rows = store.read(read -> read.blocks(project.key()).find(hashes));
            for (ScannedFrame frame : seen) {
                BlockRow row = rows.get(frame.hash());
                if (row != null && row.location().equals(frame.location())) {
                    want(new FrameRequest(frame.hash(), frame.location()));
                }
            }
            seen.clear();
        }

        private void want(FrameRequest request) {
            int length = request.location().lengthBytes();
            if (wantedBytes + length > shape.mergeBytes() || wanted.size() >= BATCH_FRAMES) {
                copy();
            }
            wanted.add(request);
            wantedBytes += length;
        }

        void finish() {
            look();
            copy();
        }

        /** Copies the frames, and points the rows at the copies. */
        private void copy() {
            if (wanted.isEmpty()) {
                return;
            }
            checkpoint.run();
            List<ByteBuffer> bytes = blocks.read(project.id(), wanted);
            List<FrameLocation> copies = blocks.append(project.id(), bytes);
            List<Move> moves = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                FrameLocation from = wanted.get(i).location();
                moves.add(new Move(wanted.get(i).hash(), from, copies.get(i)));
                copied.merge(from.pack(), (long) from.lengthBytes(), Long::sum);
                tally.copiedBytes += from.lengthBytes();
            }
            for (int from = 0; from < moves.size(); from += SLICE) {
                List<Move> some = moves.subList(from, Math.min(moves.size(), from + SLICE));
                change(packs -> packs.move(some));
            }
            wanted.clear();
            wantedBytes = 0;
        }
    }
}
