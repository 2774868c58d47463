package io.syncline.client.api;

import io.syncline.core.block.Block;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The block store of a fake server: verifies every block, holds to L3, and counts. Thread-safe. */
public final class FakeBlocks {
    private volatile boolean full;
    private final AtomicInteger refusals = new AtomicInteger();
    private final Map<Hash, Block> stored = new ConcurrentHashMap<>();
    private final Map<Hash, AtomicInteger> received = new ConcurrentHashMap<>();
    private final Map<Hash, AtomicInteger> served = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicInteger hashesAsked = new AtomicInteger();
    private volatile boolean quarantining;
    private volatile boolean losingBases;
    private final AtomicInteger chunks = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong chunkBytes = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();

    FakeBlocks() {}

    /** Whether the block is stored. */
    public boolean holds(Hash hash) {
        return stored.containsKey(hash);
    }

    /** All that is stored. */
    public Set<Hash> hashes() {
        return Set.copyOf(stored.keySet());
    }

    /** The block of that name. */
    public Block block(Hash hash) {
        Block block = stored.get(hash);
        if (block == null) {
            throw new AssertionError("not stored: " + hash);
        }
        return block;
    }

    /** Stores a block unasked. */
    public void store(Block block) {
        checkRoom();
        stored.put(block.hash(), block);
    }

    /** Forgets a block. */
    public void remove(Hash hash) {
        stored.remove(hash);
    }

    /** Goes on saying that it holds the block, without its bytes, for tests of memory. */
    public void forgetBytes(Hash hash) {
        stored.put(hash, new Block(hash, 0, ByteBuffer.allocate(0)));
    }

    /** Serves other bytes of the same length under this name from now on. */
    public void damage(Hash hash) {
        Block block = block(hash);
        byte[] other = new byte[block.sizeBytes()];
        block.bytes().get(other);
        other[other.length / 2] ^= 1;
        stored.put(hash, new Block(hash, block.level(), ByteBuffer.wrap(other)));
    }

    /** How many questions for missing blocks, chunks and reads there were. */
    public int questions() {
        return questions.get();
    }

    /** How many blocks were asked for in all questions. */
    public int hashesAsked() {
        return hashesAsked.get();
    }

    /** Whether a block is quarantined from now on, so that every tree block counts as missing. */
    public void quarantining(boolean now) {
        quarantining = now;
    }

    /** How many chunks came. */
    public int chunks() {
        return chunks.get();
    }

    /** How many reads were asked. */
    public int reads() {
        return reads.get();
    }

    /** Bytes of all chunks that came. */
    public long chunkBytes() {
        return chunkBytes.get();
    }

    /** Bytes of all answers to reads. */
    public long readBytes() {
        return readBytes.get();
    }

    /** Blocks that came more than once. */
    public Map<Hash, Integer> receivedTwice() {
        return moreThanOnce(received);
    }

    /** Blocks that were served more than once. */
    public Map<Hash, Integer> servedTwice() {
        return moreThanOnce(served);
    }

    private static Map<Hash, Integer> moreThanOnce(Map<Hash, AtomicInteger> counts) {
        Map<Hash, Integer> twice = new LinkedHashMap<>();
        counts.forEach((hash, count) -> {
            if (count.get() > 1) {
                twice.put(hash, count.get());
            }
        });
        return twice;
    }

    /** What the server would hand out for that content. */
    public byte[] bytes(Content content) {
        byte[] bytes = new byte[(int) content.sizeBytes()];
        var walk = new ContentWalk(content);
        while (true) {
            switch (walk.next(1)) {
                case ContentWalk.Data data ->
                        block(data.hash())
                                .bytes()
                                .get(bytes, (int) data.offsetBytes(), data.sizeBytes());
                case ContentWalk.Needs(var trees) ->
                        trees.forEach(tree -> walk.supply(tree, block(tree).bytes()));
                case ContentWalk.End _ -> {
                    return bytes;
                }
            }
        }
    }

    /** Whether nothing more may be stored. */
    public void full(boolean now) {
        full = now;
    }

    private void checkRoom() {
        if (full) {
            refusals.incrementAndGet();
            throw new ServerFailure(
                    ErrorCode.TOO_LARGE, "over quota: nothing more", java.util.Optional.empty());
        }
    }

    /** How often an upload was refused because nothing more may be stored. */
    public int refusals() {
        return refusals.get();
    }

    BitSet missing(List<Hash> hashes) {
        if (hashes.isEmpty() || hashes.size() > Limits.MISSING_HASHES_MAX) {
            throw SynclineException.invalid("1..16384 hashes, not " + hashes.size());
        }
        questions.incrementAndGet();
        hashesAsked.addAndGet(hashes.size());
        BitSet missing = new BitSet();
        for (int i = 0; i < hashes.size(); i++) {
            Block block = stored.get(hashes.get(i));
            missing.set(i, block == null || (quarantining && block.level() > 0));
        }
        return missing;
    }

    BlockApi.ChunkOutcome put(Hash name, ByteBuffer chunk) {
        if (chunk.remaining() > Limits.CHUNK_BYTES_MAX) {
            throw new ServerFailure(
                    ErrorCode.TOO_LARGE, "chunk too large", java.util.Optional.empty());
        }
        checkRoom();
        chunks.incrementAndGet();
        chunkBytes.addAndGet(chunk.remaining());
        // What came may be changed by its sender afterwards.
        ByteBuffer copy = ByteBuffer.allocate(chunk.remaining()).put(chunk.duplicate()).flip();
        List<ChunkDecoder.Received> blocks;
        try (var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            blocks = decoder.decode(copy, bases(ChunkDecoder.bases(copy)));
        }
        if (!ChunkName.of(blocks.stream().map(one -> one.block().hash()).toList()).equals(name)) {
            throw SynclineException.invalid("the chunk has another name");
        }
        Map<Hash, Block> earlier = new HashMap<>();
        Set<Hash> missing = new HashSet<>();
        for (ChunkDecoder.Received one : blocks) {
            Block block = one.block();
            if (block.level() > 0) {
                TreeBlock.parse(block.bytes()).entries().stream()
                        .map(TreeBlock.Entry::hash)
                        .filter(child -> !earlier.containsKey(child) && !holds(child))
                        .forEach(missing::add);
            }
            earlier.put(block.hash(), block);
        }
        if (!missing.isEmpty()) {
            return new BlockApi.ChunkOutcome.MissingChildren(missing.stream().limit(500).toList());
        }
        int fresh = 0;
        for (Block block : earlier.values()) {
            received.computeIfAbsent(block.hash(), _ -> new AtomicInteger()).incrementAndGet();
            fresh += stored.putIfAbsent(block.hash(), block) == null ? 1 : 0;
        }
        return new BlockApi.ChunkOutcome.Stored(fresh, earlier.size() - fresh);
    }

    /** Whether deltas are refused from now on, as if what they copy from were collected. */
    public void losingBases(boolean now) {
        losingBases = now;
    }

    private List<ByteBuffer> bases(List<Hash> hashes) {
        for (Hash hash : hashes) {
            if (losingBases || !holds(hash)) {
                throw new ServerFailure(
                        ErrorCode.NOT_FOUND, "no base " + hash, java.util.Optional.empty());
            }
        }
        return hashes.stream().map(hash -> block(hash).bytes()).toList();
    }

    /** Of every data block that begins or goes on within a span. */
    List<Signature> signatures(SignatureRequest request) {
        List<Signature> signatures = new ArrayList<>();
        var walk = new ContentWalk(request.content());
        while (true) {
            switch (walk.next(1)) {
                case ContentWalk.Data data -> {
                    long end = data.offsetBytes() + data.sizeBytes();
                    if (request.spans().stream()
                            .anyMatch(
                                    span -> span.from() < end && span.end() > data.offsetBytes())) {
                        signatures.add(Signature.of(data.hash(), block(data.hash()).bytes()));
                    }
                }
                case ContentWalk.Needs(var trees) -> {
                    if (!trees.stream().allMatch(this::holds)) {
                        return signatures;
                    }
                    trees.forEach(tree -> walk.supply(tree, block(tree).bytes()));
                }
                case ContentWalk.End _ -> {
                    return signatures;
                }
            }
        }
    }

    BlockApi.BlocksOutcome read(List<Hash> hashes) {
        if (hashes.isEmpty() || hashes.size() > Limits.READ_HASHES_MAX) {
            throw SynclineException.invalid("1..1024 hashes, not " + hashes.size());
        }
        reads.incrementAndGet();
        List<Hash> missing = hashes.stream().filter(hash -> !holds(hash)).limit(500).toList();
        if (!missing.isEmpty()) {
            return new BlockApi.BlocksOutcome.NotStored(missing);
        }
        List<ByteBuffer> frames = new ArrayList<>();
        long plain = 0;
        try (var encoder = new FrameEncoder()) {
            for (Hash hash : hashes) {
                plain += block(hash).sizeBytes();
                served.computeIfAbsent(hash, _ -> new AtomicInteger()).incrementAndGet();
                frames.add(encoder.encode(block(hash)));
            }
        }
        if (plain > Limits.READ_BYTES_MAX) {
            throw new ServerFailure(
                    ErrorCode.TOO_LARGE, "read too large", java.util.Optional.empty());
        }
        List<ByteBuffer> parts = ChunkEncoder.ofFrames(frames);
        ByteBuffer chunk =
                ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(chunk::put);
        readBytes.addAndGet(chunk.limit());
        return new BlockApi.BlocksOutcome.Frames(chunk.flip());
    }
}
