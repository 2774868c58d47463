package io.syncline.core.block;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A block that lists blocks: those of a level one below its own, in the order of the content.
 * Immutable. Canonical: equal lists have equal bytes, and other bytes are refused.
 */
public final class TreeBlock {
    /** Most entries of one tree block. */
    public static final int ENTRIES_MAX = 4_096;

    private static final int MAGIC = 'S' << 24 | 'L' << 16 | 'T' << 8 | 1;
    private static final int HEADER_BYTES = 7;

    /** A size up to 2^53 takes up to 8 bytes of 7 bits. */
    private static final int ENTRY_BYTES_MAX = 8 + Hash.BYTES;

    /**
     * One listed block.
     *
     * @param hash its name
     * @param sizeBytes of the content that it holds, or that is below it
     */
    public record Entry(Hash hash, long sizeBytes) {}

    private final int level;
    private final List<Entry> entries;
    private final long sizeBytes;
    private final byte[] bytes;
    private final Hash hash;

    private TreeBlock(int level, List<Entry> entries, byte[] bytes, Hash hash) {
        this.level = level;
        this.entries = entries;
        this.bytes = bytes;
        this.hash = hash;
        this.sizeBytes = check(level, entries);
    }

    /** The tree block of this level, 1..8, that lists 1..{@link #ENTRIES_MAX} blocks. */
    public static TreeBlock of(int level, List<Entry> entries) {
        List<Entry> copy = List.copyOf(entries);
        check(level, copy);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + copy.size() * ENTRY_BYTES_MAX);
        out.putInt(MAGIC).put((byte) level).putShort((short) copy.size());
        for (Entry entry : copy) {
            putSize(out, entry.sizeBytes);
            entry.hash.write(out);
        }
        byte[] bytes = Arrays.copyOf(out.array(), out.position());
        Hash hash = new BlockHasher().hash(level, bytes, 0, bytes.length);
        return new TreeBlock(level, copy, bytes, hash);
    }

    /**
     * The tree block that the remaining bytes spell; the position stays.
     *
     * @throws SynclineException CORRUPT where they break the format
     */
    public static TreeBlock parse(ByteBuffer bytes) {
        byte[] copy = new byte[Math.min(bytes.remaining(), CutParameters.BLOCK_BYTES_MAX)];
        if (copy.length < bytes.remaining()) {
            throw SynclineException.corrupt("a tree block is larger than a block");
        }
        bytes.duplicate().get(copy);
        ByteBuffer in = ByteBuffer.wrap(copy);
        if (in.remaining() < HEADER_BYTES || in.getInt() != MAGIC) {
            throw SynclineException.corrupt("no tree block of version 1");
        }
        int level = in.get() & 0xFF;
        int count = in.getShort() & 0xFFFF;
        if (count > ENTRIES_MAX || in.remaining() < count * (1 + Hash.BYTES)) {
            throw SynclineException.corrupt(
                    "a tree block is shorter than its " + count + " entries");
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long size = size(in);
            if (in.remaining() < Hash.BYTES) {
                throw SynclineException.corrupt("a tree block is cut off");
            }
            entries.add(new Entry(Hash.read(in), size));
        }
        if (in.hasRemaining()) {
            throw SynclineException.corrupt("a tree block has bytes after its entries");
        }
        Hash hash = new BlockHasher().hash(1, copy, 0, copy.length);
        return new TreeBlock(level, List.copyOf(entries), copy, hash);
    }

    /** Checks level, count and sizes, and adds the sizes up. */
    private static long check(int level, List<Entry> entries) {
        if (level < 1 || level > Content.MAX_LEVEL) {
            throw SynclineException.corrupt("a tree block's level is 1..8, not " + level);
        }
        if (entries.isEmpty() || entries.size() > ENTRIES_MAX) {
            throw SynclineException.corrupt(
                    "a tree block has 1.." + ENTRIES_MAX + " entries, not " + entries.size());
        }
        long entryMax = level == 1 ? CutParameters.BLOCK_BYTES_MAX : Content.MAX_SIZE_BYTES;
        long sum = 0;
        for (Entry entry : entries) {
            if (entry.sizeBytes < 1 || entry.sizeBytes > entryMax) {
                throw SynclineException.corrupt(
                        "an entry of a tree block of level " + level + " has " + entry.sizeBytes);
            }
            sum += entry.sizeBytes;
            if (sum > Content.MAX_SIZE_BYTES) {
                throw SynclineException.corrupt("a tree block holds more than 2^53 bytes");
            }
        }
        return sum;
    }

    /** LEB128: seven bits a byte, lowest first, the highest bit set on all but the last. */
    private static void putSize(ByteBuffer out, long size) {
        long rest = size;
        while (rest >= 0x80) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long size(ByteBuffer in) {
        long size = 0;
        for (int shift = 0; shift < 56; shift += 7) {
            if (!in.hasRemaining()) {
                throw SynclineException.corrupt("a tree block is cut off");
            }
            byte next = in.get();
            size |= (next & 0x7FL) << shift;
            if (next >= 0) {
                if (next == 0 && shift > 0) {
                    throw SynclineException.corrupt("a size in a tree block is spelt too long");
                }
                return size;
            }
        }
        throw SynclineException.corrupt("a size in a tree block is spelt too long");
    }

    /** 1 where it lists data blocks, n where it lists tree blocks of level n - 1. */
    public int level() {
        return level;
    }

    /** The blocks that it lists, in order. */
    public List<Entry> entries() {
        return entries;
    }

    /** How much content is below it: the sum of its entries' sizes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Its name, as {@link BlockHasher} gives it. */
    public Hash hash() {
        return hash;
    }

    /** Its bytes, read-only. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TreeBlock tree && tree.hash.equals(hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return "TreeBlock[level " + level + ", " + entries.size() + " entries, " + hash + "]";
    }
}
