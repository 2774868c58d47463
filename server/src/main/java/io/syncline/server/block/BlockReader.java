package io.syncline.server.block;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Hash;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and reads one project's blocks. A block whose bytes turn out to be damaged is quarantined,
 * so that clients send it again (R25). Thread-safe.
 */
public final class BlockReader {
    private static final Logger log = LoggerFactory.getLogger(BlockReader.class);

    private final MetadataStore store;
    private final BlockStore blocks;
    private final InstantSource clock;
    private final Consumer<Project> wanted;

    /** Reads from these stores. */
    public BlockReader(MetadataStore store, BlockStore blocks, InstantSource clock) {
        this(store, blocks, clock, _ -> {});
    }

    /**
     * Reads from these stores.
     *
     * @param wanted told when a block was quarantined, so that devices hear that it is wanted
     */
    public BlockReader(
            MetadataStore store, BlockStore blocks, InstantSource clock, Consumer<Project> wanted) {
        this.store = store;
        this.blocks = blocks;
        this.clock = clock;
        this.wanted = wanted;
    }

    /** The rows of these blocks that count as stored: condemned ones don't (R10). */
    public Map<Hash, BlockRow> find(Project project, Collection<Hash> hashes) {
        Map<Hash, BlockRow> rows =
                new HashMap<>(store.read(read -> read.blocks(project.key()).find(hashes)));
        rows.values().removeIf(BlockRow::condemned);
        return rows;
    }

    /**
     * The frames behind these rows, verified by the store, in this order. A row that is older than
     * the compaction of its pack is looked up again. Don't call it within a transaction.
     *
     * @throws SynclineException CORRUPT where one is damaged; it is quarantined then
     */
    public List<ByteBuffer> frames(Project project, List<BlockRow> rows) {
        try {
            return framesAsTheyAre(project, rows);
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            log.atWarn().setCause(e).log("a block can't be read where its row said");
            return framesOneByOne(project, rows);
        }
    }

    /**
     * The bytes of the blocks behind these rows, verified, in this order; as {@link #frames}
     * otherwise.
     */
    List<ByteBuffer> plain(Project project, List<BlockRow> rows) {
        List<ByteBuffer> plain = new ArrayList<>(rows.size());
        try (FrameDecoder decoder = new FrameDecoder()) {
            for (ByteBuffer frame : frames(project, rows)) {
                plain.add(decoder.decode(frame).bytes());
            }
        }
        return plain;
    }

    /** {@link #frames} without a second look: for where no other transaction may begin. */
    public List<ByteBuffer> framesAsTheyAre(Project project, List<BlockRow> rows) {
        return blocks.read(project.id(), rows.stream().map(BlockReader::request).toList());
    }

    private static FrameRequest request(BlockRow row) {
        return new FrameRequest(row.hash(), row.location());
    }

    private List<ByteBuffer> framesOneByOne(Project project, List<BlockRow> rows) {
        List<Hash> hashes = rows.stream().map(BlockRow::hash).toList();
        Map<Hash, BlockRow> now = store.read(read -> read.blocks(project.key()).find(hashes));
        List<ByteBuffer> frames = new ArrayList<>();
        List<SynclineException> damaged = new ArrayList<>();
        // All of them are looked at, so that all that is damaged comes back at once.
        for (BlockRow row : rows) {
            BlockRow present = now.getOrDefault(row.hash(), row);
            try {
                frames.addAll(framesAsTheyAre(project, List.of(present)));
            } catch (SynclineException e) {
                if (e.code() != ErrorCode.CORRUPT) {
                    throw e;
                }
                quarantine(project, present);
                damaged.add(e);
            }
        }
        if (!damaged.isEmpty()) {
            wanted.accept(project);
            throw damaged.getFirst();
        }
        return frames;
    }

    private void quarantine(Project project, BlockRow row) {
        boolean missingPack = blocks.kept(project.id(), row.location().pack()).isEmpty();
        if (missingPack && blocks.projects().isEmpty()) {
            // All packs are gone at once: more likely a disk that isn't mounted than damage.
            return;
        }
        boolean quarantined =
                store.write(write ->
                        write.quarantine(project.key())
                                .add(row.hash(), row.location(), clock.instant()));
        if (quarantined) {
            log.atError()
                    .addKeyValue("project", project.id())
                    .addKeyValue("block", row.hash())
                    .addKeyValue("pack", row.location().pack())
                    .log("a damaged block is quarantined; whoever has its file sends it again");
        }
    }
}
