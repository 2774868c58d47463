package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DiskResultsTest {
    private static final NodeId NODE = new NodeId(7);
    private static final Place PLACE = new Place(NodeId.ROOT, new Name("d"));

    private static final LocalPath TEMPORARY = LocalPath.TEMPORARIES.child("1");

    private final List<NodeId> taken = new ArrayList<>();

    private final Names names =
            new Names() {
                @Override
                public String local(NodeId id, Place place) {
                    return place.name().value();
                }

                @Override
                public Name name(String localName) {
                    return new Name(localName);
                }

                @Override
                public void taken(NodeId id) {
                    taken.add(id);
                }
            };

    private final Work work =
            new Work(
                    new MemoryStateStore(),
                    EngineSettings.of(
                            new ReplicaId("0123456789abcdef0123456789abcdef"), "here", false),
                    names);

    private final DiskResults results = new DiskResults(work, new Conflicts(work));

    private void somethingIsThere() {
        isThere(Optional.of(new FileIdentity(0, 9, 9)));
    }

    private void isThere(Optional<FileIdentity> what) {
        var step =
                new Step.Materialise(NODE, new Place(NodeId.ROOT, new Name("d")), Item.DIRECTORY);
        var task = new DiskTask.MakeDirectory(step, 7, LocalPath.of("d"));
        results.take(new Event.Carried.Result(task, new Outcome.Exists(what)));
    }

    private void somebodyMadeIt(NodeId id) {
        Stat stat = new Stat(FileKind.DIRECTORY, new FileIdentity(0, 1, 1), 0, 0, 0, false, 1);
        work.state.putLocal(
                new LocalRow.Present(
                        id,
                        PLACE,
                        Kind.DIRECTORY,
                        Optional.of(Item.DIRECTORY),
                        new Observed("d", stat),
                        Optional.empty()));
    }

    private void write(Runnable what) {
        work.state.write(Durability.EVENTUAL, what);
    }

    @Test
    @DisplayName("R30: a name counts as taken only after a scan has found no node that has it")
    void aNameIsTakenAfterAScan() {
        somethingIsThere();
        somethingIsThere();
        assertThat(taken).as("nothing was looked at meanwhile").isEmpty();

        results.scanned();
        somethingIsThere();
        assertThat(taken).containsExactly(NODE);

        somethingIsThere();
        assertThat(taken).as("of its next spelling").containsExactly(NODE);
    }

    @Test
    @DisplayName("R30: what two people put there one after the other isn't a taken name")
    void whatAScanExplainsIsNoTakenName() {
        NodeId theirs = new NodeId(-1);
        somethingIsThere();
        write(() -> somebodyMadeIt(theirs));
        results.scanned();
        write(() -> work.state.removeLocal(theirs));
        results.scanned();

        somethingIsThere();

        assertThat(taken).isEmpty();
    }

    @Test
    @DisplayName("R30: what people put there and took away again, twice, is no taken name")
    void whatComesAndGoesIsNoTakenName() {
        for (long inode = 1; inode < 5; inode++) {
            isThere(Optional.of(new FileIdentity(0, inode, 9)));
            results.scanned();
        }
        isThere(Optional.empty());
        results.scanned();
        isThere(Optional.empty());
        assertThat(taken).isEmpty();
    }

    @Test
    @DisplayName(
            "R4: after a restored backup an id is another node's, and its children are below it")
    void anIdThatWasReplacedIsAnothersNow() {
        NodeId ours = new NodeId(-4);
        var disk = new DiskWork(work, new Downloads(work), results);
        write(() -> {
            somebodyMadeIt(NODE);
            work.replaceId(NODE, ours, Optional.empty());
        });
        disk.beginRound();

        NodeId child = new NodeId(8);
        Place below = new Place(NODE, new Name("below"));
        Stat stat = new Stat(FileKind.DIRECTORY, new FileIdentity(0, 2, 2), 0, 0, 0, false, 1);
        write(() ->
                results.take(
                        new Event.Carried.Result(
                                new DiskTask.MakeDirectory(
                                        new Step.Materialise(child, below, Item.DIRECTORY),
                                        8,
                                        LocalPath.of("theirs", "below")),
                                new Outcome.Done(stat))));

        assertThat(work.state.local(child)).map(LocalRow.Present::place).contains(below);
    }

    @Test
    @DisplayName("L3: what took the place of a directory that was just made is not that directory")
    void whatTookThePlaceIsLookedAt() {
        Stat file = new Stat(FileKind.FILE, new FileIdentity(0, 3, 3), 5, 0, 0, false, 1);
        write(() ->
                results.take(
                        new Event.Carried.Result(
                                new DiskTask.MakeDirectory(
                                        new Step.Materialise(NODE, PLACE, Item.DIRECTORY),
                                        7,
                                        LocalPath.of("d")),
                                new Outcome.Done(file))));

        assertThat(work.state.local(NODE)).isEmpty();
        assertThat(work.dirty).isNotEmpty();
    }

    @Test
    @DisplayName("R4: what was being made for an id that is another kind's by now is nobody's yet")
    void anIdThatBecameAnotherKindsMeanwhile() {
        Stat made = new Stat(FileKind.DIRECTORY, new FileIdentity(0, 3, 3), 0, 0, 0, false, 1);
        var task =
                new DiskTask.MakeDirectory(
                        new Step.Materialise(NODE, PLACE, Item.DIRECTORY), 7, LocalPath.of("d"));
        Item file = Item.file(new Content(0, new Hash(1, 0, 0, 0), 5), false, 0);
        write(() -> {
            work.state.putRemote(new RemoteRow(NODE, PLACE, file, 7, false));
            results.take(new Event.Carried.Result(task, new Outcome.Done(made)));
        });

        assertThat(work.state.agreed(NODE)).isEmpty();
        assertThat(work.state.local(NODE)).isEmpty();
        assertThat(work.dirty).isNotEmpty();
    }

    @Test
    @DisplayName("R23: a bit that isn't sent yet stays a change when the content is replaced")
    void anUnsentBitOutlivesAReplacement() {
        Item plain = Item.file(new Content(0, new Hash(1, 0, 0, 0), 5), false, 0);
        Item executable = Item.file(new Content(0, new Hash(1, 0, 0, 0), 5), true, 0);
        Stat now = new Stat(FileKind.FILE, new FileIdentity(0, 3, 3), 5, 0, 0, true, 1);
        var observed = new Observed("d", now);
        write(() -> {
            work.state.putAgreed(
                    NODE, Optional.of(new Agreed(NODE, PLACE, plain, 7, Optional.of(observed))));
            work.state.putLocal(
                    new LocalRow.Present(
                            NODE,
                            PLACE,
                            Kind.FILE,
                            Optional.of(executable),
                            observed,
                            Optional.empty()));
            var step = new Step.Replace(NODE, executable, executable, plain);
            results.take(
                    new Event.Carried.Result(
                            new DiskTask.SetExecutable(step, LocalPath.of("d"), now, true),
                            new Outcome.Done(now)));
        });

        assertThat(work.state.agreed(NODE).flatMap(Agreed::observed))
                .map(then -> then.stat().executable())
                .contains(false);
    }

    private static Step.Materialise file(int sum) {
        return new Step.Materialise(
                NODE, PLACE, Item.file(new Content(0, new Hash(sum, 0, 0, 0), 5), false, 0));
    }

    private void aFileFindsItsNameTaken() {
        Stat placed = new Stat(FileKind.FILE, new FileIdentity(0, 2, 2), 5, 0, 0, false, 1);
        var task =
                new DiskTask.PlaceFile(
                        file(1), 7, TEMPORARY, LocalPath.of(PLACE.name().value()), placed);
        results.take(new Event.Carried.Result(task, new Outcome.Exists()));
    }

    @Test
    @DisplayName("R30: a file whose name was taken is kept until the next plan, and not fetched")
    void aFileIsKeptForItsNextName() {
        aFileFindsItsNameTaken();
        assertThat(work.out).isEmpty();
        assertThat(results.isNaming()).isTrue();

        assertThat(results.fetched(file(1))).isPresent();
        assertThat(results.fetched(file(1))).as("given out once").isEmpty();
        assertThat(results.isNaming()).isFalse();
    }

    @Test
    void whatIsKeptAndNotWantedIsDiscarded() {
        var discarded = new Effect.Discard(List.of(TEMPORARY));
        aFileFindsItsNameTaken();
        assertThat(results.fetched(file(2))).as("of another version").isEmpty();
        assertThat(work.out).containsExactly(discarded);

        work.out.clear();
        aFileFindsItsNameTaken();
        results.quiet();
        assertThat(work.out).containsExactly(discarded);
        assertThat(results.fetched(file(1))).isEmpty();
    }

    @Test
    @DisplayName("L9: what was in the way of a node that nobody wants any more is forgotten")
    void anObstacleIsForgotten() {
        somethingIsThere();
        results.scanned();
        results.quiet();
        somethingIsThere();
        assertThat(taken).as("it was still to be tried again").containsExactly(NODE);

        taken.clear();
        somethingIsThere();
        results.scanned();
        work.delays.succeeded(NODE);
        results.quiet();
        somethingIsThere();
        assertThat(taken).isEmpty();
    }
}
