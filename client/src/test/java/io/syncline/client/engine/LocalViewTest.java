package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.DiskTraits;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.Observation;
import io.syncline.client.state.Durability;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.Sent;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LocalViewTest {
    private static final NodeId NODE = new NodeId(-1);

    /** As FAT keeps times. */
    private static final long STEP_MILLIS = 2_000;

    private final Work work =
            new Work(
                    new MemoryStateStore(),
                    EngineSettings.of(new ReplicaId("a".repeat(32)), "here", false)
                            .on(new DiskTraits(false, false, false, false, false, 2_000_000_000L)),
                    Names.EXACT);
    private final LocalView local = new LocalView(work, new Caution(work));

    private static Stat written(long millis, int size) {
        long kept = millis / STEP_MILLIS * STEP_MILLIS * 1_000_000;
        return new Stat(
                FileKind.FILE,
                new FileIdentity(0, 1, FileIdentity.NO_BIRTH),
                size,
                kept,
                kept,
                false,
                1);
    }

    private static Content content(int sum, int size) {
        return new Content(0, new Hash(sum, 0, 0, 0), size);
    }

    private void at(long millis, Runnable what) {
        work.now = millis;
        work.state.write(Durability.EVENTUAL, what);
    }

    private List<Effect.ReadFiles> read(long millis) {
        at(millis, () -> local.read(true));
        List<Effect.ReadFiles> reads =
                work.out.stream()
                        .filter(Effect.ReadFiles.class::isInstance)
                        .map(Effect.ReadFiles.class::cast)
                        .toList();
        work.out.clear();
        return reads;
    }

    private Optional<Content> known() {
        return work.state.local(NODE).flatMap(LocalRow.Present::item).flatMap(i -> i.content());
    }

    @Test
    @DisplayName(
            "L2: on a disk of coarse times a file is read when no later write can look like the"
                    + " one that was seen")
    void coarseTimesAreWaitedFor() {
        long now = 1_000_000;
        Stat seen = written(now, 5);
        at(
                now,
                () ->
                        local.observe(
                                new Observation.Appeared(
                                        NODE, NodeId.ROOT, "f", seen, Optional.empty())));
        assertThat(read(now + 100)).isEmpty();
        assertThat(read(now + STEP_MILLIS - 1)).isEmpty();
        List<Effect.ReadFiles> first = read(now + STEP_MILLIS);
        assertThat(first).hasSize(1);

        // It was saved again before it was read, in a moment that isn't over yet.
        Stat again = written(now + STEP_MILLIS, 5);
        Effect.ReadFiles reading = first.getFirst();
        at(
                now + STEP_MILLIS + 10,
                () -> {
                    local.read(
                            reading.batch(),
                            new Sent.Done(reading.files().getFirst(), content(1, 5), again, again));
                    local.readEnded(reading.batch());
                });
        assertThat(known()).isEmpty();
        assertThat(read(now + STEP_MILLIS + 20)).isEmpty();
        List<Effect.ReadFiles> second = read(now + 2 * STEP_MILLIS);
        assertThat(second).hasSize(1);
        Effect.ReadFiles last = second.getFirst();
        at(
                now + 2 * STEP_MILLIS + 10,
                () ->
                        local.read(
                                last.batch(),
                                new Sent.Done(
                                        last.files().getFirst(), content(2, 5), again, again)));
        assertThat(known()).contains(content(2, 5));
    }

    /** The client has put the file there at that time, as another device wrote it. */
    private void put(long now, long writtenMillis) {
        Stat stat = written(writtenMillis, 5);
        at(
                now,
                () ->
                        work.state.putLocal(
                                new LocalRow.Present(
                                        NODE,
                                        new Place(NodeId.ROOT, new Name("f")),
                                        Kind.FILE,
                                        Optional.of(
                                                Item.file(content(1, 5), false, stat.mtimeNanos())),
                                        new Observed("f", stat),
                                        Optional.empty())));
    }

    @Test
    @DisplayName(
            "L2: what the client put there in the step of time in which it was written is read"
                    + " when that is over")
    void whatWasPutThereInItsOwnStepIsReadAgain() {
        long now = 1_000_000;
        put(now + 100, now);
        // The step may be over when what was done is told.
        at(now + STEP_MILLIS + 10, () -> local.carriedOut(NODE, now + 50));
        assertThat(known()).isEmpty();
        assertThat(read(now + STEP_MILLIS + 10)).hasSize(1);

        put(now + 100, now);
        at(now + 100, () -> local.carriedOut(NODE, now + 50));
        assertThat(read(now + STEP_MILLIS - 1)).isEmpty();
        assertThat(read(now + STEP_MILLIS)).hasSize(1);
    }

    @Test
    @DisplayName("a first sync reads nothing of what it puts there, unless it was just written")
    void oldFilesArentReadAgain() {
        long now = 1_000_000;
        put(now, now - STEP_MILLIS);
        at(now, () -> local.carriedOut(NODE, now));
        assertThat(known()).contains(content(1, 5));

        put(now, now + STEP_MILLIS);
        at(now, () -> local.carriedOut(NODE, now));
        assertThat(known()).as("of a time that is to come").contains(content(1, 5));
        assertThat(read(now + 10 * STEP_MILLIS)).isEmpty();
    }

    @Test
    @DisplayName("L2: a file that gets another id is waited for as before")
    void anIdIsReplacedMeanwhile() {
        long now = 1_000_000;
        Stat seen = written(now, 5);
        at(
                now,
                () ->
                        local.observe(
                                new Observation.Appeared(
                                        NODE, NodeId.ROOT, "f", seen, Optional.empty())));
        at(now, () -> work.replaceId(NODE, new NodeId(7), Optional.empty()));
        assertThat(read(now + STEP_MILLIS - 1)).isEmpty();
        assertThat(read(now + STEP_MILLIS)).hasSize(1);
    }
}
