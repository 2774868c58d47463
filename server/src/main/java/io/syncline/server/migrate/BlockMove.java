package io.syncline.server.migrate;

import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MovedRow;
import io.syncline.storage.metadata.MovedTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Copies the blocks of one project, pack by pack in the order of the source, so that disks and
 * buckets are read from front to back. A frame is copied if its block has a row, wherever that row
 * says it is: a good frame is as good as another. Reading and scanning verify hashes.
 */
final class BlockMove {
    /** Frames that are held in memory at once, beside {@link #BYTES}. */
    private static final int FRAMES = 4_096;

    private static final long BYTES = 8L << 20;

    private final MoveSide from;
    private final MoveSide to;
    private final long project;
    private final ProjectId id;
    private final LongConsumer copied;
    private final List<ScannedFrame> waiting = new ArrayList<>();
    private long waitingBytes;
    private final Map<PackId, Long> packKeys = new HashMap<>();
    private long lastPackKey;

    /**
     * For a project whose row the target has.
     *
     * @param copied told of the bytes of frames
     */
    BlockMove(MoveSide from, MoveSide to, long project, ProjectId id, LongConsumer copied) {
        this.from = from;
        this.to = to;
        this.project = project;
        this.id = id;
        this.copied = copied;
        Optional<MovedRow> after = Optional.empty();
        while (true) {
            List<MovedRow> page = to.rows().page(MovedTable.PACK, after, MetadataRows.ROWS_MAX);
            for (MovedRow row : page) {
                lastPackKey = Math.max(lastPackKey, row.number("key"));
                if (row.number("project") == project) {
                    packKeys.put(
                            new PackId(HexFormat.of().formatHex(row.bytes("id"))),
                            row.number("key"));
                }
            }
            if (page.size() < MetadataRows.ROWS_MAX) {
                return;
            }
            after = Optional.of(page.getLast());
        }
    }

    /** Copies what the target doesn't have of this pack. */
    void pack(PackId pack) {
        var _ =
                from.blocks()
                        .scan(
                                id,
                                pack,
                                frame -> {
                                    waiting.add(frame);
                                    waitingBytes += frame.location().lengthBytes();
                                    if (waiting.size() == FRAMES || waitingBytes >= BYTES) {
                                        flush();
                                    }
                                });
        flush();
    }

    private void flush() {
        Map<Hash, ScannedFrame> frames = new LinkedHashMap<>();
        waiting.forEach(frame -> frames.putIfAbsent(frame.hash(), frame));
        waiting.clear();
        waitingBytes = 0;
        if (frames.isEmpty()) {
            return;
        }
        Map<Hash, MovedRow> rows = rows(from.rows(), frames.keySet());
        frames.keySet().retainAll(rows.keySet());
        frames.keySet().removeAll(rows(to.rows(), frames.keySet()).keySet());
        if (frames.isEmpty()) {
            return;
        }
        List<FrameRequest> requests =
                frames.values().stream()
                        .map(frame -> new FrameRequest(frame.hash(), frame.location()))
                        .toList();
        List<ByteBuffer> bytes = from.blocks().read(id, requests);
        List<FrameLocation> places = to.blocks().append(id, bytes);
        List<MovedRow> moved = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            FrameLocation place = places.get(i);
            moved.add(
                    Objects.requireNonNull(rows.get(requests.get(i).hash()))
                            .with("pack", key(place.pack()))
                            .with("place", place.offsetBytes())
                            .with("length", (long) place.lengthBytes()));
        }
        to.rows().put(MovedTable.BLOCK, moved);
        copied.accept(bytes.stream().mapToLong(ByteBuffer::remaining).sum());
    }

    private long key(PackId pack) {
        return packKeys.computeIfAbsent(
                pack,
                _ -> {
                    long key = ++lastPackKey;
                    to.rows()
                            .put(
                                    MovedTable.PACK,
                                    List.of(
                                            new MovedRow(
                                                    MovedTable.PACK,
                                                    project,
                                                    key,
                                                    HexFormat.of().parseHex(pack.value()),
                                                    null)));
                    return key;
                });
    }

    private Map<Hash, MovedRow> rows(MetadataRows side, Set<Hash> hashes) {
        Map<Hash, MovedRow> found = new HashMap<>();
        side.blocks(project, hashes).forEach(row -> found.put(Hash.of(row.bytes("hash")), row));
        return found;
    }
}
