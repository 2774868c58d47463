package io.syncline.system.endtoend;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Chunks and frames put together byte by byte as {@code docs/formats.md} says, so that each part
 * can be made to lie: the product's own encoders refuse to.
 */
final class Forgery {
    static final int PLAIN = 0;
    static final int ZSTD = 1;
    static final int DELTA = 2;

    private static final int CHUNK_MAGIC = 0x534c4301;
    private static final int FRAME_MAGIC = 0x53460100;
    private static final int TREE_MAGIC = 0x534c5401;

    private Forgery() {}

    /** A frame of which everything can be said; the checksums are right. */
    record Frame(
            int magic, int encoding, int level, int plainBytes, ByteBuffer payload, Hash name) {
        Frame(int encoding, int plainBytes, byte[] payload, Hash name) {
            this(FRAME_MAGIC, encoding, 0, plainBytes, ByteBuffer.wrap(payload), name);
        }

        /** An honest frame of a data block. */
        static Frame of(byte[] block) {
            return new Frame(PLAIN, block.length, block, nameOf(0, block));
        }

        /** An honest frame of a tree block. */
        static Frame tree(int level, byte[] block) {
            return new Frame(PLAIN, block.length, block, nameOf(level, block)).withLevel(level);
        }

        static Frame zstd(int plainBytes, byte[] compressed, Hash name) {
            return new Frame(ZSTD, plainBytes, compressed, name);
        }

        Frame withMagic(int other) {
            return new Frame(other, encoding, level, plainBytes, payload, name);
        }

        Frame withEncoding(int other) {
            return new Frame(magic, other, level, plainBytes, payload, name);
        }

        Frame withLevel(int other) {
            return new Frame(magic, encoding, other, plainBytes, payload, name);
        }

        Frame withPlainBytes(int other) {
            return new Frame(magic, encoding, level, other, payload, name);
        }

        Frame withName(Hash other) {
            return new Frame(magic, encoding, level, plainBytes, payload, other);
        }

        byte[] bytes() {
            int length = payload.remaining();
            ByteBuffer out = ByteBuffer.allocate(52 + length);
            out.putInt(magic | encoding).putInt(level << 24 | plainBytes).putInt(length);
            name.write(out);
            out.putInt(crc(payload.duplicate()));
            out.putInt(crc(out.slice(0, 48))).put(payload.duplicate());
            return out.array();
        }
    }

    static Hash nameOf(int level, byte[] block) {
        return new BlockHasher().hash(level, block, 0, block.length);
    }

    /** The name by which a chunk is uploaded; any name for one that nobody could decode. */
    static Hash chunkName(byte[] chunk) {
        try (ChunkDecoder decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            return ChunkName.of(
                    decoder.decode(ByteBuffer.wrap(chunk)).stream()
                            .map(received -> received.block().hash())
                            .toList());
        } catch (SynclineException e) {
            return Hash.sha256(chunk);
        }
    }

    /** A chunk of frames with an honest header. */
    static byte[] chunk(Frame... frames) {
        int plain = Arrays.stream(frames).mapToInt(Frame::plainBytes).sum();
        return chunk(0, frames.length, plain, join(frames));
    }

    static byte[] join(Frame... frames) {
        return join(Arrays.stream(frames).map(Frame::bytes).toArray(byte[][]::new));
    }

    static byte[] join(byte[]... parts) {
        ByteBuffer out =
                ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            out.put(part);
        }
        return out.array();
    }

    /** A chunk whose header says this. */
    static byte[] chunk(int form, int blocks, int plainBytes, byte[] rest) {
        return ByteBuffer.allocate(16 + rest.length)
                .putInt(CHUNK_MAGIC)
                .putInt(form)
                .putInt(blocks)
                .putInt(plainBytes)
                .put(rest)
                .array();
    }

    /** The rest of a chunk of form 1: a zstd frame with its length before it, then bare bytes. */
    static byte[] together(byte[] zstd, byte[] bare) {
        return join(ints(zstd.length), zstd, bare);
    }

    static byte[] ints(int... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            out.putInt(value);
        }
        return out.array();
    }

    /** A copy with one byte changed. */
    static byte[] flip(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 1;
        return copy;
    }

    /** A tree block that lists these names and sizes; each size below 128. */
    static byte[] treeBlock(int level, int count, Object... namesAndSizes) {
        ByteBuffer out = ByteBuffer.allocate(7 + namesAndSizes.length / 2 * 33);
        out.putInt(TREE_MAGIC).put((byte) level).putShort((short) count);
        for (int i = 0; i < namesAndSizes.length; i += 2) {
            out.put(((Integer) namesAndSizes[i + 1]).byteValue());
            ((Hash) namesAndSizes[i]).write(out);
        }
        return out.array();
    }

    /**
     * A zstd frame (RFC 8878 §3.1.1) that states one size and makes another: each of its blocks
     * repeats a byte 128 Ki times.
     */
    static byte[] zstdBomb(int statedBytes, int blocks) {
        ByteBuffer out =
                ByteBuffer.allocate(10 + 4 * blocks)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0xFD2FB528);
        // Four bytes of content size; a window of 8 MiB.
        out.put((byte) 0x80).put((byte) 0x68).putInt(statedBytes);
        for (int i = 0; i < blocks; i++) {
            int header = 128 << 10 << 3 | 1 << 1 | (i == blocks - 1 ? 1 : 0);
            out.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16));
            out.put((byte) 'x');
        }
        return out.array();
    }

    /** A zstd frame of bare bytes, up to 255, after this frame header descriptor. */
    static byte[] zstdRaw(byte[] header, byte[] bytes) {
        int block = bytes.length << 3 | 1;
        return join(
                new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD},
                header,
                new byte[] {(byte) block, (byte) (block >> 8), (byte) (block >> 16)},
                bytes);
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
