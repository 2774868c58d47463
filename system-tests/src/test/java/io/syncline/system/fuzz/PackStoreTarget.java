package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.block.pack.PackBlockStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A folder of packs one of which holds the input: the store opens all the same, finds what is right
 * in it, and takes more.
 */
final class PackStoreTarget implements Target {
    private static final PackId PACK = new PackId("0".repeat(31) + "2");
    private static final Refusals DAMAGED =
            new Refusals(ErrorCode.CORRUPT, ErrorCode.UPGRADE_REQUIRED);

    private final Path folder;
    private final Path file;

    PackStoreTarget(Path folder) throws IOException {
        this.folder = folder;
        this.file =
                folder.resolve("packs")
                        .resolve(PackTargets.PROJECT.toString())
                        .resolve(PACK + ".pack");
        Files.createDirectories(file.getParent());
    }

    @Override
    public String name() {
        return "pack-store";
    }

    @Override
    public List<byte[]> samples() {
        return PackTargets.packs();
    }

    @Override
    public long allocationMax(int inputBytes) {
        // Windows of a scan at opening and at asking, and buffers of frames.
        return (24L << 20) + 8_000L * inputBytes;
    }

    @Override
    public int briefly() {
        return 100;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        try (var others = Files.newDirectoryStream(file.getParent())) {
            for (Path other : others) {
                Files.delete(other);
            }
        }
        Files.write(file, input);
        List<Hash> whole = PackTargets.scan(input);
        try (PackBlockStore store =
                PackBlockStore.open(folder, new SplittableRandom(1), InstantSource.system())) {
            List<ScannedFrame> found = new ArrayList<>();
            boolean scanned =
                    DAMAGED.of(() -> store.scan(PackTargets.PROJECT, PACK, found::add)).isPresent();
            require(
                    !scanned || found.size() >= whole.size(),
                    "of %s frames %s are found in the store",
                    whole.size(),
                    found.size());
            ByteBuffer frame = ByteBuffer.wrap(BlockTargets.frames().getFirst());
            List<FrameLocation> at = store.append(PackTargets.PROJECT, List.of(frame));
            Hash name = BlockTargets.blocks().getFirst().hash();
            List<ByteBuffer> read =
                    store.read(PackTargets.PROJECT, List.of(new FrameRequest(name, at.getFirst())));
            require(read.getFirst().equals(frame), "another frame comes back");
        }
    }
}
