package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Operation;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Intent;
import io.syncline.client.state.Observed;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Progress;
import io.syncline.client.transfer.Sent;
import io.syncline.client.transfer.Transfers;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandsTest {
    private static final LocalPath FILE = LocalPath.of("f");
    private static final LocalPath RESCUE = LocalPath.of("f (saved meanwhile)");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing is read or fetched here. */
    private static final class NoTransfers implements Transfers {
        @Override
        public void describe(
                List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }

        @Override
        public void send(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }

        @Override
        public void fetch(
                List<Incoming> files, Consumer<Fetched> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }
    }

    @Test
    @DisplayName(
            "L2: a save that comes while a displaced one is brought back isn't left in the trash")
    void aSaveWhileAnotherIsBroughtBack() {
        var files =
                new MemoryFileSystem(Traits.ext4(), () -> Instant.EPOCH, new SplittableRandom(1));
        files.makeRoot("work");
        User user = files.user("work");
        boolean[] saved = {false, false};
        Hooks hooks =
                (operation, path) -> {
                    if (operation == Operation.EXCHANGE && !saved[0]) {
                        saved[0] = true;
                        user.write(FILE, bytes("first"));
                    } else if (path.equals(RESCUE) && user.exists(RESCUE) && !saved[1]) {
                        saved[1] = true;
                        user.write(RESCUE, bytes("second"));
                    }
                };
        Disk disk =
                Disks.over(files.open("work", hooks), () -> Instant.EPOCH, new SplittableRandom(2));
        // Whether names can be exchanged was tried out by then.
        user.write(FILE, bytes("old"));
        saved[0] = false;
        WriteHandle handle = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
        try (handle) {
            handle.write(ByteBuffer.wrap(bytes("new")), 0);
        }
        var step =
                new Step.Replace(
                        new NodeId(1),
                        Item.file(Content.EMPTY, false, 0),
                        Item.file(Content.EMPTY, false, 0),
                        Item.file(Content.EMPTY, false, 0));
        var task =
                new DiskTask.ReplaceFile(
                        step,
                        1,
                        handle.path(),
                        FILE,
                        disk.stat(FILE).orThrow(FILE),
                        RESCUE,
                        disk.stat(handle.path()).orThrow(handle.path()));
        var store = new MemoryStateStore();

        new Hands(
                        disk,
                        new NoTransfers(),
                        new ReplicaState(store, _ -> false),
                        new FolderPartials(store))
                .carryOut(List.of(task));

        assertThat(saved).containsExactly(true, true);
        assertThat(user.read(FILE)).isEqualTo(bytes("new"));
        assertThat(user.read(RESCUE)).isEqualTo(bytes("second"));
    }

    /** A disk of which people see every operation before it is done. */
    private static final class Watched {
        final MemoryFileSystem files;
        private Hooks hooks = Hooks.NONE;
        final MemoryStateStore store = new MemoryStateStore();
        final User user;
        final Disk disk;

        Watched() {
            this(Traits.ext4());
        }

        Watched(Traits traits) {
            files = new MemoryFileSystem(traits, () -> Instant.EPOCH, new SplittableRandom(1));
            files.makeRoot("work");
            user = files.user("work");
            disk =
                    Disks.over(
                            files.open("work", (operation, path) -> hooks.before(operation, path)),
                            () -> Instant.EPOCH,
                            new SplittableRandom(2));
        }

        void before(Hooks what) {
            hooks = what;
        }

        DiskTask.PlaceFile placing(LocalPath path) {
            WriteHandle handle = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
            try (handle) {
                handle.write(ByteBuffer.wrap(bytes("new")), 0);
            }
            Stat placed = disk.stat(handle.path()).orThrow(handle.path());
            var step =
                    new Step.Materialise(
                            new NodeId(2),
                            new Place(NodeId.ROOT, new Name(path.name())),
                            Item.file(Content.EMPTY, false, 0));
            return new DiskTask.PlaceFile(step, 2, handle.path(), path, placed);
        }

        Hands hands() {
            return new Hands(
                    disk,
                    new NoTransfers(),
                    new ReplicaState(store, _ -> false),
                    new FolderPartials(store));
        }

        List<Outcome> carryOut(DiskTask... tasks) {
            return hands().carryOut(List.of(tasks)).stream()
                    .map(Event.Carried.Result::outcome)
                    .toList();
        }

        /** The file is there, and known as this node. */
        Stat known(long id, String name, String text) {
            LocalPath path = LocalPath.of(name);
            user.write(path, bytes(text));
            Stat seen = disk.stat(path).orThrow(path);
            store.begin(Durability.DURABLE);
            store.putAgreed(
                    new Agreed(
                            new NodeId(id),
                            new Place(NodeId.ROOT, new Name(name)),
                            Item.file(Content.EMPTY, false, 0),
                            id,
                            Optional.of(new Observed(name, seen))));
            store.commit();
            return seen;
        }
    }

    @Test
    @DisplayName("L4: nothing is put into a directory of somebody else's that has the name")
    void nothingGoesIntoAnotherDirectory() {
        var on = new Watched();
        LocalPath directory = LocalPath.of("d");
        on.user.makeDirectory(directory);
        var making =
                new DiskTask.MakeDirectory(
                        new Step.Materialise(
                                new NodeId(1),
                                new Place(NodeId.ROOT, new Name("d")),
                                Item.DIRECTORY),
                        1,
                        directory);
        DiskTask.PlaceFile placing = on.placing(directory.child("f"));

        List<Outcome> outcomes = on.carryOut(making, placing);

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Exists.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Missing.class);
        assertThat(on.user.exists(directory.child("f"))).isFalse();
    }

    @Test
    @DisplayName("R30: who has a name that is to be given is told, unless it is gone again")
    void whoIsInTheWay() {
        var on = new Watched();
        on.user.write(FILE, bytes("somebody's"));
        Stat there = on.disk.stat(FILE).orThrow(FILE);
        DiskTask.PlaceFile placing = on.placing(FILE);

        assertThat(on.carryOut(placing))
                .containsExactly(new Outcome.Exists(Optional.of(there.identity())));

        on.before((operation, path) -> {
            if (operation == Operation.STAT && path.equals(FILE)) {
                on.user.delete(FILE);
            }
        });
        assertThat(on.carryOut(placing)).containsExactly(new Outcome.Exists());
    }

    @Test
    @DisplayName("L4: what couldn't be put away keeps its name, also when it goes in that moment")
    void nothingTakesTheNameOfWhatStays() {
        var on = new Watched();
        on.user.write(FILE, bytes("old"));
        Stat expected = on.disk.stat(FILE).orThrow(FILE);
        on.user.write(FILE, bytes("saved since"));
        var trashing =
                new DiskTask.TrashFile(
                        new Step.Trash(
                                new NodeId(1),
                                new Place(NodeId.ROOT, new Name("f")),
                                Item.file(Content.EMPTY, false, 0)),
                        FILE,
                        expected);
        DiskTask.PlaceFile placing = on.placing(FILE);
        on.before((operation, path) -> {
            if (operation == Operation.RENAME_NO_REPLACE && path.equals(placing.temporary())) {
                on.user.move(FILE, LocalPath.of("elsewhere"));
            }
        });

        List<Outcome> outcomes = on.carryOut(trashing, placing);

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Changed.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Exists.class);
        assertThat(on.user.read(FILE)).isEqualTo(bytes("saved since"));
    }

    @ParameterizedTest
    @DisplayName("L2: files whose exchange by three renames was cut off get names of theirs again")
    @ValueSource(ints = {1, 2, 3})
    void anExchangeThatWasCutOff(int renames) {
        var on = new Watched(Traits.ext4().plain());
        var one = new Step.Move(new NodeId(1), place("a"), place("b"), place("b"));
        var two = new Step.Move(new NodeId(2), place("b"), place("a"), place("a"));
        LocalPath a = LocalPath.of("a");
        LocalPath b = LocalPath.of("b");
        Stat first = on.known(1, "a", "was a");
        Stat second = on.known(2, "b", "was b");
        int[] done = {0};
        on.before((operation, _) -> {
            if (operation == Operation.RENAME_NO_REPLACE && done[0]++ == renames) {
                throw new IllegalStateException("killed");
            }
        });
        var exchange =
                new DiskTask.Exchange(new Step.Exchange(one, two), 1, 2, a, first, b, second);
        if (renames < 3) {
            assertThatThrownBy(() -> on.carryOut(exchange)).hasMessage("killed");
        } else {
            on.carryOut(exchange);
        }
        on.before(Hooks.NONE);

        List<Event.Recovered.Trace> traces =
                on.hands()
                        .recover(
                                List.of(
                                        new Intention.Move(one.to(), one.agreed(), b)
                                                .stored(1, new NodeId(1)),
                                        new Intention.Move(two.to(), two.agreed(), a)
                                                .stored(2, new NodeId(2))));

        boolean isDone = renames > 1;
        assertThat(on.user.read(a)).isEqualTo(bytes(isDone ? "was b" : "was a"));
        assertThat(on.user.read(b)).isEqualTo(bytes(isDone ? "was a" : "was b"));
        assertThat(on.disk.temporaries()).isEmpty();
        assertThat(traces)
                .extracting(Event.Recovered.Trace::happened)
                .containsExactly(isDone, isDone);
    }

    @Test
    @DisplayName("L2: what was on its way stays a temporary while it can't be moved, and no longer")
    void whatWasOnItsWayIsNeverDiscarded() {
        var on = new Watched(Traits.ext4().plain());
        Stat seen = on.known(1, "a", "was a");
        LocalPath a = LocalPath.of("a");
        LocalPath temporary = on.disk.freshTemporaryPath();
        on.user.move(a, temporary);
        on.user.write(a, bytes("new a"));
        on.user.write(LocalPath.of("b"), bytes("new b"));
        Intent intent =
                new Intention.Move(place("b"), place("b"), LocalPath.of("b"))
                        .stored(1, new NodeId(1));

        on.files.faults("work").readOnly(true);
        assertThatThrownBy(() -> on.hands().recover(List.of(intent)))
                .isInstanceOf(DiskException.class);
        on.files.faults("work").heal();
        assertThat(on.disk.stat(temporary).orThrow(temporary).identity())
                .isEqualTo(seen.identity());

        on.hands().recover(List.of(intent));
        assertThat(on.user.read(LocalPath.of("a 2"))).isEqualTo(bytes("was a"));
        assertThat(on.user.read(a)).isEqualTo(bytes("new a"));
        assertThat(on.disk.temporaries()).isEmpty();
    }

    private static Place place(String name) {
        return new Place(NodeId.ROOT, new Name(name));
    }
}
