package io.syncline.storage.block.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.frame.PackIndex;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.Poll;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.BlockStoreContract;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackBlockStoreTest extends BlockStoreContract {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir private Path folder;

    private final Random random = new Random(5);
    private final ProjectId project = new ProjectId(RandomId.next(random));
    private final FaultyDisk disk = new FaultyDisk();

    @Override
    protected BlockStore open() {
        return PackBlockStore.open(folder.resolve("contract"), random, CLOCK);
    }

    @Override
    protected void damage(ProjectId of, FrameLocation location, int offset) throws IOException {
        Path file = file(folder.resolve("contract"), of, location.pack());
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(location.offsetBytes() + offset);
            int old = bytes.read();
            bytes.seek(location.offsetBytes() + offset);
            bytes.write(old ^ 1);
        }
    }

    private static Path file(Path root, ProjectId of, PackId pack) {
        return root.resolve("packs").resolve(of.value()).resolve(pack.value() + ".pack");
    }

    private Path file(PackId pack) {
        return file(folder, project, pack);
    }

    private PackBlockStore openHere(long packBytesMax) {
        return PackBlockStore.open(folder, disk, random, CLOCK, packBytesMax);
    }

    private static FrameLocation append(BlockStore store, ProjectId project, Named frame) {
        return store.append(project, List.of(frame.frame())).getFirst();
    }

    private void assertReads(BlockStore store, Named frame, FrameLocation location) {
        assertThat(store.read(project, List.of(new FrameRequest(frame.hash(), location))))
                .containsExactly(frame.frame());
    }

    @Test
    void storedFramesAreThereAfterReopening() {
        Named frame = Frames.random(random, 1_000);
        FrameLocation location;
        try (PackBlockStore store = openHere(1 << 20)) {
            location = append(store, project, frame);
        }

        try (PackBlockStore store = openHere(1 << 20)) {
            assertReads(store, frame, location);
            assertThat(store.projects()).containsExactly(project);
            assertThat(store.scan(project, location.pack(), _ -> {}))
                    .isEqualTo(new ScanResult(1, 0, 0));
        }
    }

    @Test
    void smallPackIsFilledOnAfterReopening() {
        Named first = Frames.random(random, 1_000);
        Named second = Frames.random(random, 1_000);
        FrameLocation one;
        try (PackBlockStore store = openHere(1 << 20)) {
            one = append(store, project, first);
        }

        try (PackBlockStore store = openHere(1 << 20)) {
            FrameLocation two = append(store, project, second);
            assertThat(two.pack()).isEqualTo(one.pack());
            assertReads(store, first, one);
            assertReads(store, second, two);
        }
    }

    @Test
    @DisplayName("L9 a full pack is finished with its index, and another begun")
    void fullPackIsFinished() throws IOException {
        List<Named> frames = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            frames.add(Frames.random(random, 30_000));
        }
        List<FrameLocation> locations;
        try (PackBlockStore store = openHere(400_000)) {
            locations = store.append(project, frames.stream().map(Named::frame).toList());
            assertThat(store.packs(project)).hasSize(4);
            for (int i = 0; i < 50; i++) {
                assertReads(store, frames.get(i), locations.get(i));
            }
        }

        for (PackId pack : locations.stream().map(FrameLocation::pack).distinct().toList()) {
            byte[] bytes = Files.readAllBytes(file(pack));
            ByteBuffer all = ByteBuffer.wrap(bytes);
            assertThat(PackHeader.read(all).project()).isEqualTo(project);
            int length =
                    PackIndex.length(
                                    all.slice(
                                            bytes.length - PackIndex.TRAILER_BYTES,
                                            PackIndex.TRAILER_BYTES))
                            .orElseThrow();
            assertThat(bytes.length - length).isLessThanOrEqualTo(400_000);
            List<PackIndex.Entry> entries =
                    PackIndex.read(all.slice(bytes.length - length, length));
            assertThat(entries)
                    .extracting(PackIndex.Entry::offsetBytes)
                    .containsExactlyElementsOf(
                            locations.stream()
                                    .filter(location -> location.pack().equals(pack))
                                    .map(FrameLocation::offsetBytes)
                                    .toList());
        }
    }

    @Test
    @DisplayName("L9 packs being filled are bounded")
    void packsBeingFilledAreBounded() {
        try (PackBlockStore store = openHere(1 << 20)) {
            Named frame = Frames.random(random, 100);
            ProjectId first = new ProjectId(RandomId.next(random));
            FrameLocation location = append(store, first, frame);
            for (int i = 0; i < PackBlockStore.OPEN_PACKS_MAX + 3; i++) {
                append(store, new ProjectId(RandomId.next(random)), frame);
            }

            assertThat(store.read(first, List.of(new FrameRequest(frame.hash(), location))))
                    .hasSize(1);
            // The first one was finished meanwhile, and is gone on with.
            assertThat(append(store, first, frame).pack()).isEqualTo(location.pack());
        }
    }

    @Test
    void folderIsOpenedByOneAtATime() {
        try (PackBlockStore first = openHere(1 << 20)) {
            assertThatThrownBy(() -> openHere(1 << 20))
                    .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("in use");
            assertThat(first.projects()).isEmpty();
        }
        openHere(1 << 20).close();
    }

    @Test
    @DisplayName("a tail torn at any byte is cut off at start, and all before it is kept")
    void tornTailIsCutOff() throws IOException {
        List<Named> frames = new ArrayList<>();
        List<FrameLocation> locations;
        for (int i = 0; i < 4; i++) {
            frames.add(Frames.random(random, 200));
        }
        Path image;
        try (PackBlockStore store = openHere(1 << 20)) {
            locations = store.append(project, frames.stream().map(Named::frame).toList());
            // What a crash leaves: the file as it is now, without an index.
            image = folder.resolve("image");
            Files.copy(file(locations.getFirst().pack()), image);
        }
        Path file = file(locations.getFirst().pack());
        byte[] whole = Files.readAllBytes(image);
        int lastFrame = (int) locations.getLast().offsetBytes();
        List<Integer> cuts = new ArrayList<>(List.of(0, 1, PackHeader.BYTES - 1, PackHeader.BYTES));
        for (int cut = lastFrame - 3; cut <= whole.length; cut += 7) {
            cuts.add(cut);
        }
        for (int cut : cuts) {
            Files.write(file, Arrays.copyOf(whole, cut));
            try (PackBlockStore store = openHere(1 << 20)) {
                int kept = 0;
                for (FrameLocation location : locations) {
                    kept += location.offsetBytes() + location.lengthBytes() <= cut ? 1 : 0;
                }
                if (cut < PackHeader.BYTES) {
                    assertThat(store.packs(project)).isEmpty();
                    continue;
                }
                assertThat(store.scan(project, locations.getFirst().pack(), _ -> {}))
                        .isEqualTo(new ScanResult(kept, 0, 0));
                for (int i = 0; i < kept; i++) {
                    assertReads(store, frames.get(i), locations.get(i));
                }
                Named next = Frames.random(random, 100);
                assertReads(store, next, append(store, project, next));
            }
        }
    }

    @Test
    void tornIndexIsMadeAnew() throws IOException {
        Named frame = Frames.random(random, 200);
        FrameLocation location;
        try (PackBlockStore store = openHere(1 << 20)) {
            location = append(store, project, frame);
        }
        Path file = file(location.pack());
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));

        try (PackBlockStore store = openHere(1 << 20)) {
            assertReads(store, frame, location);
            assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        }
    }

    @Test
    @DisplayName("L2 a stored pack at the end of a pack is not taken for its index")
    void storedPackIsNotTakenForAnIndex() throws IOException {
        // Somebody syncs a server's pack: its last bytes are an index, right checksum and all.
        ByteBuffer index =
                PackIndex.toBytes(
                        List.of(
                                new PackIndex.Entry(
                                        Frames.random(random, 9).hash(), 40, 60, 8, 0)));
        byte[] bytes = new byte[index.remaining()];
        index.get(bytes);
        Named frame = Frames.of(bytes);
        FrameLocation location;
        Path image = folder.resolve("image");
        try (PackBlockStore store = openHere(1 << 20)) {
            location = append(store, project, frame);
            Files.copy(file(location.pack()), image);
        }
        Files.copy(image, file(location.pack()), StandardCopyOption.REPLACE_EXISTING);

        try (PackBlockStore store = openHere(1 << 20)) {
            append(store, project, Frames.random(random, 500));
            assertReads(store, frame, location);
        }
    }

    @Test
    void foreignFileIsLeftAlone() throws IOException {
        Path strange = folder.resolve("packs").resolve(project.value());
        Files.createDirectories(strange);
        Path pack = strange.resolve("0".repeat(32) + ".pack");
        Files.writeString(pack, "not a pack, but long enough that somebody may miss it");
        Path other = strange.resolve("notes.txt");
        Files.writeString(other, "not a pack");

        try (PackBlockStore store = openHere(1 << 20)) {
            append(store, project, Frames.random(random, 100));
            assertThat(pack).exists();
            assertThat(other).exists();
        }
    }

    @Test
    @DisplayName("a full disk is UNAVAILABLE; what was stored stays, and room heals it")
    void fullDiskLeavesTheStoreConsistent() {
        try (PackBlockStore store = openHere(1 << 20)) {
            Named first = Frames.random(random, 1_000);
            FrameLocation location = append(store, project, first);
            for (int room : new int[] {0, 1, 500, 1_051}) {
                disk.bytesLeft.set(room);
                assertThatThrownBy(() -> append(store, project, Frames.random(random, 1_000)))
                        .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE))
                        .hasMessageContaining("full");
                disk.bytesLeft.set(Long.MAX_VALUE);

                assertReads(store, first, location);
                Named next = Frames.random(random, 1_000);
                FrameLocation place = append(store, project, next);
                assertThat(place.pack()).isEqualTo(location.pack());
                assertReads(store, next, place);
            }
            ScanResult result = store.scan(project, location.pack(), _ -> {});
            assertThat(result).isEqualTo(new ScanResult(5, 0, 0));
        }
    }

    @Test
    void fullDiskWhileBeginningAPackLeavesNoFile() {
        try (PackBlockStore store = openHere(1 << 20)) {
            disk.bytesLeft.set(10);
            assertThatThrownBy(() -> append(store, project, Frames.random(random, 100)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
            disk.bytesLeft.set(Long.MAX_VALUE);

            assertThat(store.packs(project)).isEmpty();
            append(store, project, Frames.random(random, 100));
        }
    }

    @Test
    @DisplayName(
            "scenario 44: a pack that can't be cut back is given up, and keeps what was answered")
    void packThatCannotBeCutBackIsGivenUp() {
        try (PackBlockStore store = openHere(1 << 20)) {
            Named first = Frames.random(random, 1_000);
            FrameLocation location = append(store, project, first);
            disk.bytesLeft.set(100);
            disk.truncateFails = true;
            assertThatThrownBy(() -> append(store, project, Frames.random(random, 1_000)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
            disk.bytesLeft.set(Long.MAX_VALUE);
            disk.truncateFails = false;

            Named next = Frames.random(random, 1_000);
            FrameLocation place = append(store, project, next);
            assertThat(place.pack()).isNotEqualTo(location.pack());
            assertReads(store, first, location);
            assertReads(store, next, place);
        }
        try (PackBlockStore store = openHere(1 << 20)) {
            assertThat(store.packs(project)).hasSize(2);
        }
    }

    @Test
    @DisplayName("scenario 84: after a failed flush nothing more is answered from that pack")
    void failedFlushGivesThePackUp() {
        try (PackBlockStore store = openHere(1 << 20)) {
            Named first = Frames.random(random, 1_000);
            FrameLocation location = append(store, project, first);
            disk.forceFails = true;
            assertThatThrownBy(() -> append(store, project, Frames.random(random, 1_000)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
            disk.forceFails = false;

            FrameLocation place = append(store, project, Frames.random(random, 1_000));
            assertThat(place.pack()).isNotEqualTo(location.pack());
            assertReads(store, first, location);
        }
    }

    @Test
    void appendsThatWaitShareOneFlush() throws Exception {
        try (PackBlockStore store = openHere(64 << 20);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            FrameLocation first = append(store, project, Frames.random(random, 100));
            CountDownLatch latch = new CountDownLatch(1);
            disk.forceWaits = latch;
            int before = disk.forces.get();
            List<Future<FrameLocation>> appends = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Named frame = Frames.random(new Random(i), 1_000);
                appends.add(threads.submit(() -> append(store, project, frame)));
            }
            // All have written, the first of them waits in the flush.
            Path file = file(first.pack());
            long all = first.offsetBytes() + first.lengthBytes() + 50L * 1_052;
            Poll.until(() -> file.toFile().length() == all);
            latch.countDown();
            for (Future<FrameLocation> append : appends) {
                append.get();
            }

            assertThat(disk.forces.get() - before).isBetween(1, 2);
        }
    }

    @Test
    void garbageInTheMiddleIsSteppedOver() throws IOException {
        Named first = Frames.random(random, 300);
        Named last = Frames.random(random, 300);
        FrameLocation before;
        FrameLocation after;
        try (PackBlockStore store = openHere(1 << 20)) {
            before = append(store, project, first);
            FrameLocation middle = append(store, project, Frames.random(random, 5_000));
            after = append(store, project, last);
            try (var channel = FileChannel.open(file(middle.pack()), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(4_000), middle.offsetBytes());
            }
            assertThat(store.scan(project, middle.pack(), _ -> {}))
                    .isEqualTo(new ScanResult(2, 0, middle.lengthBytes()));
        }
        try (PackBlockStore store = openHere(1 << 20)) {
            assertReads(store, first, before);
            assertReads(store, last, after);
        }
    }
}
