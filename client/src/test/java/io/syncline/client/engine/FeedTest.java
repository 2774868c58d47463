package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.StateStore;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How folders follow a server that goes back, forgets, refuses and hints. */
class FeedTest {
    /** Longer than what was refused waits, and less than what failed on the way. */
    private static final int TRIES_BEFORE_PAGES = 40;

    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private SimulatedFolder a;
    private SimulatedFolder b;

    @BeforeEach
    void link() throws IOException {
        a = folder("a", 1);
        b = folder("b", 2);
    }

    private SimulatedFolder folder(String name, long seed) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        return new SimulatedFolder(root, server, name, new Random(seed));
    }

    @AfterEach
    void unlink() {
        a.close();
        b.close();
    }

    private void settle() {
        for (int i = 0; i < 20; i++) {
            a.settle();
            b.settle();
            if (a.isIdle() && b.isIdle()) {
                return;
            }
        }
        throw new AssertionError("never quiet: " + a.status() + " " + b.status());
    }

    private void edit(SimulatedFolder folder, String path, String text) {
        folder.write(path, text);
        folder.touched();
        folder.settle();
    }

    private void delete(SimulatedFolder folder, String path) throws IOException {
        Files.delete(folder.root.resolve(path));
        folder.touched();
        folder.settle();
    }

    private void same() {
        a.touched();
        b.touched();
        settle();
        assertThat(b.tree()).isEqualTo(a.tree());
        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(a.status().digest()).isEqualTo(server.digest());
        assertThat(b.status().digest()).isEqualTo(server.digest());
    }

    private List<ChangesRequest> questionsSince(int count) {
        return server.questions().subList(count, server.questions().size());
    }

    private static String proof(SimulatedFolder folder) {
        return folder.store.value("proof").orElseThrow();
    }

    // R2, R3, R4.

    @Test
    @DisplayName("R2 every question shows the highest head ever seen, also after a power cut")
    void theHighestHeadIsShown() {
        edit(a, "f", "one");
        settle();
        edit(a, "f", "two");
        settle();
        String highest = proof(b);
        assertThat(Proof.parse(highest).sequence()).isEqualTo(server.head());
        int before = server.questions().size();
        b.crash();
        b.settle();
        b.tell(new Event.SyncNow());
        b.settle();

        assertThat(questionsSince(before)).isNotEmpty();
        for (ChangesRequest question : questionsSince(before)) {
            assertThat(question.proof()).contains(Proof.parse(highest));
        }
        edit(b, "g", "own");
        assertThat(Proof.parse(proof(b)).sequence()).isEqualTo(server.head());
    }

    @Test
    @DisplayName("R3 a folder at the fork just continues in the new epoch")
    void aFolderAtTheForkContinues() {
        edit(a, "f", "one");
        settle();
        var backup = server.backUp();
        server.restore(backup);
        int before = server.questions().size();
        settle();
        edit(a, "g", "two");
        settle();

        assertThat(questionsSince(before)).noneMatch(question -> question.since() == 0);
        assertThat(Proof.parse(proof(b)).epoch()).isEqualTo(server.epoch());
        same();
    }

    @Test
    @DisplayName("R3 a commit under way when the server is restored is answered in the new epoch")
    void aCommitAcrossARestore() {
        edit(a, "f", "one");
        settle();
        var backup = server.backUp();
        a.write("g", "two");
        a.touched();
        a.stepUntil(Effect.SendCommit.class);
        server.restore(backup);
        settle();

        same();
        assertThat(b.tree()).containsEntry("g", "two");
        assertThat(server.questions()).noneMatch(question -> question.since() > server.head());
    }

    @Test
    @DisplayName("R2 R3 a commit of before the fork vouches for nothing that was read after it")
    void aCommitOfBeforeTheForkIsAnsweredLate() {
        edit(a, "f", "one");
        settle();
        var backup = server.backUp();
        long forked = server.head();
        a.write("f", "two");
        a.touched();
        Predicate<Effect> update =
                effect ->
                        effect instanceof Effect.SendCommit send
                                && send.body().contains("\"update\"");
        a.fail(Effect.SendCommit.class);
        a.write("g", "lost with the server");
        a.touched();
        for (int i = 0; i < 1_000 && Proof.parse(proof(a)).sequence() == forked; i++) {
            a.failAll(update);
            if (!a.step()) {
                a.pass(50);
            }
        }
        assertThat(server.head()).isEqualTo(forked + 1);
        a.stepUntil(Effect.SendCommit.class);
        server.restore(backup);
        a.carryOutFirst(update);
        settle();

        same();
        assertThat(b.tree()).containsEntry("f", "two").containsEntry("g", "lost with the server");
        assertThat(a.status().notes()).noneMatch(note -> note.text().contains("differed"));
    }

    @Test
    @DisplayName("R4 in a union what is newer there and wasn't touched here is no conflict")
    void aUnionOverwritesNoNewerFiles() throws IOException {
        edit(a, "shared", "before");
        edit(a, "deleted here", "x");
        settle();
        var backup = server.backUp();
        edit(a, "lost", "only a has it");
        settle();
        server.restore(backup);
        try (var fresh = folder("fresh", 3)) {
            fresh.settle();
            edit(fresh, "shared", "after the restore");
        }
        settle();
        same();

        assertThat(a.tree())
                .containsEntry("shared", "after the restore")
                .containsEntry("lost", "only a has it")
                .containsEntry("deleted here", "x")
                .hasSize(3);
    }

    @Test
    @DisplayName("R2 R4 two histories under one epoch are told apart, and both survive")
    void historiesOfOneEpochAreNotMixed() throws IOException {
        edit(a, "shared", "shared");
        settle();
        var backup = server.backUp();
        edit(a, "lost one", "1");
        edit(a, "lost two", "2");
        // B knows of the first only.
        b.settle();
        server.goBack(backup);
        try (var fresh = folder("fresh", 3)) {
            fresh.settle();
            for (int i = 0; i < 5; i++) {
                edit(fresh, "other " + i, "other " + i);
            }
        }
        var epoch = server.epoch();
        settle();
        same();

        assertThat(server.epoch()).isNotEqualTo(epoch);
        assertThat(a.tree())
                .containsEntry("shared", "shared")
                .containsEntry("lost one", "1")
                .containsEntry("lost two", "2")
                .containsEntry("other 4", "other 4")
                .hasSize(8);
    }

    @Test
    @DisplayName("R2 a hint of a lost line and the answer to an older question aren't mixed")
    void aHintBeforeTheAnswer() throws IOException {
        edit(a, "shared", "shared");
        settle();
        b.tell(new Event.Connected());
        b.stepUntil(Effect.FetchChanges.class);
        readALostLine(b::hear);
        b.carryOutFirst(Effect.FetchChanges.class::isInstance);

        bothLinesSurvive();
    }

    @Test
    @DisplayName("R2 changes of a lost line and the answer to an older commit aren't mixed")
    void aPageBeforeTheCommitIsAnswered() throws IOException {
        edit(a, "shared", "shared");
        settle();
        b.write("own", "own");
        b.touched();
        b.stepUntil(Effect.SendCommit.class);
        b.tell(new Event.Connected());
        b.hear();
        readALostLine(() -> b.carryOutFirst(Effect.FetchChanges.class::isInstance));
        b.carryOutFirst(Effect.SendCommit.class::isInstance);

        bothLinesSurvive();
        assertThat(b.tree()).containsEntry("own", "own");
    }

    @Test
    @DisplayName("R2 R3 a commit answered in an epoch that was lost at once is sent anew")
    void aCommitOfALostEpoch() throws IOException {
        loseTheEpochOfACommit();
        othersGoOn();
        settle();
        same();
        assertThat(b.tree()).containsEntry("own", "own").containsEntry("other 2", "other 2");
        assertThat(b.status().notes()).noneMatch(note -> note.text().contains("differed"));
    }

    @Test
    @DisplayName("R2 R3 and so where the server has not yet got as far again")
    void aCommitOfALostEpochThatWasFurther() {
        loseTheEpochOfACommit();
        int before = server.questions().size();
        settle();
        same();

        assertThat(a.tree()).containsOnlyKeys("own", "shared");
        assertThat(questionsSince(before)).hasSizeLessThan(20);
        assertThat(b.status().notes()).noneMatch(note -> note.text().contains("differed"));
    }

    private void loseTheEpochOfACommit() {
        edit(a, "shared", "shared");
        settle();
        b.write("own", "own");
        b.touched();
        b.stepUntil(Effect.SendCommit.class);
        var backup = server.backUp();
        server.restore(backup);
        b.carryOutFirst(Effect.SendCommit.class::isInstance);
        server.restore(backup);
    }

    /** B reads what the server loses when it goes back unawares; somebody else goes on. */
    private void readALostLine(Runnable read) throws IOException {
        var backup = server.backUp();
        edit(a, "lost", "lost");
        read.run();
        assertThat(Proof.parse(proof(b)).sequence()).isEqualTo(server.head());
        server.goBack(backup);
        othersGoOn();
        b.hear();
    }

    private void othersGoOn() throws IOException {
        try (var fresh = folder("fresh", 3)) {
            fresh.settle();
            for (int i = 0; i < 3; i++) {
                edit(fresh, "other " + i, "other " + i);
            }
        }
    }

    private void bothLinesSurvive() {
        settle();
        same();
        assertThat(b.tree())
                .containsEntry("shared", "shared")
                .containsEntry("lost", "lost")
                .containsEntry("other 2", "other 2");
        assertThat(b.status().notes()).noneMatch(note -> note.text().contains("differed"));
    }

    @Test
    @DisplayName("R4 a second mismatch after one reconcile stops the folder and reports")
    void aSecondMismatchStops() {
        edit(a, "f", "one");
        settle();
        server.misstateDigests(true);
        b.tell(new Event.SyncNow());
        b.settle();

        assertThat(b.state()).isEqualTo(State.STOPPED);
        assertThat(b.status().reason().orElseThrow()).contains("differ");
        assertThat(b.tree()).containsEntry("f", "one");
        server.misstateDigests(false);
        b.tell(new Event.Confirm());
        settle();
        same();
    }

    @Test
    @DisplayName("R4 what has another kind there under the same id is another node")
    void anotherKindIsAnotherNode() throws IOException {
        edit(a, "f", "one");
        Files.createSymbolicLink(a.root.resolve("link"), Path.of("f"));
        a.touched();
        settle();
        // As after a server went back unawares, and gave the ids otherwise.
        swapIds(b);
        edit(a, "g", "two");
        server.raiseFloor(server.head());
        b.restart();
        settle();

        assertThat(server.questions()).anyMatch(question -> question.since() == 0);
        assertThat(a.tree()).hasSize(3);
        same();
    }

    /** Two nodes of one place each, the one known by the other's id. */
    private static void swapIds(SimulatedFolder folder) {
        List<Agreed> agreed = folder.store.agreedAfter(StateStore.FIRST, 10);
        assertThat(agreed).hasSize(2);
        folder.store.begin(Durability.DURABLE);
        agreed.forEach(row -> folder.store.removeAgreed(row.id()));
        for (int i = 0; i < 2; i++) {
            NodeId id = agreed.get(1 - i).id();
            Agreed row = agreed.get(i);
            long version = Math.max(row.version(), id.value());
            folder.store.putAgreed(
                    new Agreed(id, row.place(), row.item(), version, row.observed()));
        }
        folder.store.commit();
    }

    // R14.

    @Test
    @DisplayName("R14: what a refusal tells isn't planned on before the feed has come there")
    void aRefusalTellsOfTheLaterOfTwoMoves() throws IOException {
        a.write("d/e/f", "f");
        a.write("m/g", "g");
        a.touched();
        settle();
        move(a, "d/e", "e");
        a.settle();
        move(a, "d", "e/d");
        a.settle();
        b.forgetArrived(2);

        // By what the feed told, e is still in d; the refusal tells that d is in e.
        move(b, "d", "d2");
        b.stepUntil(Effect.SendCommit.class);
        b.carryOutFirst(Effect.SendCommit.class::isInstance);
        move(b, "m", "d2/m");
        for (int i = 0; i < TRIES_BEFORE_PAGES; i++) {
            b.failAll(Effect.FetchChanges.class::isInstance);
            if (!b.step()) {
                b.pass(50);
            }
        }
        settle();

        same();
        assertThat(b.tree()).containsEntry("e/f", "f").containsValue("g");
    }

    private static void move(SimulatedFolder on, String from, String to) throws IOException {
        Files.move(on.root.resolve(from), on.root.resolve(to));
        on.touched();
    }

    // R16.

    @Test
    @DisplayName("R16 R4 after a year offline a delete removes only what is unchanged here")
    void aYearOffline() throws IOException {
        for (String name : List.of("kept", "deleted", "edited", "d/deep")) {
            edit(a, name, name);
        }
        settle();
        b.write("edited", "edited while offline");
        b.write("new", "made while offline");
        a.now += Duration.ofDays(365).toMillis();
        delete(a, "deleted");
        delete(a, "edited");
        delete(a, "d/deep");
        delete(a, "d");
        edit(a, "kept", "kept, and edited there");
        server.raiseFloor(server.head());
        b.now = a.now;
        int before = server.questions().size();
        b.touched();
        settle();
        same();

        assertThat(questionsSince(before)).anyMatch(question -> question.since() == 0);
        assertThat(a.tree())
                .containsEntry("kept", "kept, and edited there")
                .containsEntry("edited", "edited while offline")
                .containsEntry("new", "made while offline")
                .hasSize(3);
    }

    @Test
    @DisplayName("R16 a first sync reads on below a floor that was there when it began")
    void aFirstSyncBelowTheFloor() throws IOException {
        for (int i = 0; i < 6; i++) {
            edit(a, "f" + i, "f" + i);
        }
        delete(a, "f5");
        server.raiseFloor(server.head());
        int before = server.questions().size();
        settle();
        same();

        assertThat(questionsSince(before)).hasSizeLessThan(5);
        assertThat(server.questions().getFirst().replica()).isPresent();
    }

    // R42.

    @Test
    @DisplayName("R42 a replica that is refused as stale registers anew, for good")
    void aStaleReplicaRegistersAnew() {
        edit(a, "f", "one");
        settle();
        awaitCheckpoint(b);
        server.takeReplica(b.replica);
        edit(a, "f", "two");
        settle();
        awaitCheckpoint(b);

        ReplicaId anew = b.registration();
        assertThat(anew).isNotEqualTo(b.replica);
        assertThat(server.checkpoints())
                .hasEntrySatisfying(
                        anew,
                        claim -> assertThat(claim.received().sequence()).isEqualTo(server.head()));
        b.restart();
        settle();
        assertThat(b.registration()).isEqualTo(anew);
        same();
    }

    private void awaitCheckpoint(SimulatedFolder folder) {
        folder.settle();
        folder.pass(5_000);
        folder.settle();
        folder.pass(5_000);
        folder.settle();
    }

    // R49, R15.

    @Test
    @DisplayName(
            "R49 at most one checkpoint a minute while edits go on, and one when it falls quiet")
    void checkpointsAreRare() {
        edit(a, "f", "0");
        settle();
        awaitCheckpoint(b);
        int before = claims(b).size();
        long start = b.now;
        for (int i = 1; b.now - start < 190_000; i++) {
            edit(a, "f", "edit " + i);
            b.settle();
            // Something goes on all the time.
            for (int busy = 0; busy < 10; busy++) {
                b.touched();
                b.pass(900);
                while (!b.isIdle()) {
                    b.step();
                }
            }
        }
        assertThat(claims(b).size() - before).isEqualTo(3);
        edit(a, "f", "last");
        settle();
        int busy = claims(b).size();
        awaitCheckpoint(b);
        assertThat(claims(b).size() - busy).isEqualTo(1);
        Checkpoint last = claims(b).getLast();
        assertThat(last.received().sequence()).isEqualTo(server.head());
        assertThat(last.agreed()).contains(last.received());
        for (int i = 0; i < 24; i++) {
            b.pass(3_600_000);
            b.settle();
        }
        // A sign of life once a day.
        assertThat(claims(b).size() - busy).isEqualTo(2);
    }

    private List<Checkpoint> claims(SimulatedFolder folder) {
        return server.claims().stream()
                .filter(claim -> claim.replica().equals(folder.replica))
                .toList();
    }

    // R50.

    @Test
    @DisplayName("R50 changes that come with a hint needn't be asked for")
    void changesInHintsAreTaken() {
        edit(a, "f", "one");
        settle();
        int before = server.questions().size();
        for (int i = 0; i < 5; i++) {
            edit(a, "f", "edit " + i);
            b.settle();
        }
        assertThat(b.tree()).containsEntry("f", "edit 4");
        assertThat(questionsSince(before)).isEmpty();
        same();
    }

    @Test
    @DisplayName("R50 a hint whose changes begin beyond the cursor only says that there is more")
    void changesBeyondTheCursorAreAskedFor() {
        edit(a, "f", "one");
        settle();
        edit(a, "g", "two");
        edit(a, "h", "three");
        b.forgetArrived(1);
        b.settle();
        assertThat(b.tree()).containsEntry("g", "two").containsEntry("h", "three");
        same();
    }
}
