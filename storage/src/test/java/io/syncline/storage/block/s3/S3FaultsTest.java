package io.syncline.storage.block.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Secret;
import io.syncline.storage.FaultyLink;
import io.syncline.storage.Poll;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.deadline.Deadline;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bucket that fails, and a way to it that fails. */
final class S3FaultsTest {
    @TempDir private static Path folder;

    private static TestS3 s3;

    @TempDir private Path local;

    private final Random random = new Random(71);
    private final ProjectId project = new ProjectId(RandomId.next(random));
    private final String prefix = RandomId.next(new Random(System.identityHashCode(this)));
    private FaultyLink link;
    private BlockStore store;

    @BeforeAll
    static void start() throws Exception {
        s3 = new TestS3(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.stop();
    }

    @BeforeEach
    void open() throws Exception {
        link = new FaultyLink(s3.port());
        store =
                S3BlockStore.open(
                        TestS3.settings(prefix, link.port()), random, InstantSource.system());
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        link.close();
    }

    private List<Named> frames(int count, int size) {
        List<Named> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(Frames.random(random, size));
        }
        return frames;
    }

    private List<FrameRequest> append(List<Named> frames) {
        List<FrameLocation> locations =
                store.append(project, frames.stream().map(Named::frame).toList());
        List<FrameRequest> requests = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            requests.add(new FrameRequest(frames.get(i).hash(), locations.get(i)));
        }
        return requests;
    }

    private void assertReadable(List<Named> frames, List<FrameRequest> requests) {
        assertThat(store.read(project, requests))
                .containsExactlyElementsOf(frames.stream().map(Named::frame).toList());
    }

    private static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }

    @Test
    @DisplayName("errors of the service are waited out, within a few attempts")
    void errorsAreWaitedOut() {
        for (String status : List.of("500 Internal Server Error", "503 Slow Down")) {
            List<Named> frames = frames(3, 50_000);
            link.refuse(2, status);
            List<FrameRequest> requests = append(frames);
            link.refuse(2, status);
            assertReadable(frames, requests);
        }
        link.refuse(Integer.MAX_VALUE, "503 Slow Down");
        assertThatThrownBy(() -> append(frames(1, 100)))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
        assertThatThrownBy(() -> store.packs(project))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
        link.refuse(0, "");
        assertThat(append(frames(1, 100))).hasSize(1);
    }

    @Test
    @DisplayName("what is cut off in mid-body is sent and read again")
    void cutBodiesAreRepeated() {
        List<Named> frames = frames(16, 200_000);
        link.cutRequestsAfter(1_000_000);
        List<FrameRequest> requests = append(frames);
        link.cutAnswersAfter(700_000);
        assertReadable(frames, requests);
        assertThat(store.packs(project)).hasSize(1);
    }

    @Test
    @DisplayName("L8 a conditional write whose answer was lost is done, once")
    void lostAnswerIsNoFailure() {
        List<Named> frames = frames(2, 1_000);
        // So that a connection is there, and the next answer is that of the write.
        assertThat(store.packs(project)).isEmpty();
        link.cutAnswersAfter(1);
        List<FrameRequest> requests = append(frames);
        assertThat(store.packs(project)).hasSize(1);
        assertReadable(frames, requests);
    }

    @Test
    void bytesChangedOnTheWayAreReadAgain() {
        List<Named> frames = frames(4, 100_000);
        List<FrameRequest> requests = append(frames);
        link.damageAnswersAfter(150_000);
        assertReadable(frames, requests);
    }

    @Test
    void bytesChangedOnTheWayThereAreNotStored() {
        List<Named> frames = frames(4, 100_000);
        link.damageRequestsAfter(200_000);
        try {
            assertReadable(frames, append(frames));
        } catch (SynclineException e) {
            // The service refused them: nothing wrong is kept.
            assertCode(e, ErrorCode.UNAVAILABLE);
            assertThat(store.packs(project)).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "L9 a read ends with its caller's deadline; a pack is stored, whoever waits for it")
    void readsEndWithTheirDeadline() throws Exception {
        try (BlockStore patient =
                S3BlockStore.open(
                        S3Settings.of(TestS3.url(prefix, link.port()), Optional.of(TestS3.KEYS)),
                        random,
                        InstantSource.system())) {
            List<Named> frames = frames(2, 1_000);
            Deadline over = Deadline.after(Duration.ZERO);
            List<FrameLocation> locations =
                    over.call(() ->
                            patient.append(project, frames.stream().map(Named::frame).toList()));
            assertThat(patient.packs(project)).hasSize(1);
            List<FrameRequest> requests =
                    List.of(new FrameRequest(frames.getFirst().hash(), locations.getFirst()));
            link.part();
            Deadline soon = Deadline.after(Duration.ofMillis(200));
            assertThatThrownBy(() -> soon.call(() -> patient.read(project, requests)))
                    .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
            link.join();
            assertThat(patient.read(project, requests)).hasSize(1);
        }
    }

    @Test
    void slowServiceIsGivenUpAndAskedAgain() throws Exception {
        List<Named> frames = frames(2, 1_000);
        assertThat(store.packs(project)).isEmpty();
        link.part();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<FrameRequest>> appended = threads.submit(() -> append(frames));
            int before = link.connections();
            Poll.until(() -> link.connections() > before);
            link.join();
            assertReadable(frames, appended.get());
        }
    }

    @Test
    @DisplayName("a bucket that isn't there, or may not be used, is UNAVAILABLE, never empty")
    void wrongBucketIsUnavailable() {
        S3Settings right = TestS3.settings(prefix, s3.port());
        URI elsewhere =
                URI.create(
                        TestS3.url(prefix, s3.port()).toString().replace(TestS3.BUCKET, "nowhere"));
        S3Settings.Keys stranger = new S3Settings.Keys(new Secret("access"), new Secret("guessed"));
        for (S3Settings wrong :
                List.of(
                        S3Settings.of(elsewhere, right.keys()).with(TestS3.QUICK),
                        S3Settings.of(TestS3.url(prefix, s3.port()), Optional.of(stranger))
                                .with(TestS3.QUICK))) {
            try (BlockStore other = S3BlockStore.open(wrong, random, InstantSource.system());
                    SnapshotFiles files = S3SnapshotFiles.open(wrong, local)) {
                Named frame = Frames.random(random, 100);
                assertThatThrownBy(() -> other.append(project, List.of(frame.frame())))
                        .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
                assertThatThrownBy(() -> other.packs(project))
                        .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
                assertThatThrownBy(() -> other.projects())
                        .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
                assertThatThrownBy(() -> files.list(project))
                        .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
            }
        }
    }

    @Test
    @DisplayName("L9 what doesn't fit into a pack goes into the next, and packs stay below 17 MiB")
    void largeAppendsAreSplit() {
        List<Named> frames = frames(100, 256 << 10);
        List<FrameRequest> requests = append(frames);
        assertThat(store.packs(project)).hasSize(2);
        store.packs(project)
                .forEach(pack ->
                        assertThat(store.kept(project, pack).orElseThrow().bytes())
                                .isLessThan(17 << 20));
        for (int from = 0; from < 100; from += 20) {
            assertReadable(frames.subList(from, from + 20), requests.subList(from, from + 20));
        }
        AtomicInteger scanned = new AtomicInteger();
        store.packs(project)
                .forEach(pack -> store.scan(project, pack, _ -> scanned.incrementAndGet()));
        assertThat(scanned).hasValue(100);
    }

    @Test
    @DisplayName("L9 the memory of what was read is bounded")
    void segmentsAreBounded() {
        Segments segments = new Segments(10 * Segments.BYTES);
        PackId pack = new PackId(RandomId.next(random));
        for (int i = 0; i < 100; i++) {
            segments.put(new Segments.Key(project, pack, i), ByteBuffer.allocate(Segments.BYTES));
            assertThat(segments.get(new Segments.Key(project, pack, 0)).isPresent())
                    .isEqualTo(true);
            assertThat(segments.bytes()).isLessThanOrEqualTo(10L * Segments.BYTES);
        }
        segments.forget(project, pack);
        assertThat(segments.bytes()).isZero();
    }

    @Test
    void urlSaysWhereAndHow() {
        S3Settings settings =
                S3Settings.of(
                        URI.create(
                                "s3://my-bucket/a/b/?endpoint=https%3A%2F%2Fs3.example%3A9000"
                                        + "&region=eu-1&path-style=false&conditional=false"),
                        Optional.empty());
        assertThat(settings.bucket()).isEqualTo("my-bucket");
        assertThat(settings.prefix()).isEqualTo("a/b/");
        assertThat(settings.endpoint()).contains(URI.create("https://s3.example:9000"));
        assertThat(settings.region()).isEqualTo("eu-1");
        assertThat(settings.pathStyle()).isFalse();
        assertThat(settings.conditional()).isFalse();
        S3Settings amazon = S3Settings.of(URI.create("s3://my-bucket"), Optional.empty());
        assertThat(amazon.prefix()).isEmpty();
        assertThat(amazon.pathStyle()).isFalse();
        assertThat(
                        S3Settings.of(URI.create("s3://b-b?endpoint=http://h:1"), Optional.empty())
                                .pathStyle())
                .isTrue();
        for (String wrong :
                List.of(
                        "http://h",
                        "s3:///a",
                        "s3://UPPER/a",
                        "s3://my-bucket/a%20b",
                        "s3://key:secret@my-bucket",
                        "s3://my-bucket?endpoint=ftp://h",
                        "s3://my-bucket?path-style=maybe",
                        "s3://my-bucket?colour=red")) {
            assertThatThrownBy(() -> S3Settings.of(URI.create(wrong), Optional.empty()))
                    .isInstanceOf(SynclineException.class);
        }
    }
}
