package io.syncline.server.block;

import io.syncline.core.block.Block;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.quota.Stored;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.UploadSession;
import io.syncline.storage.metadata.Uploads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a chunk in: decodes and verifies it, makes the bytes durable, then gives the blocks their
 * rows in one transaction that looks again whether all children of its tree blocks are stored (L3).
 * A crash in between leaves bytes without rows, which harm nobody. Thread-safe.
 */
final class ChunkIntake implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChunkIntake.class);

    /** Chunks decoded at once; each takes its plain bytes in memory. */
    private static final int DECODING_MAX = Math.max(2, Runtime.getRuntime().availableProcessors());

    private static final Duration DECODING_WAIT = Duration.ofSeconds(20);

    /** How long an upload counts as going on after its last chunk, and at all (R26). */
    private static final Duration UPLOAD_PAUSE_MAX = Duration.ofDays(1);

    private static final Duration UPLOAD_MAX = Duration.ofDays(30);

    /** How often blocks of a chunk may be condemned while it is stored. */
    private static final int TRIES_MAX = 3;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final BlockReader reader;
    private final BlockFilters filters;
    private final InstantSource clock;
    private final Consumer<Project> healed;
    private final Semaphore decoding = new Semaphore(DECODING_MAX);

    /** Kept for the next chunk: as many as are decoded at once, with up to twice a chunk each. */
    private final ConcurrentLinkedDeque<ChunkDecoder> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    ChunkIntake(MetadataStore store, BlockStore blocks, BlockFilters filters, InstantSource clock) {
        this(store, blocks, new BlockReader(store, blocks, clock), filters, clock, _ -> {});
    }

    /**
     * @param reader of the blocks that deltas copy from
     * @param healed told when a block was stored that had been quarantined
     */
    ChunkIntake(
            MetadataStore store,
            BlockStore blocks,
            BlockReader reader,
            BlockFilters filters,
            InstantSource clock,
            Consumer<Project> healed) {
        this.store = store;
        this.blocks = blocks;
        this.reader = reader;
        this.filters = filters;
        this.clock = clock;
        this.healed = healed;
    }

    /** A chunk's distinct blocks in its order, and the tree blocks among them. */
    private record Contents(
            Map<Hash, ChunkDecoder.Received> blocks, List<TreeBlock> trees, int repeats) {}

    /**
     * Takes the chunk in that its sender calls {@code named}.
     *
     * @param reserve told of the memory that it takes beside twice the largest chunk
     */
    ChunkAnswer take(
            Project project, DeviceId device, Hash named, ByteBuffer chunk, IntConsumer reserve) {
        // Blocks of a format that this server doesn't know can't be judged (R41).
        var _ = CutParameters.of(project.format());
        // Before its turn, for they may lie far away.
        List<ByteBuffer> bases = bases(project, chunk, reserve);
        acquire();
        ChunkDecoder kept = idle.pollFirst();
        ChunkDecoder decoder = kept == null ? new ChunkDecoder(Limits.CHUNK_BYTES_MAX) : kept;
        try {
            Contents contents = decode(decoder, named, chunk, bases);
            Map<Hash, NewBlock> appended = new HashMap<>();
            for (int tries = 0; tries < TRIES_MAX; tries++) {
                Set<Hash> known = known(project, contents);
                append(project, contents, known, appended);
                Optional<Taken> stored = store(project, device, contents, appended);
                if (stored.isPresent()) {
                    filters.stored(project.key(), appended.keySet(), stored.get().nextBlock());
                    if (stored.get().healed() > 0) {
                        log.atInfo()
                                .addKeyValue("project", project.id())
                                .addKeyValue("blocks", stored.get().healed())
                                .log("quarantined blocks are stored again");
                        healed.accept(project);
                    }
                    int all = contents.blocks().size() + contents.repeats();
                    int fresh = stored.get().blocks();
                    return new ChunkAnswer(fresh, all - fresh);
                }
            }
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "blocks of this chunk go on being collected");
        } finally {
            idle.addFirst(decoder);
            if (closed) {
                closeIdle();
            }
            decoding.release();
        }
    }

    /** How many decoders wait for the next chunk. */
    int idleCount() {
        return idle.size();
    }

    private void closeIdle() {
        for (ChunkDecoder next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            next.close();
        }
    }

    /** Keeps nothing from now on; a chunk that is being taken in ends as it would. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    private Set<Hash> known(Project project, Contents contents) {
        return store.read(read -> {
            Stored.check(read.quotas(), project);
            Blocks rows = read.blocks(project.key());
            Set<Hash> present = rows.present(contents.blocks().keySet());
            checkChildren(contents, present, rows);
            return present;
        });
    }

    /**
     * How many blocks weren't stored before, how many of them had been quarantined, and the
     * project's next block number.
     */
    private record Taken(int blocks, int healed, long nextBlock) {}

    /**
     * Gives the appended blocks their rows; nothing where one that isn't among them has been
     * condemned since it was seen: it must be appended as well, or a tree block of this chunk would
     * stand above a child that counts as missing (R10).
     */
    private Optional<Taken> store(
            Project project, DeviceId device, Contents contents, Map<Hash, NewBlock> appended) {
        return store.write(write -> {
            write.collecting(project.key()).share();
            Blocks.Writable rows = write.blocks(project.key());
            Set<Hash> present = rows.present(contents.blocks().keySet());
            for (Hash hash : contents.blocks().keySet()) {
                if (!present.contains(hash) && !appended.containsKey(hash)) {
                    return Optional.empty();
                }
            }
            checkChildren(contents, present, rows);
            touch(write.uploads(project.key()), device);
            int healing = write.quarantine(project.key()).among(appended.keySet()).size();
            int stored = appended.isEmpty() ? 0 : rows.insert(appended.values(), clock.instant());
            HealedBlocks.add(write.settings(), project.id(), healing);
            return Optional.of(
                    new Taken(
                            stored,
                            healing,
                            write.collecting(project.key()).position().nextBlock()));
        });
    }

    private void acquire() {
        try {
            if (!decoding.tryAcquire(DECODING_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SynclineException(ErrorCode.UNAVAILABLE, "too many chunks at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping", e);
        }
    }

    /** Whatever is wrong with bytes from outside is their sender's fault, not our corruption. */
    private static Contents decode(
            ChunkDecoder decoder, Hash named, ByteBuffer chunk, List<ByteBuffer> bases) {
        try {
            Map<Hash, ChunkDecoder.Received> blocks = new LinkedHashMap<>();
            List<TreeBlock> trees = new ArrayList<>();
            int repeats = 0;
            List<ChunkDecoder.Received> all = decoder.decode(chunk, bases);
            if (!ChunkName.of(all.stream().map(one -> one.block().hash()).toList()).equals(named)) {
                throw SynclineException.invalid("the blocks aren't those that the address names");
            }
            for (ChunkDecoder.Received received : all) {
                Block block = received.block();
                if (blocks.putIfAbsent(block.hash(), received) != null) {
                    repeats++;
                } else if (block.level() > 0) {
                    trees.add(tree(block));
                }
            }
            return new Contents(blocks, trees, repeats);
        } catch (SynclineException e) {
            throw refused(e);
        }
    }

    private static SynclineException refused(SynclineException e) {
        return e.code() == ErrorCode.CORRUPT
                ? new SynclineException(
                        ErrorCode.INVALID, "this isn't a valid chunk: " + e.getMessage(), e)
                : e;
    }

    /** What the deltas of a chunk copy from; nothing where it isn't one of deltas. */
    private List<ByteBuffer> bases(Project project, ByteBuffer chunk, IntConsumer reserve) {
        List<Hash> hashes;
        try {
            hashes = ChunkDecoder.bases(chunk);
        } catch (SynclineException e) {
            throw refused(e);
        }
        if (hashes.isEmpty()) {
            return List.of();
        }
        Map<Hash, BlockRow> rows = reader.find(project, hashes);
        List<Hash> missing = hashes.stream().filter(hash -> !rows.containsKey(hash)).toList();
        if (!missing.isEmpty()) {
            throw ProblemException.missing(
                    ErrorCode.NOT_FOUND,
                    "bases of these deltas aren't stored; send the blocks themselves",
                    missing);
        }
        List<BlockRow> ordered = hashes.stream().map(rows::get).toList();
        long bytes = ordered.stream().mapToLong(BlockRow::sizeBytes).sum();
        if (bytes > DeltaChunkEncoder.BASES_BYTES_MAX) {
            throw SynclineException.invalid(
                    "the bases of these deltas have "
                            + bytes
                            + " bytes, above "
                            + DeltaChunkEncoder.BASES_BYTES_MAX);
        }
        // They come as frames, and are decompressed.
        reserve.accept(2 * (int) bytes);
        try {
            return reader.plain(project, ordered);
        } catch (SynclineException e) {
            throw e.code() == ErrorCode.CORRUPT
                    ? new SynclineException(
                            ErrorCode.NOT_FOUND,
                            "a base of these deltas is damaged; send the blocks themselves",
                            e)
                    : e;
        }
    }

    private static TreeBlock tree(Block block) {
        TreeBlock tree = TreeBlock.parse(block.bytes());
        if (tree.level() != block.level()) {
            throw SynclineException.invalid(
                    "a tree block of level " + tree.level() + " is framed as " + block.level());
        }
        return tree;
    }

    /**
     * Refuses a tree block that lists what is neither stored nor earlier in the chunk, or isn't
     * what it says. Those already stored were checked when they came.
     */
    private static void checkChildren(Contents contents, Set<Hash> present, Blocks rows) {
        Set<Hash> outside = new LinkedHashSet<>();
        for (TreeBlock tree : contents.trees()) {
            if (!present.contains(tree.hash())) {
                tree.entries().forEach(entry -> outside.add(entry.hash()));
            }
        }
        if (outside.isEmpty()) {
            return;
        }
        Map<Hash, BlockRow> stored = new HashMap<>(rows.find(outside));
        stored.values().removeIf(BlockRow::condemned);
        Map<Hash, Block> earlier = new HashMap<>();
        Set<Hash> missing = new LinkedHashSet<>();
        for (ChunkDecoder.Received received : contents.blocks().values()) {
            Block block = received.block();
            if (block.level() > 0 && !present.contains(block.hash())) {
                checkEntries(tree(block), earlier, stored, missing);
            }
            earlier.put(block.hash(), block);
        }
        if (!missing.isEmpty()) {
            throw ProblemException.missing(
                    ErrorCode.STALE,
                    "tree blocks of this chunk list blocks that aren't stored; send those first",
                    List.copyOf(missing));
        }
    }

    private static void checkEntries(
            TreeBlock tree,
            Map<Hash, Block> earlier,
            Map<Hash, BlockRow> stored,
            Set<Hash> missing) {
        for (TreeBlock.Entry entry : tree.entries()) {
            BlockRow row = stored.get(entry.hash());
            Block block = earlier.get(entry.hash());
            int level;
            int size;
            if (row != null) {
                level = row.level();
                size = row.sizeBytes();
            } else if (block != null) {
                level = block.level();
                size = block.sizeBytes();
            } else {
                missing.add(entry.hash());
                continue;
            }
            if (level != tree.level() - 1 || (level == 0 && size != entry.sizeBytes())) {
                throw SynclineException.invalid(
                        tree.hash() + " lists " + entry.hash() + " with another level or size");
            }
        }
    }

    /** Makes the bytes durable of what is neither known nor appended. */
    private void append(
            Project project, Contents contents, Set<Hash> known, Map<Hash, NewBlock> appended) {
        List<Block> fresh = new ArrayList<>();
        List<ByteBuffer> frames = new ArrayList<>();
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (ChunkDecoder.Received received : contents.blocks().values()) {
                Hash hash = received.block().hash();
                if (!known.contains(hash) && !appended.containsKey(hash)) {
                    fresh.add(received.block());
                    Optional<ByteBuffer> frame = received.frame();
                    frames.add(frame.orElseGet(() -> encoder.encode(received.block())));
                }
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        List<FrameLocation> locations = blocks.append(project.id(), frames);
        for (int i = 0; i < fresh.size(); i++) {
            Block block = fresh.get(i);
            appended.put(
                    block.hash(),
                    new NewBlock(block.hash(), locations.get(i), block.sizeBytes(), block.level()));
        }
    }

    private void touch(Uploads.Writable uploads, DeviceId device) {
        Instant now = clock.instant();
        Instant latest =
                uploads.find(device, now).map(UploadSession::started).orElse(now).plus(UPLOAD_MAX);
        Instant expires = now.plus(UPLOAD_PAUSE_MAX);
        uploads.touch(device, now, expires.isBefore(latest) ? expires : latest);
    }
}
