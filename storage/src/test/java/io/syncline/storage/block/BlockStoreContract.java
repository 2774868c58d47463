package io.syncline.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.frame.FrameHeader;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.Frames.Named;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every block store promises. */
public abstract class BlockStoreContract {
    private final Random random = new Random(17);
    private final ProjectId project = new ProjectId(RandomId.next(random));

    private BlockStore store;

    /** Opens an empty store. */
    protected abstract BlockStore open() throws Exception;

    /** Changes one bit of the stored byte that is this far into a frame. */
    protected abstract void damage(ProjectId of, FrameLocation location, int offset)
            throws Exception;

    /** Whether packs are filled by more than one append. */
    protected boolean fills() {
        return true;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void framesComeBackInTheOrderAsked() {
        List<Named> frames = frames(40);
        List<FrameLocation> locations = append(frames);

        List<FrameRequest> requests = new ArrayList<>(requests(frames, locations));
        requests.addAll(requests(frames.subList(3, 9), locations.subList(3, 9)));
        Collections.shuffle(requests, random);
        List<ByteBuffer> read = store.read(project, requests);

        assertThat(read).hasSameSizeAs(requests);
        for (int i = 0; i < requests.size(); i++) {
            Hash wanted = requests.get(i).hash();
            ByteBuffer expected =
                    frames.stream()
                            .filter(named -> named.hash().equals(wanted))
                            .findFirst()
                            .orElseThrow()
                            .frame();
            assertThat(read.get(i)).isEqualTo(expected);
            assertThat(read.get(i).isReadOnly()).isTrue();
        }
    }

    @Test
    void appendLeavesTheBuffersAsTheyWere() {
        Named frame = Frames.random(random, 1_000);
        int before = frame.frame().remaining();

        append(List.of(frame));

        assertThat(frame.frame().remaining()).isEqualTo(before);
    }

    @Test
    void blocksOfEverySizeLevelAndCodecAreKept() {
        List<Named> frames =
                List.of(
                        Frames.of(new byte[] {7}),
                        Frames.of(new byte[256 << 10]),
                        Frames.random(random, 256 << 10),
                        Frames.of(2, "a tree block".getBytes(StandardCharsets.UTF_8)));

        List<FrameLocation> locations = append(frames);

        assertThat(store.read(project, requests(frames, locations)))
                .containsExactlyElementsOf(frames.stream().map(Named::frame).toList());
    }

    @Test
    void whatIsNoFrameIsRefused() {
        ByteBuffer frame = Frames.random(random, 100).frame();

        for (ByteBuffer wrong :
                List.of(
                        ByteBuffer.allocate(0),
                        ByteBuffer.allocate(200),
                        frame.slice(0, frame.remaining() - 1),
                        ByteBuffer.allocate(frame.remaining() + 1)
                                .put(frame.duplicate())
                                .rewind())) {
            assertThatThrownBy(() -> store.append(project, List.of(wrong)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.INVALID));
        }
        assertThatThrownBy(() -> store.append(project, List.of()))
                .satisfies(failure -> assertCode(failure, ErrorCode.INVALID));
        assertThat(store.packs(project)).isEmpty();
    }

    @Test
    void readingNothingGivesNothing() {
        assertThat(store.read(project, List.of())).isEmpty();
    }

    @Test
    @DisplayName("a damaged frame is CORRUPT, wherever the bit flipped, and its neighbours are not")
    void damagedFrameIsCorrupt() throws Exception {
        for (int offset : new int[] {0, 5, 20, FrameHeader.BYTES - 1, FrameHeader.BYTES, 90}) {
            List<Named> frames = frames(3);
            List<FrameLocation> locations = append(frames);
            damage(project, locations.get(1), offset);

            assertThatThrownBy(() -> store.read(project, requests(frames, locations)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT))
                    .hasMessageContaining(frames.get(1).hash().toHex());
            for (int intact : new int[] {0, 2}) {
                assertThat(
                                store.read(
                                        project,
                                        requests(
                                                frames.subList(intact, intact + 1),
                                                locations.subList(intact, intact + 1))))
                        .containsExactly(frames.get(intact).frame());
            }
        }
    }

    @Test
    void anotherBlocksFrameIsNeverReturned() {
        List<Named> frames = frames(2);
        List<FrameLocation> locations = append(frames);

        assertThatThrownBy(() ->
                        store.read(
                                project,
                                List.of(new FrameRequest(frames.get(0).hash(), locations.get(1)))))
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
    }

    @Test
    void frameThatNamesAnotherBlockIsNeverReturned() {
        // A frame whose checksums are right, but whose bytes aren't those of the block it names.
        Named honest = Frames.random(random, 500);
        byte[] other = new byte[500];
        random.nextBytes(other);
        ByteBuffer forged;
        try (FrameEncoder encoder = new FrameEncoder()) {
            forged = encoder.encode(honest.hash(), 0, other, 0, other.length);
        }
        List<FrameLocation> locations = store.append(project, List.of(forged));

        assertThatThrownBy(() ->
                        store.read(
                                project,
                                List.of(new FrameRequest(honest.hash(), locations.getFirst()))))
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
        List<ScannedFrame> scanned = new ArrayList<>();
        ScanResult result = store.scan(project, locations.getFirst().pack(), scanned::add);
        assertThat(scanned).isEmpty();
        assertThat(result).isEqualTo(new ScanResult(0, 1, 0));
    }

    @Test
    void missingPackOrPlaceIsCorrupt() {
        Named frame = Frames.random(random, 100);
        FrameLocation location = append(List.of(frame)).getFirst();
        PackId unknown = new PackId(RandomId.next(random));

        for (FrameLocation wrong :
                List.of(
                        new FrameLocation(unknown, 40, location.lengthBytes()),
                        new FrameLocation(location.pack(), 1 << 20, location.lengthBytes()),
                        new FrameLocation(
                                location.pack(),
                                location.offsetBytes() + 1,
                                location.lengthBytes() - 1))) {
            assertThatThrownBy(() ->
                            store.read(project, List.of(new FrameRequest(frame.hash(), wrong))))
                    .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
        }
    }

    @Test
    @DisplayName("R33 L7 a pack belongs to one project")
    void packBelongsToOneProject() {
        ProjectId other = new ProjectId(RandomId.next(random));
        Named frame = Frames.random(random, 100);
        FrameLocation location = append(List.of(frame)).getFirst();
        store.append(other, List.of(Frames.random(random, 100).frame()));

        assertThat(store.packs(project)).hasSize(1).doesNotContainAnyElementsOf(store.packs(other));
        assertThat(Set.copyOf(store.projects())).isEqualTo(Set.of(project, other));
        assertThatThrownBy(
                        () -> store.read(other, List.of(new FrameRequest(frame.hash(), location))))
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
    }

    @Test
    @DisplayName("R33 a scan finds every frame with its place")
    void scanFindsEveryFrame() throws Exception {
        List<Named> frames = frames(100);
        List<FrameLocation> locations = append(frames);
        damage(project, locations.get(50), 80);

        List<ScannedFrame> scanned = new ArrayList<>();
        long unreadable = 0;
        for (PackId pack : store.packs(project)) {
            ScanResult result = store.scan(project, pack, scanned::add);
            unreadable += result.unreadableBytes();
        }

        assertThat(unreadable).isEqualTo(locations.get(50).lengthBytes());
        assertThat(scanned).hasSize(99);
        for (ScannedFrame frame : scanned) {
            int index = locations.indexOf(frame.location());
            assertThat(index).isNotNegative();
            assertThat(frame.hash()).isEqualTo(frames.get(index).hash());
            assertThat(frame.level()).isZero();
        }
    }

    @Test
    void deletedPackIsGone() {
        Named frame = Frames.random(random, 100);
        FrameLocation location = append(List.of(frame)).getFirst();

        assertThat(store.delete(project, location.pack())).isTrue();
        assertThat(store.delete(project, location.pack())).isFalse();

        assertThat(store.packs(project)).isEmpty();
        assertThatThrownBy(() ->
                        store.read(project, List.of(new FrameRequest(frame.hash(), location))))
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
        FrameLocation again = append(List.of(frame)).getFirst();
        assertThat(again.pack()).isNotEqualTo(location.pack());
    }

    @Test
    @DisplayName("R5 a retired pack takes nothing more and stays readable")
    void retiredPackTakesNothingMore() {
        Named frame = Frames.random(random, 100);
        FrameLocation location = append(List.of(frame)).getFirst();
        assertThat(store.kept(project, location.pack()).orElseThrow().filling()).isEqualTo(fills());

        store.retire(project, location.pack());
        store.retire(project, location.pack());
        store.retire(project, new PackId(RandomId.next(random)));

        assertThat(store.kept(project, location.pack()).orElseThrow().filling()).isFalse();
        for (int i = 0; i < 3; i++) {
            FrameLocation next = append(List.of(Frames.random(random, 100))).getFirst();
            assertThat(next.pack()).isNotEqualTo(location.pack());
        }
        assertThat(store.read(project, List.of(new FrameRequest(frame.hash(), location))))
                .containsExactly(frame.frame());
        assertThat(store.packs(project)).hasSize(fills() ? 2 : 4).contains(location.pack());
    }

    @Test
    void packTellsItsSize() {
        FrameLocation location = append(List.of(Frames.random(random, 5_000))).getFirst();
        assertThat(store.kept(project, location.pack()).orElseThrow().bytes())
                .isGreaterThanOrEqualTo(location.offsetBytes() + location.lengthBytes());
        assertThat(store.kept(project, new PackId(RandomId.next(random)))).isEmpty();
        assertThat(store.keptPacks(project))
                .hasSize(1)
                .containsEntry(location.pack(), store.kept(project, location.pack()).orElseThrow());
        assertThat(store.keptPacks(new ProjectId(RandomId.next(random)))).isEmpty();
        store.delete(project, location.pack());
        assertThat(store.kept(project, location.pack())).isEmpty();
    }

    @Test
    void manyAppendAtOnceAndReadEachOther() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Set<FrameLocation>>> writers = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                Random own = new Random(writer);
                writers.add(
                        threads.submit(() -> {
                            Set<FrameLocation> places = new HashSet<>();
                            for (int i = 0; i < 10; i++) {
                                List<Named> frames = new ArrayList<>();
                                for (int n = 0; n < 5; n++) {
                                    frames.add(Frames.random(own, 1 + own.nextInt(20_000)));
                                }
                                List<FrameLocation> locations = append(frames);
                                places.addAll(locations);
                                assertThat(store.read(project, requests(frames, locations)))
                                        .hasSize(5);
                            }
                            return places;
                        }));
            }
            Set<FrameLocation> all = new HashSet<>();
            for (Future<Set<FrameLocation>> writer : writers) {
                all.addAll(writer.get());
            }
            assertThat(all).hasSize(400);
        }
    }

    @Test
    void closedStoreIsUnavailable() {
        Named frame = Frames.random(random, 100);
        store.close();
        store.close();

        assertThatThrownBy(() -> append(List.of(frame)))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
        assertThatThrownBy(() -> store.packs(project))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
    }

    private List<Named> frames(int count) {
        List<Named> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(Frames.random(random, 100 + random.nextInt(5_000)));
        }
        return frames;
    }

    private List<FrameLocation> append(List<Named> frames) {
        return store.append(project, frames.stream().map(Named::frame).toList());
    }

    private static List<FrameRequest> requests(List<Named> frames, List<FrameLocation> locations) {
        List<FrameRequest> requests = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            requests.add(new FrameRequest(frames.get(i).hash(), locations.get(i)));
        }
        return requests;
    }

    protected static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }
}
