package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Forgery.chunk;
import static io.syncline.system.endtoend.Forgery.flip;
import static io.syncline.system.endtoend.Forgery.ints;
import static io.syncline.system.endtoend.Forgery.join;
import static io.syncline.system.endtoend.Forgery.together;
import static io.syncline.system.endtoend.Forgery.treeBlock;
import static io.syncline.system.endtoend.Forgery.zstdBomb;
import static io.syncline.system.endtoend.Forgery.zstdRaw;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.core.tree.Hash;
import io.syncline.system.endtoend.Forgery.Frame;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Every kind of chunk that a server must refuse, by what is wrong with it. */
final class BadChunks {
    /** Two blocks and the tree block over them: a file of level 1. */
    static final byte[] LEFT = new byte[100];

    static final byte[] RIGHT = "right".repeat(20).getBytes(UTF_8);
    static final byte[] TREE =
            treeBlock(1, 2, Forgery.nameOf(0, LEFT), 100, Forgery.nameOf(0, RIGHT), 100);

    static final byte[] DATA = "data".repeat(64).getBytes(UTF_8);
    static final Hash DATA_NAME = Forgery.nameOf(0, DATA);

    /** Names of what is never stored, as a data block and as a tree block. */
    static final Hash UNKNOWN = Forgery.nameOf(0, "never stored".getBytes(UTF_8));

    static final Hash UNKNOWN_TREE = Forgery.nameOf(1, DATA);

    private BadChunks() {}

    static Stream<Arguments> all() {
        Frame frame = Frame.of(DATA);
        byte[] good = chunk(frame);
        byte[] tree = treeBlock(1, 1, Forgery.nameOf(0, LEFT), 100);
        byte[] wordAndData = join(ints(DATA.length), "x".repeat(DATA.length).getBytes(UTF_8));
        int max = 256 << 10;
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("half a header", Arrays.copyOf(good, 15)),
                Arguments.of("a header alone", Arrays.copyOf(good, 16)),
                Arguments.of("wrong magic", flip(good, 0)),
                Arguments.of("wrong version", flip(good, 3)),
                Arguments.of("unknown form", chunk(2, 1, DATA.length, frame.bytes())),
                Arguments.of("no blocks", chunk(0, 0, 0, new byte[0])),
                Arguments.of("negative count", chunk(0, -1, DATA.length, frame.bytes())),
                Arguments.of("too many blocks", chunk(0, 16_385, 1 << 20, frame.bytes())),
                Arguments.of("more blocks than there are", chunk(0, 2, 512, frame.bytes())),
                Arguments.of("more plain bytes than there are", chunk(0, 1, 257, frame.bytes())),
                Arguments.of("fewer plain bytes than there are", chunk(0, 1, 255, frame.bytes())),
                Arguments.of("plain bytes beyond 4 MiB", chunk(0, 1, (4 << 20) + 1, frame.bytes())),
                Arguments.of("negative plain bytes", chunk(0, 1, -5, frame.bytes())),
                Arguments.of("truncated frame", Arrays.copyOf(good, good.length - 1)),
                Arguments.of("truncated frame header", Arrays.copyOf(good, 16 + 40)),
                Arguments.of("trailing byte", Arrays.copyOf(good, good.length + 1)),
                Arguments.of("wrong frame magic", chunk(frame.withMagic(0x53470100))),
                Arguments.of("wrong frame version", chunk(frame.withMagic(0x53460200))),
                Arguments.of("unknown encoding", chunk(frame.withEncoding(3))),
                Arguments.of("level beyond 8", chunk(frame.withLevel(9))),
                Arguments.of("wrong header checksum", flip(good, 16 + 48)),
                Arguments.of("wrong payload checksum", flip(good, good.length - 1)),
                Arguments.of("name of another block", chunk(frame.withName(UNKNOWN))),
                Arguments.of("data under a tree's name", chunk(frame.withName(UNKNOWN_TREE))),
                Arguments.of("no block bytes", chunk(frame.withPlainBytes(0))),
                Arguments.of("a block beyond 256 KiB", chunk(Frame.of(new byte[max + 1]))),
                Arguments.of("plain of another size", chunk(frame.withPlainBytes(255))),
                Arguments.of(
                        "second frame is bad", chunk(frame, Frame.of(RIGHT).withName(UNKNOWN))),
                // Tree blocks.
                Arguments.of("data framed as a tree", chunk(Frame.tree(1, DATA))),
                Arguments.of("tree framed one level up", chunk(Frame.tree(2, tree))),
                Arguments.of("tree of no entries", chunk(Frame.tree(1, treeBlock(1, 0)))),
                Arguments.of(
                        "tree of more entries than it has",
                        chunk(Frame.tree(1, treeBlock(1, 2, Forgery.nameOf(0, LEFT), 100)))),
                Arguments.of(
                        "tree with bytes after it",
                        chunk(Frame.tree(1, Arrays.copyOf(tree, tree.length + 1)))),
                Arguments.of(
                        "tree that lies about a child's size",
                        chunk(Frame.tree(1, treeBlock(1, 1, Forgery.nameOf(0, LEFT), 99)))),
                Arguments.of(
                        "tree over a tree of its own level",
                        chunk(Frame.tree(1, treeBlock(1, 1, Forgery.nameOf(1, TREE), 120)))),
                // Zip bombs.
                Arguments.of(
                        "1 GiB in a frame of 256 KiB",
                        chunk(Frame.zstd(max, zstdBomb(max, 8_192), DATA_NAME))),
                Arguments.of(
                        "states 1 GiB in a frame of 256 KiB",
                        chunk(Frame.zstd(max, zstdBomb(1 << 30, 8_192), DATA_NAME))),
                Arguments.of(
                        "states more than there is",
                        chunk(Frame.zstd(max, zstdBomb(max, 1), DATA_NAME))),
                Arguments.of(
                        "1 GiB compressed together",
                        chunk(1, 1, DATA.length, together(zstdBomb(260, 8_192), new byte[0]))),
                Arguments.of(
                        "states 1 GiB compressed together",
                        chunk(1, 1, DATA.length, together(zstdBomb(1 << 30, 8_192), new byte[0]))),
                Arguments.of(
                        "1 GiB of blocks in a chunk of 16 MiB",
                        chunk(1, 4_096, 16 << 20, together(zstdBomb(16 << 20, 128), new byte[0]))),
                Arguments.of(
                        "no stated size",
                        chunk(Frame.zstd(260, zstdRaw(new byte[] {0, 0x68}, DATA), DATA_NAME))),
                Arguments.of(
                        "a window of terabytes",
                        chunk(
                                Frame.zstd(
                                        300,
                                        zstdRaw(
                                                new byte[] {
                                                    (byte) 0x80, (byte) 0xFF, 0x2C, 1, 0, 0
                                                },
                                                DATA),
                                        DATA_NAME))),
                Arguments.of(
                        "a dictionary that nobody has",
                        chunk(
                                Frame.zstd(
                                        300,
                                        zstdRaw(new byte[] {(byte) 0xA1, 7, 0x2C, 1, 0, 0}, DATA),
                                        DATA_NAME))),
                Arguments.of(
                        "two zstd frames",
                        chunk(Frame.zstd(1_000, join(single(DATA), single(DATA)), DATA_NAME))),
                Arguments.of("no zstd at all", chunk(Frame.zstd(1_000, DATA, DATA_NAME))),
                // Blocks without headers.
                Arguments.of("length beyond the end", chunk(1, 1, 4, ints(1 << 20))),
                Arguments.of("negative length", chunk(1, 1, 4, ints(-1))),
                Arguments.of(
                        "more bare bytes than blocks",
                        chunk(1, 1, 4, together(single(wordAndData), new byte[500]))),
                Arguments.of(
                        "block sizes that don't add up",
                        chunk(
                                1,
                                1,
                                DATA.length + 1,
                                together(single(join(wordAndData, new byte[1])), new byte[0]))),
                Arguments.of(
                        "a block beyond 256 KiB, without a header",
                        chunk(1, 1, 4, together(single(join(ints(0xFF_FFFF), LEFT)), new byte[0]))),
                Arguments.of("junk", "GET / HTTP/1.1\r\n\r\n".repeat(100).getBytes(UTF_8)));
    }

    /** A right zstd frame of these bytes, up to 65,791. */
    static byte[] single(byte[] bytes) {
        return zstdRaw(
                new byte[] {
                    (byte) 0xA0,
                    (byte) bytes.length,
                    (byte) (bytes.length >> 8),
                    (byte) (bytes.length >> 16),
                    0
                },
                bytes);
    }
}
