package io.syncline.storage.block.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.PackId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Appends that share a pack. */
final class GatheringTest {
    /** So many frames of this size are enough, and one fewer isn't. */
    private static final int FRAMES = 17;

    private static final int FRAME_BYTES = 250_000;

    private final Random random = new Random(9);
    private final ProjectId project = new ProjectId(RandomId.next(random));
    private final List<NewPack> stored = new CopyOnWriteArrayList<>();

    private Gathering gathering(boolean failing) {
        return new Gathering(
                id -> new NewPack(new PackId(RandomId.next(random)), id, Instant.EPOCH),
                group -> {
                    if (failing) {
                        throw new SynclineException(ErrorCode.UNAVAILABLE, "as planned");
                    }
                    stored.add(group.pack());
                },
                Duration.ofSeconds(30));
    }

    private List<Future<List<FrameLocation>>> append(Gathering to, ExecutorService threads) {
        List<Future<List<FrameLocation>>> appends = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            ByteBuffer frame = Frames.random(random, FRAME_BYTES).frame();
            appends.add(threads.submit(() -> to.append(project, List.of(frame))));
        }
        return appends;
    }

    @Test
    void appendsThatComeTogetherShareAPack() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Set<FrameLocation> places = new HashSet<>();
            for (Future<List<FrameLocation>> append : append(gathering(false), threads)) {
                places.addAll(append.get());
            }
            assertThat(places).hasSize(FRAMES);
            assertThat(stored).hasSize(1);
            assertThat(stored.getFirst().open().readAllBytes().length)
                    .isEqualTo((int) stored.getFirst().sizeBytes());
        }
    }

    @Test
    @DisplayName("when a shared pack can't be stored, every append in it fails")
    void failureIsEverybodys() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<FrameLocation>> append : append(gathering(true), threads)) {
                assertThatThrownBy(append::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                SynclineException.class,
                                failure ->
                                        assertThat(failure.code())
                                                .isEqualTo(ErrorCode.UNAVAILABLE));
            }
            assertThat(stored).isEmpty();
        }
    }
}
