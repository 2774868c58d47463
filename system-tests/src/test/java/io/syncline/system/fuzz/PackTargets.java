package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.FrameHeader;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.frame.PackIndex;
import io.syncline.core.frame.PackScanner;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Packs, as a scan meets them: right, damaged, torn, forged. */
final class PackTargets {
    private static final Refusals CORRUPT =
            new Refusals(ErrorCode.CORRUPT, ErrorCode.UPGRADE_REQUIRED);
    static final ProjectId PROJECT = new ProjectId("0".repeat(31) + "1");

    /** A scanner's window is a MiB, and damage beyond it is read by windows. */
    private static final long SCAN_BYTES = 3 << 20;

    private PackTargets() {}

    static List<Target> all() {
        return List.of(
                new Decoder(
                        "pack",
                        4_096,
                        n -> SCAN_BYTES + 2_000L * n,
                        input -> {
                            scan(input);
                            index(input);
                        },
                        packs()),
                new Decoder(
                        "pack-damaged",
                        1_024,
                        n -> SCAN_BYTES + 4_000L * n,
                        PackTargets::damaged,
                        List.of(new byte[] {0, 1, 0, 1, 9, 5, 0, 2, 2, 3})));
    }

    /** The frames that a scan finds, from front to back, and what lies between them. */
    static List<Hash> scan(byte[] pack) {
        Optional<PackScanner> scanner =
                CORRUPT.of(() -> new PackScanner((offset, into) -> read(pack, offset, into)));
        List<Hash> found = new ArrayList<>();
        if (scanner.isEmpty()) {
            return found;
        }
        long at = PackHeader.BYTES;
        while (true) {
            switch (scanner.get().next()) {
                case PackScanner.Frame frame -> {
                    require(frame.offsetBytes() == at, "a frame at %s", frame.offsetBytes());
                    require(
                            frame.bytes().remaining() == frame.header().frameBytes(),
                            "a frame of another length");
                    at += frame.header().frameBytes();
                    found.add(frame.header().hash());
                }
                case PackScanner.Damage damage -> {
                    require(
                            damage.offsetBytes() == at && damage.lengthBytes() > 0,
                            "damage at %s",
                            damage);
                    at += damage.lengthBytes();
                }
                case PackScanner.End end -> {
                    require(end.validBytes() <= at, "an end at %s", end);
                    return found;
                }
            }
        }
    }

    private static int read(byte[] pack, long offset, ByteBuffer into) {
        if (offset >= pack.length) {
            return -1;
        }
        int count = Math.min(into.remaining(), pack.length - (int) offset);
        into.put(pack, (int) offset, count);
        return count;
    }

    private static void index(byte[] input) {
        Optional<List<PackIndex.Entry>> entries =
                CORRUPT.of(() -> PackIndex.read(ByteBuffer.wrap(input)));
        if (entries.isPresent()) {
            require(
                    PackIndex.toBytes(entries.get()).equals(ByteBuffer.wrap(input)),
                    "an index has two spellings");
        }
        int trailer = Math.min(input.length, PackIndex.TRAILER_BYTES);
        CORRUPT.of(() -> PackIndex.length(ByteBuffer.wrap(input, input.length - trailer, trailer)));
    }

    /** Right frames and damage between them, by turns as the input says: none of them is lost. */
    private static void damaged(byte[] input) {
        List<byte[]> frames = BlockTargets.frames();
        ByteArrayOutputStream pack = new ByteArrayOutputStream();
        pack.writeBytes(BlockTargets.bytes(header()));
        List<Hash> put = new ArrayList<>();
        for (int i = 0; i < input.length; i++) {
            byte[] frame = frames.get((input[i] & 0xFF) / 4 % frames.size());
            switch (input[i] & 3) {
                case 0, 1 -> {
                    pack.writeBytes(frame);
                    put.add(FrameHeader.read(ByteBuffer.wrap(frame)).hash());
                }
                case 2 -> {
                    byte[] broken = frame.clone();
                    broken[broken.length - 1] ^= 1;
                    pack.writeBytes(broken);
                }
                default -> {
                    int end = Math.min(input.length, i + 2 + (input[i] & 0xFF) / 4);
                    pack.writeBytes(Arrays.copyOfRange(input, i + 1, end));
                    i = end - 1;
                }
            }
        }
        List<Hash> found = scan(pack.toByteArray());
        require(found.equals(put), "of %s frames %s were found", put.size(), found.size());
    }

    private static ByteBuffer header() {
        return new PackHeader(PROJECT, 1, Instant.ofEpochMilli(1_767_323_045_678L)).toBytes();
    }

    static List<byte[]> packs() {
        ByteArrayOutputStream pack = new ByteArrayOutputStream();
        pack.writeBytes(BlockTargets.bytes(header()));
        List<PackIndex.Entry> entries = new ArrayList<>();
        for (byte[] frame : BlockTargets.frames()) {
            FrameHeader header = FrameHeader.read(ByteBuffer.wrap(frame));
            entries.add(
                    new PackIndex.Entry(
                            header.hash(),
                            pack.size(),
                            frame.length,
                            header.plainBytes(),
                            header.level()));
            pack.writeBytes(frame);
        }
        byte[] unfinished = pack.toByteArray();
        byte[] index = BlockTargets.bytes(PackIndex.toBytes(entries));
        pack.writeBytes(index);
        return List.of(unfinished, pack.toByteArray(), index);
    }
}
