package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.frame.FrameHeader;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.frame.ZstandardCoding;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Hashes;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Blocks, frames, chunks, trees, and what else is binary and small. */
final class BlockTargets {
    private static final Refusals FRAMES =
            new Refusals(ErrorCode.CORRUPT, ErrorCode.UPGRADE_REQUIRED);
    private static final Refusals CORRUPT = new Refusals(ErrorCode.CORRUPT);
    private static final Refusals INVALID = new Refusals(ErrorCode.INVALID);

    private static final int BLOCK_BYTES = Content.BLOCK_BYTES_MAX;
    private static final int SLACK = 256 << 10;

    /** A chunk's frames on the wire. */
    private static final int CHUNK_HEADER_BYTES = 16;

    /** Steps of a walk after which it is left: eight levels describe more than time allows. */
    private static final int STEPS_MAX = 5_000;

    private BlockTargets() {}

    static List<Target> all() {
        return List.of(
                new Decoder(
                        "frame",
                        2_048,
                        n -> 2L * BLOCK_BYTES + 8 * n + SLACK,
                        BlockTargets::frame,
                        frames()),
                new Decoder(
                        "frame-sealed",
                        2_048,
                        n -> 2L * BLOCK_BYTES + 8 * n + SLACK,
                        input -> frame(sealed(input)),
                        frames()),
                new Decoder(
                        "chunk",
                        4_096,
                        n -> 2L * Limits.CHUNK_BYTES_MAX + 300L * n + 24L * SLACK,
                        BlockTargets::chunk,
                        chunks()),
                new Decoder(
                        "chunk-together",
                        4_096,
                        n -> 2L * Limits.CHUNK_BYTES_MAX + 400L * n + 24L * SLACK,
                        input -> chunk(together(input)),
                        togethers()),
                new Decoder(
                        "chunk-deltas",
                        4_096,
                        n -> 3L * Limits.CHUNK_BYTES_MAX + 400L * n + 24L * SLACK,
                        input -> chunk(deltas(input)),
                        deltas()),
                new Decoder(
                        "signatures",
                        4_096,
                        n -> 40L * n + SLACK,
                        BlockTargets::signatures,
                        signatures()),
                new Decoder(
                        "zstd-coding",
                        4_096,
                        n -> 3L * CODED_MAX + 8 * n + 4L * SLACK,
                        BlockTargets::coding,
                        codings()),
                new Decoder("tree-block", 4_096, n -> 20L * n + SLACK, BlockTargets::tree, trees()),
                new Decoder(
                        "content-walk",
                        4_096,
                        n -> 60L * n + 200L * STEPS_MAX + 4L * SLACK,
                        BlockTargets::walk,
                        walks()),
                new Decoder(
                        "hashes", 1_024, n -> 40L * n + SLACK, BlockTargets::hashes, hashLists()));
    }

    private static void frame(byte[] input) {
        try (FrameDecoder decoder = new FrameDecoder();
                FrameEncoder encoder = new FrameEncoder()) {
            Optional<Block> block = FRAMES.of(() -> decoder.decode(ByteBuffer.wrap(input)));
            if (block.isPresent()) {
                Block again = decoder.decode(encoder.encode(block.get()));
                require(again.hash().equals(block.get().hash()), "another block comes back");
                require(again.bytes().equals(block.get().bytes()), "other bytes come back");
            }
        }
    }

    /** With the checksums, and of a plain frame the name, that belong to it. */
    private static byte[] sealed(byte[] input) {
        if (input.length < FrameHeader.BYTES) {
            return input;
        }
        byte[] frame = input.clone();
        if (frame[3] == 0) {
            Hash hash = new BlockHasher().hash(frame[4], frame, FrameHeader.BYTES, frame.length);
            System.arraycopy(hash.toBytes(), 0, frame, 12, Hash.BYTES);
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putInt(44, crc(frame, FrameHeader.BYTES, frame.length));
        bytes.putInt(48, crc(frame, 0, 48));
        return frame;
    }

    static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private static void chunk(byte[] input) {
        try (ChunkDecoder decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            Optional<List<ChunkDecoder.Received>> blocks =
                    FRAMES.of(() -> {
                        ByteBuffer chunk = ByteBuffer.wrap(input);
                        return decoder.decode(chunk, bases(ChunkDecoder.bases(chunk)));
                    });
            if (blocks.isPresent()) {
                encodeAgain(decoder, blocks.get());
            }
        }
    }

    /** What a project may hold under these names: one long block for every one. */
    private static List<ByteBuffer> bases(List<Hash> names) {
        return Collections.nCopies(names.size(), ByteBuffer.allocate(64 << 10));
    }

    private static void encodeAgain(ChunkDecoder decoder, List<ChunkDecoder.Received> blocks) {
        if (blocks.size() > 64) {
            return;
        }
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            for (ChunkDecoder.Received received : blocks) {
                require(encoder.add(received.block()), "a block doesn't fit again");
            }
            List<Hash> again =
                    decoder.decode(encoder.finish()).stream()
                            .map(received -> received.block().hash())
                            .toList();
            require(
                    again.equals(blocks.stream().map(one -> one.block().hash()).toList()),
                    "other blocks come back");
        }
    }

    /** A chunk of form 1 of any words: a count, a split, and the bytes before and after it. */
    private static byte[] together(byte[] input) {
        if (input.length < 3) {
            return input;
        }
        int count = 1 + (input[0] & 0x1F);
        int split = 3 + ((input[1] & 0xFF) << 8 | (input[2] & 0xFF)) % (input.length - 2);
        byte[] shrunk = Arrays.copyOfRange(input, 3, Math.max(split, 3));
        byte[] bare = Arrays.copyOfRange(input, Math.max(split, 3), input.length);
        byte[] compressed;
        try (Zstandard zstd = new Zstandard(1)) {
            compressed = zstd.compress(shrunk, shrunk.length);
        }
        int plain = Math.max(count, shrunk.length - 4 * count + bare.length);
        return ByteBuffer.allocate(CHUNK_HEADER_BYTES + 4 + compressed.length + bare.length)
                .putInt('S' << 24 | 'L' << 16 | 'C' << 8 | 1)
                .putInt(1)
                .putInt(count)
                .putInt(plain)
                .putInt(compressed.length)
                .put(compressed)
                .put(bare)
                .array();
    }

    /**
     * A chunk of deltas against one base: a count of blocks, their bytes, and what is compressed.
     */
    private static byte[] deltas(byte[] input) {
        if (input.length < 4) {
            return input;
        }
        int count = 1 + (input[0] & 0x1F);
        int plain =
                Math.max(
                        count,
                        (input[1] & 0x3F) << 16 | (input[2] & 0xFF) << 8 | (input[3] & 0xFF));
        byte[] written = Arrays.copyOfRange(input, 4, input.length);
        byte[] compressed;
        try (Zstandard zstd = new Zstandard(1)) {
            compressed = zstd.compress(written, written.length);
        }
        return ByteBuffer.allocate(CHUNK_HEADER_BYTES + 2 + Hash.BYTES + 4 + compressed.length)
                .putInt('S' << 24 | 'L' << 16 | 'C' << 8 | 1)
                .putInt(2)
                .putInt(count)
                .putInt(plain)
                .putShort((short) 1)
                .put(Hash.EMPTY.toBytes())
                .putInt(written.length)
                .put(compressed)
                .array();
    }

    private static void signatures(byte[] input) {
        Optional<List<Signature>> read = CORRUPT.of(() -> Signature.read(ByteBuffer.wrap(input)));
        if (read.isPresent()) {
            require(
                    Signature.write(read.get()).equals(ByteBuffer.wrap(input)),
                    "signatures have two spellings");
        }
        Optional<SignatureRequest> request =
                INVALID.of(() -> SignatureRequest.read(ByteBuffer.wrap(input)));
        if (request.isPresent()) {
            require(
                    request.get().write().equals(ByteBuffer.wrap(input)),
                    "a request for signatures has two spellings");
        }
    }

    private static final int CODED_MAX = 1 << 20;

    private static void coding(byte[] input) {
        Optional<ByteBuffer> plain =
                CORRUPT.of(() -> ZstandardCoding.decode(ByteBuffer.wrap(input), CODED_MAX));
        if (plain.isPresent()) {
            ByteBuffer again =
                    ZstandardCoding.decode(ZstandardCoding.encode(plain.get()), CODED_MAX);
            require(again.equals(plain.get()), "other bytes come back");
        }
    }

    private static void tree(byte[] input) {
        Optional<TreeBlock> tree = CORRUPT.of(() -> TreeBlock.parse(ByteBuffer.wrap(input)));
        if (tree.isPresent()) {
            TreeBlock again = TreeBlock.of(tree.get().level(), tree.get().entries());
            require(again.bytes().equals(ByteBuffer.wrap(input)), "a list has two spellings");
            require(again.hash().equals(tree.get().hash()), "a list has two names");
        }
    }

    /** Tree blocks one after another, each led by two bytes of its length; the last is the top. */
    private static void walk(byte[] input) {
        Map<Hash, ByteBuffer> stored = new HashMap<>();
        Optional<Content> top = Optional.empty();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() > 2) {
            int length = Math.min(in.remaining() - 2, in.getShort() & 0xFFFF);
            ByteBuffer bytes = in.slice(in.position(), length);
            in.position(in.position() + length);
            Optional<TreeBlock> tree = CORRUPT.of(() -> TreeBlock.parse(bytes));
            if (tree.isPresent()) {
                stored.put(tree.get().hash(), bytes);
                top =
                        Optional.of(
                                new Content(
                                        tree.get().level(),
                                        tree.get().hash(),
                                        tree.get().sizeBytes()));
            }
        }
        top.ifPresent(content -> {
            boolean _ = CORRUPT.of(() -> walk(content, stored)).orElse(false);
        });
    }

    private static boolean walk(Content content, Map<Hash, ByteBuffer> stored) {
        ContentWalk walk = new ContentWalk(content);
        long at = 0;
        for (int i = 0; i < STEPS_MAX; i++) {
            switch (walk.next(4)) {
                case ContentWalk.Data data -> {
                    require(data.offsetBytes() == at, "a block lies at %s", data.offsetBytes());
                    at += data.sizeBytes();
                }
                case ContentWalk.Needs needs -> {
                    ByteBuffer bytes = stored.get(needs.trees().getFirst());
                    if (bytes == null) {
                        return false;
                    }
                    walk.supply(needs.trees().getFirst(), bytes);
                }
                case ContentWalk.End _ -> {
                    require(at == content.sizeBytes(), "a content ends at %s", at);
                    return true;
                }
            }
        }
        return false;
    }

    private static void hashes(byte[] input) {
        Optional<List<Hash>> hashes = INVALID.of(() -> Hashes.fromBytes(input, 16));
        if (hashes.isPresent()) {
            require(Arrays.equals(Hashes.toBytes(hashes.get()), input), "a list has two spellings");
        }
        for (int count = 0; count <= 64; count++) {
            int bits = count;
            Optional<BitSet> set = INVALID.of(() -> Hashes.bitmap(input, bits));
            if (set.isPresent()) {
                require(
                        Arrays.equals(Hashes.bitmap(set.get(), count), input),
                        "a bitmap has two spellings");
            }
        }
    }

    // ---- Samples.

    static Block block(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Block(
                new BlockHasher().hash(0, bytes, 0, bytes.length), 0, ByteBuffer.wrap(bytes));
    }

    private static TreeBlock smallTree() {
        return TreeBlock.of(1, List.of(entry("one"), entry("two"), entry("three".repeat(60))));
    }

    private static TreeBlock.Entry entry(String text) {
        Block block = block(text);
        return new TreeBlock.Entry(block.hash(), block.bytes().remaining());
    }

    private static TreeBlock secondTree() {
        TreeBlock below = smallTree();
        TreeBlock.Entry entry = new TreeBlock.Entry(below.hash(), below.sizeBytes());
        return TreeBlock.of(2, List.of(entry, entry));
    }

    static List<Block> blocks() {
        return List.of(
                block("hello"),
                block("it shrinks ".repeat(40)),
                Block.of(smallTree()),
                Block.of(secondTree()));
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    static List<byte[]> frames() {
        try (FrameEncoder encoder = new FrameEncoder()) {
            return blocks().stream().map(block -> bytes(encoder.encode(block))).toList();
        }
    }

    private static List<byte[]> chunks() {
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            blocks().forEach(block -> require(encoder.add(block), "no room"));
            List<ByteBuffer> parts =
                    ChunkEncoder.ofFrames(frames().stream().map(ByteBuffer::wrap).toList());
            ByteBuffer whole =
                    ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
            parts.forEach(part -> whole.put(part.duplicate()));
            return List.of(bytes(encoder.finish()), bytes(whole.flip()));
        }
    }

    /** Two blocks, the second of which is bare. */
    private static List<byte[]> togethers() {
        return List.of(
                ByteBuffer.allocate(21)
                        .put((byte) 1)
                        .putShort((short) 13)
                        .putInt(5)
                        .putInt(1 << 31 | 5)
                        .put("helloworld".getBytes(StandardCharsets.US_ASCII))
                        .array());
    }

    /** A block of a copy and five bytes. */
    private static List<byte[]> deltas() {
        return List.of(
                ByteBuffer.allocate(4 + 4 + 10 + 9)
                        .put(new byte[] {0, 0, 0x10, 5})
                        .putInt(0x1005)
                        .putInt(1 << 31 | 0x1000)
                        .putShort((short) 0)
                        .putInt(7)
                        .putInt(5)
                        .put("hello".getBytes(StandardCharsets.US_ASCII))
                        .array());
    }

    private static List<byte[]> signatures() {
        var request =
                new SignatureRequest(
                        new Content(1, Hash.sha256(new byte[1]), 1 << 20),
                        List.of(
                                new SignatureRequest.Span(0, 70_000),
                                new SignatureRequest.Span(80_000, 5)));
        byte[] block = new byte[5_000];
        Arrays.fill(block, (byte) 3);
        return List.of(
                bytes(request.write()),
                bytes(Signature.write(List.of(Signature.of(Hash.EMPTY, ByteBuffer.wrap(block))))));
    }

    private static List<byte[]> codings() {
        byte[] text = "{\"more\":false}".repeat(20).getBytes(StandardCharsets.US_ASCII);
        return List.of(bytes(ZstandardCoding.encode(ByteBuffer.wrap(text))));
    }

    private static List<byte[]> trees() {
        return List.of(bytes(smallTree().bytes()), bytes(secondTree().bytes()));
    }

    private static List<byte[]> walks() {
        ByteBuffer out = ByteBuffer.allocate(4_096);
        for (byte[] tree : trees()) {
            out.putShort((short) tree.length).put(tree);
        }
        return List.of(bytes(out.flip()));
    }

    private static List<byte[]> hashLists() {
        List<byte[]> samples = new ArrayList<>();
        samples.add(Hashes.toBytes(blocks().stream().map(Block::hash).toList()));
        BitSet set = new BitSet();
        set.set(3);
        set.set(17);
        samples.add(Hashes.bitmap(set, 20));
        return samples;
    }
}
