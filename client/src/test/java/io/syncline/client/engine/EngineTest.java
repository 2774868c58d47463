package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Basic operations from one folder to another, through real disks and a fake server. */
class EngineTest {
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

    private void touchedAll() {
        a.touched();
        b.touched();
        settle();
    }

    private void same() {
        assertThat(b.tree()).isEqualTo(a.tree());
        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(a.status().digest()).isEqualTo(server.digest());
        assertThat(b.status().digest()).isEqualTo(server.digest());
        assertThat(a.status().pending()).isZero();
    }

    @Test
    void whatIsThereArrives() {
        a.write("d/e/one.txt", "one");
        a.write("two.txt", "two");
        a.write("empty", "");
        touchedAll();
        assertThat(b.tree()).containsEntry("d/e/one.txt", "one").containsEntry("empty", "");
        same();
    }

    @Test
    void aReadThatWaitsForItsNextTryIsntDueBefore() {
        touchedAll();
        a.write("f", "f");
        a.touched();
        a.fail(Effect.ReadFiles.class);
        a.pass(100);
        while (a.step()) {}

        assertThat(a.engine().nextMillis()).isGreaterThan(a.now);
        settle();
        assertThat(b.tree()).containsEntry("f", "f");
    }

    @Test
    void aCommitThatWaitsForItsNextTryIsntSentBefore() {
        touchedAll();
        a.write("f", "f");
        a.touched();
        a.fail(Effect.SendCommit.class);
        while (!a.isIdle() && !a.isAbout(Effect.SendCommit.class)) {
            a.step();
        }

        assertThat(a.isAbout(Effect.SendCommit.class)).isFalse();
        settle();
        assertThat(b.tree()).containsEntry("f", "f");
    }

    @Test
    void editsRenamesAndDeletesArrive() throws IOException {
        a.write("d/one.txt", "one");
        a.write("two.txt", "two");
        touchedAll();
        b.write("d/one.txt", "one edited");
        Files.move(b.root.resolve("d"), b.root.resolve("moved"));
        Files.delete(b.root.resolve("two.txt"));
        touchedAll();
        assertThat(a.tree())
                .containsEntry("moved/one.txt", "one edited")
                .doesNotContainKey("two.txt");
        same();
    }

    @Test
    void anOwnDeleteLeavesNothingToDo() throws IOException {
        a.write("f", "f");
        a.write("g", "g");
        touchedAll();
        Files.delete(a.root.resolve("f"));
        touchedAll();
        Files.delete(a.root.resolve("g"));
        a.write("h", "h");
        touchedAll();
        same();
        assertThat(b.status().pending()).isZero();
    }

    @Test
    @DisplayName(
            "scenario 64, L2: of two edits one keeps the name, the other stays beside it,"
                    + " everywhere")
    void editsOnBothSidesAreBothKept() {
        a.write("f", "base");
        touchedAll();
        a.write("f", "from a");
        b.write("f", "from b");
        touchedAll();
        assertThat(a.tree()).hasSize(2).containsValue("from a").containsValue("from b");
        same();
        assertThat(a.status().conflicts().size() + b.status().conflicts().size()).isEqualTo(1);
    }

    @Test
    void anEditBeatsADelete() throws IOException {
        a.write("f", "base");
        touchedAll();
        Files.delete(a.root.resolve("f"));
        b.write("f", "edited");
        touchedAll();
        assertThat(a.tree()).containsEntry("f", "edited");
        same();
    }

    @Test
    @DisplayName("scenario 42: a directory of thousands is renamed by one change")
    void aDirectoryOfThousandsIsRenamedByOneChange() throws IOException {
        for (int i = 0; i < 3_000; i++) {
            a.write("d/" + i % 10 + "/" + i, "file " + i);
        }
        touchedAll();
        same();
        long before = server.head();
        Files.move(a.root.resolve("d"), a.root.resolve("e"));
        touchedAll();
        assertThat(server.head()).isEqualTo(before + 1);
        assertThat(b.tree()).containsEntry("e/7/1237", "file 1237");
        same();
    }

    @Test
    void symlinksAndExecutableBitsArrive() throws IOException {
        a.write("run", "#!/bin/sh");
        Files.createSymbolicLink(a.root.resolve("link"), Path.of("run"));
        assertThat(a.root.resolve("run").toFile().setExecutable(true)).isTrue();
        touchedAll();
        assertThat(b.tree()).containsEntry("link", "-> run");
        assertThat(Files.isExecutable(b.root.resolve("run"))).isTrue();
        same();
        assertThat(b.root.resolve("run").toFile().setExecutable(false)).isTrue();
        touchedAll();
        assertThat(Files.isExecutable(a.root.resolve("run"))).isFalse();
        same();
    }

    @Test
    @DisplayName("R21: the save dance mv f f~; write f keeps f's history with f")
    void theSaveDanceIsAnEdit() throws IOException {
        a.write("f", "old");
        touchedAll();
        var before = id("f");
        Files.move(a.root.resolve("f"), a.root.resolve("f~"));
        a.write("f", "new");
        touchedAll();
        assertThat(id("f")).isEqualTo(before);
        assertThat(b.tree()).containsEntry("f", "new").containsEntry("f~", "old");
        same();
    }

    @Test
    @DisplayName("R20: names exchanged on one side are exchanged on the other")
    void aSwapArrives() throws IOException {
        a.write("x", "was x");
        a.write("d/y", "was y");
        a.write("e/z", "was z");
        touchedAll();
        Files.move(a.root.resolve("d"), a.root.resolve("tmp"));
        Files.move(a.root.resolve("e"), a.root.resolve("d"));
        Files.move(a.root.resolve("tmp"), a.root.resolve("e"));
        touchedAll();
        assertThat(b.tree()).containsEntry("e/y", "was y").containsEntry("d/z", "was z");
        same();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("R23: a bit that is set while the file is being committed arrives too")
    void aBitThatIsSetDuringACommitArrives(long seed) throws IOException {
        var c = folder("c" + seed, seed);
        c.write("f", "text");
        c.touched();
        c.stepUntil(Effect.SendCommit.class);
        assertThat(c.root.resolve("f").toFile().setExecutable(true)).isTrue();
        c.touched();
        c.settle();
        touchedAll();
        assertThat(SimulatedFolder.isExecutable(b.root.resolve("f"))).isTrue();
        same();
        c.close();
    }

    @Test
    @DisplayName("R23: a bit that is set on a file that is moved arrives with the move")
    void aBitThatIsSetOnAMovedFileArrives() throws IOException {
        a.write("f", "text");
        touchedAll();
        a.withPartialScans();
        a.settle();
        Files.move(a.root.resolve("f"), a.root.resolve("g"));
        assertThat(a.root.resolve("g").toFile().setExecutable(true)).isTrue();
        a.touched(a.root.resolve("g"));
        settle();
        touchedAll();
        assertThat(SimulatedFolder.isExecutable(b.root.resolve("g"))).isTrue();
        same();
    }

    @Test
    @DisplayName(
            "L2: a save in a directory that we rename in that moment is found under the new name")
    void aSaveInADirectoryThatIsBeingRenamedIsFound() throws IOException {
        a.write("d/e/f", "f");
        touchedAll();
        b.withPartialScans();
        b.settle();
        renameOnA("d", "renamed");
        b.stepUntil(Effect.CarryOut.class);
        b.write("d/e/new", "new");
        b.touched(b.root.resolve("d/e/new"));
        touchedOnlyA();
        assertThat(a.tree()).containsEntry("renamed/e/new", "new");
        same();
    }

    private void touchedOnlyA() {
        a.touched();
        settle();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName(
            "R8: what we created isn't taken for another's when it was renamed before the answer")
    void anUnansweredCreationIsOurs(long seed) throws IOException {
        var c = folder("c" + seed, seed);
        c.write("old", "text");
        c.touched();
        c.stepUntil(Effect.SendCommit.class);
        while (server.head() == 0) {
            assertThat(c.stepUnanswered()).isTrue();
        }
        c.restart();
        b.settle();
        Files.move(b.root.resolve("old"), b.root.resolve("renamed"));
        touchedAll();
        c.settle();
        touchedAll();
        c.touched();
        c.settle();
        assertThat(c.tree()).isEqualTo(a.tree()).containsOnlyKeys("renamed");
        same();
        c.close();
    }

    @Test
    @DisplayName("R12, R21: a chain of renames just before a kill isn't taken for edits")
    void aChainOfRenamesBeforeAKillIsNoEdit() throws IOException {
        a.write("f", "was f");
        a.write("h", "was h");
        touchedAll();
        renameOnA("f", "g");
        renameOnA("h", "f");
        long head = server.head();
        b.killAfterWork();
        touchedAll();
        assertThat(server.head()).isEqualTo(head);
        assertThat(b.tree()).containsEntry("f", "was h").containsEntry("g", "was f").hasSize(2);
        same();
    }

    @Test
    @DisplayName("R12, R20: files exchanged just before a kill aren't taken for edits")
    void anExchangeBeforeAKillIsNoEdit() throws IOException {
        a.write("x", "was x");
        a.write("y", "was y");
        touchedAll();
        renameOnA("x", "parked");
        renameOnA("y", "x");
        renameOnA("parked", "y");
        long head = server.head();
        b.killAfterWork();
        touchedAll();
        assertThat(server.head()).isEqualTo(head);
        assertThat(b.tree()).containsEntry("x", "was y").containsEntry("y", "was x").hasSize(2);
        same();
    }

    @Test
    @DisplayName("R12: a conflict copy made just before a kill is one, and the winner isn't moved")
    void aConflictCopyBeforeAKill() {
        a.write("f", "one");
        touchedAll();
        a.write("f", "from a");
        a.touched();
        a.settle();
        b.write("f", "from b");
        b.touched();
        b.killAfterWork();
        touchedAll();
        assertThat(b.tree()).containsEntry("f", "from a").containsValue("from b").hasSize(2);
        same();
    }

    private void renameOnA(String from, String to) throws IOException {
        Files.move(a.root.resolve(from), a.root.resolve(to));
        a.touched();
        a.settle();
    }

    @Test
    @DisplayName("R18: what holds ignored files stays here, sends nothing and counts as converged")
    void whatHoldsIgnoredFilesStays() throws IOException {
        a.write("d/e/f", "f");
        touchedAll();
        b.write("d/e/" + SimpleScanner.IGNORED, "mine");
        Files.delete(a.root.resolve("d/e/f"));
        Files.delete(a.root.resolve("d/e"));
        Files.delete(a.root.resolve("d"));
        long head = server.head();
        touchedAll();
        assertThat(server.head()).isEqualTo(head + 3);
        assertThat(b.root.resolve("d/e/" + SimpleScanner.IGNORED)).exists();
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(b.status().pending()).isZero();
        assertThat(a.tree()).isEmpty();
        Files.delete(b.root.resolve("d/e/" + SimpleScanner.IGNORED));
        touchedAll();
        same();
    }

    @Test
    @DisplayName("R18: a directory made anew where ignored files remained becomes the same one")
    void aDirectoryMadeAnewJoinsWhatRemained() throws IOException {
        a.write("d/f", "f");
        touchedAll();
        b.write("d/" + SimpleScanner.IGNORED, "mine");
        Files.delete(a.root.resolve("d/f"));
        Files.delete(a.root.resolve("d"));
        touchedAll();
        a.write("d/g", "g");
        touchedAll();
        assertThat(b.tree()).containsEntry("d/g", "g");
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(b.root.resolve("d/" + SimpleScanner.IGNORED)).exists();
    }

    @Test
    @DisplayName("R44: what was ignored here while it changed elsewhere is brought up to date")
    void whatWasIgnoredIsBroughtUpToDate() throws IOException {
        ignoreOnB("f", "d");
        a.write("f", "two");
        a.write("d/f", "two");
        touchedAll();
        a.write("f", "three");
        touchedAll();
        assertThat(b.tree()).containsEntry("f", "one").containsEntry("d/f", "one");
        stopIgnoringOnB();

        assertThat(b.tree()).containsEntry("f", "three").containsEntry("d/f", "two").hasSize(3);
        same();
    }

    @Test
    @DisplayName("R44: what changed on both sides while it was ignored here is a conflict")
    void whatWasIgnoredAndChangedIsAConflict() throws IOException {
        ignoreOnB("f", "d");
        a.write("f", "two");
        touchedAll();
        b.write("f", "mine");
        b.write("d/f", "only here");
        touchedAll();
        stopIgnoringOnB();

        assertThat(b.tree())
                .containsEntry("f", "two")
                .containsEntry("d/f", "only here")
                .containsValue("mine")
                .hasSize(4);
        same();
    }

    @Test
    @DisplayName("R44: what is new inside of what is ignored here isn't fetched")
    void whatIsNewInsideOfWhatIsIgnored() throws IOException {
        ignoreOnB("f", "d");
        a.write("d/new", "new");
        a.write("d/e/new", "new");
        touchedAll();
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(b.tree()).containsOnlyKeys("d/", "d/f", "f");
        stopIgnoringOnB();

        assertThat(b.tree()).containsEntry("d/new", "new").containsEntry("d/e/new", "new");
        same();
    }

    @Test
    @DisplayName("R44: what is made on both sides inside of what is ignored here is a conflict")
    void whatIsMadeTwiceInsideOfWhatIsIgnored() throws IOException {
        ignoreOnB("f", "d");
        a.write("d/new", "new");
        touchedAll();
        b.write("d/new", "mine");
        stopIgnoringOnB();

        assertThat(b.tree()).containsEntry("d/new", "new").containsValue("mine");
        same();
    }

    @Test
    @DisplayName("R44: what was moved elsewhere out of what is ignored here comes")
    void whatIsMovedOutOfWhatIsIgnored() throws IOException {
        ignoreOnB("f", "d");
        renameOnA("f", "g");
        renameOnA("d/f", "h");
        touchedAll();

        assertThat(b.tree()).containsEntry("g", "one").containsEntry("h", "one");
        assertThat(b.tree()).containsEntry("f", "one").containsEntry("d/f", "one");
        assertThat(b.state()).isEqualTo(State.CONVERGED);
    }

    @Test
    @DisplayName("R44 R23: an executable bit that was set on what is ignored here is sent later")
    void whatIsIgnoredBecomesExecutable() throws IOException {
        ignoreOnB("f", "d");
        assertThat(b.root.resolve("f").toFile().setExecutable(true)).isTrue();
        touchedAll();
        stopIgnoringOnB();

        assertThat(a.tree()).containsEntry("f", "one [executable]");
        same();
    }

    private void ignoreOnB(String... names) {
        b.withPartialScans();
        a.write("f", "one");
        a.write("d/f", "one");
        touchedAll();
        b.write(Ignores.FILE_NAME, String.join("\n", names));
        touchedAll();
    }

    private void stopIgnoringOnB() throws IOException {
        Files.delete(b.root.resolve(Ignores.FILE_NAME));
        touchedAll();
    }

    @Test
    @DisplayName("R18: a directory deleted there that holds something new here comes back")
    void aDirectoryWithSomethingNewComesBack() throws IOException {
        a.write("d/old", "old");
        touchedAll();
        Files.delete(a.root.resolve("d/old"));
        Files.delete(a.root.resolve("d"));
        b.write("d/new", "new");
        touchedAll();
        assertThat(a.tree()).containsEntry("d/new", "new").doesNotContainKey("d/old");
        same();
    }

    @Test
    void aRestartGoesOnWhereItWas() {
        a.write("d/one", "one");
        touchedAll();
        b.restart();
        a.restart();
        b.write("d/two", "two");
        touchedAll();
        assertThat(a.tree()).containsEntry("d/two", "two");
        same();
    }

    @Test
    @DisplayName("scenario 68, R29: a revoked device keeps everything and stops with a reason")
    void aRevokedDeviceKeepsEverything() {
        a.write("f", "one");
        touchedAll();
        server.revoke(deviceOf(b));
        b.tell(new Event.SyncNow());
        b.settle();
        assertThat(b.state()).isEqualTo(State.STOPPED);
        assertThat(b.status().reason()).isPresent();
        assertThat(b.tree()).containsEntry("f", "one");
    }

    @Test
    @DisplayName("R6: what a run left is looked at again when the disk failed in that moment")
    void recoveryIsTriedAgain() {
        a.restart();
        a.fail(Effect.Recover.class);
        a.write("f", "one");
        a.touched();

        a.settle();

        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(server.paths()).containsKey("f");
    }

    @Test
    @DisplayName("scenario 74: a temporary that couldn't be removed goes when it falls quiet")
    void temporariesGoWithoutAStart() throws IOException {
        Path left = a.root.resolve(".syncline/tmp/0123456789abcdef");
        a.settle();
        Files.createDirectories(left.getParent());
        Files.writeString(left, "half a file");
        a.write("f", "one");
        a.touched();

        a.settle();

        assertThat(left).doesNotExist();
    }

    @Test
    @DisplayName("R6: after work on the disk that failed midway 'resume' goes on")
    void workThatFailedIsLookedInto() {
        b.write("f", "one");
        b.touched();
        b.settle();
        a.tell(new Event.SyncNow());
        a.fail(Effect.CarryOut.class, ErrorCode.INTERNAL);
        a.settle();
        assertThat(a.state()).isEqualTo(State.STOPPED);

        a.tell(new Event.Resume());
        a.settle();

        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(a.tree()).containsEntry("f", "one");
    }

    @Test
    @DisplayName("R6: work that a disk made fail midway is looked into by itself")
    void workThatADiskMadeFailIsLookedInto() {
        b.write("f", "one");
        b.touched();
        b.settle();
        a.tell(new Event.SyncNow());
        a.fail(Effect.CarryOut.class, ErrorCode.FORBIDDEN);
        a.settle();

        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(a.tree()).containsEntry("f", "one");
    }

    @Test
    @DisplayName("R6: a replacement just before a kill is no edit, also when a newer version comes")
    void aReplacementBeforeAKillIsNoEdit() throws IOException {
        a.write("f", "one");
        a.write("g", "one");
        assertThat(a.root.resolve("g").toFile().setExecutable(true)).isTrue();
        touchedAll();
        a.write("f", "two");
        a.write("g", "two");
        a.touched();
        a.settle();
        b.killAfterWork();
        a.write("f", "three");
        a.touched();
        a.settle();

        touchedAll();

        assertThat(b.tree())
                .containsOnly(Map.entry("f", "three"), Map.entry("g", "two [executable]"));
        same();
    }

    private java.util.Optional<io.syncline.core.tree.NodeId> id(String path) {
        return java.util.Optional.ofNullable(server.paths().get(path))
                .map(io.syncline.core.tree.Node::id);
    }

    private io.syncline.core.tree.DeviceId deviceOf(SimulatedFolder folder) {
        return folder.device;
    }

    @Test
    @DisplayName("scenario 63, R28: a mass delete stops and asks; rejecting brings everything back")
    void aMassDeleteStopsAndAsks() throws IOException {
        for (int i = 0; i < 1_200; i++) {
            a.write("d/" + i, "file");
        }
        a.write("keep", "keep");
        touchedAll();
        var before = b.tree();
        deleteAll(a.root.resolve("d"));
        a.touched();
        a.settle();
        assertThat(a.state()).isEqualTo(State.STOPPED);
        b.settle();
        assertThat(b.tree()).isEqualTo(before);
        a.tell(new Event.Reject());
        settle();
        assertThat(a.tree()).isEqualTo(before);
        same();
        deleteAll(a.root.resolve("d"));
        a.touched();
        a.settle();
        assertThat(a.state()).isEqualTo(State.STOPPED);
        a.tell(new Event.Confirm());
        a.settle();
        b.settle();
        // The other side asks too: for it a thousand deletes come in.
        assertThat(b.state()).isEqualTo(State.STOPPED);
        b.tell(new Event.Confirm());
        settle();
        assertThat(b.tree()).containsOnlyKeys("keep");
        same();
    }

    @Test
    @DisplayName("R28, R46: a mass delete of several commits is finished once it is confirmed")
    void aMassDeleteOfSeveralCommitsIsFinished() throws IOException {
        for (int i = 0; i < 1_100; i++) {
            a.write("d/" + i, "file " + i);
        }
        a.touched();
        a.settle();
        deleteAll(a.root.resolve("d"));
        a.touched();
        a.settle();
        assertThat(a.state()).isEqualTo(State.STOPPED);
        a.tell(new Event.Confirm());
        // Without a question to the server after minutes, which would get it going again.
        for (int i = 0; i < 3_000; i++) {
            if (!a.step()) {
                a.pass(1);
            }
        }
        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(server.paths()).isEmpty();
    }

    private static void deleteAll(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    @DisplayName("R27: a root that is swapped for another stops the folder and deletes nothing")
    void aSwappedRootStops() throws IOException {
        a.write("f", "one");
        touchedAll();
        Files.move(b.root, directory.resolve("away"));
        Files.createDirectories(b.root);
        b.touched();
        b.settle();
        assertThat(b.state()).isEqualTo(State.STOPPED);
        a.settle();
        assertThat(a.tree()).containsEntry("f", "one");
        Files.delete(b.root);
        Files.move(directory.resolve("away"), b.root);
        b.tell(new Event.Resume());
        settle();
        same();
    }

    @Test
    @DisplayName("L8: a commit whose answer is lost is sent again unchanged and applied once")
    void aLostAnswerIsAskedForAgain() {
        a.write("f", "one");
        a.touched();
        a.stepUntil(Effect.SendCommit.class);
        while (server.head() == 0) {
            assertThat(a.stepUnanswered()).isTrue();
        }
        assertThat(server.head()).isEqualTo(1);
        settle();
        assertThat(server.head()).isEqualTo(1);
        same();
    }

    @Test
    @DisplayName("R4: a digest that is wrong is answered by fetching the tree anew")
    void aWrongDigestIsReconciled() {
        a.write("f", "one");
        touchedAll();
        b.engine()
                .state()
                .write(
                        io.syncline.client.state.Durability.DURABLE,
                        () -> b.engine().state().setDigest(io.syncline.core.tree.TreeDigest.EMPTY));
        a.write("g", "two");
        touchedAll();
        same();
    }

    @Test
    @DisplayName("R2, UNION: after a restored backup what only clients hold goes back up")
    void aRestoredServerGetsBackWhatItLost() {
        a.write("old", "old");
        a.write("edited", "before");
        touchedAll();
        var backup = server.backUp();
        a.write("new", "new");
        a.write("edited", "after");
        touchedAll();
        server.restore(backup);
        a.tell(new Event.SyncNow());
        b.tell(new Event.SyncNow());
        settle();
        touchedAll();
        assertThat(a.tree())
                .containsEntry("old", "old")
                .containsEntry("new", "new")
                .containsValue("after");
        same();
    }

    @Test
    @DisplayName("R29: a viewer's edits are neither sent nor overwritten")
    void aViewersEditsStay() throws IOException {
        Path root = Files.createDirectories(directory.resolve("viewer"));
        try (var viewer = new SimulatedFolder(root, server, "viewer", new Random(9), true)) {
            a.write("f", "one");
            touchedAll();
            viewer.settle();
            assertThat(viewer.tree()).containsEntry("f", "one");
            viewer.write("f", "mine");
            viewer.touched();
            settleReadOnly(viewer);
            long head = server.head();
            a.write("f", "two");
            touchedAll();
            settleReadOnly(viewer);
            assertThat(server.head()).isEqualTo(head + 1);
            assertThat(viewer.tree()).containsEntry("f", "two").containsValue("mine");
        }
    }

    private static void settleReadOnly(SimulatedFolder viewer) {
        for (int i = 0; i < 500; i++) {
            if (!viewer.step()) {
                viewer.pass(50);
            }
        }
    }

    @Test
    void whereTheServerCantBeReachedTheStatusSaysSo() {
        a.write("f", "one");
        touchedAll();
        assertThat(a.status().reason()).isEmpty();
        a.tell(new Event.Disconnected("connection refused"));
        a.settle();
        assertThat(a.status().reason())
                .hasValueSatisfying(text -> assertThat(text).contains("connection refused"));
        a.tell(new Event.Connected());
        a.settle();
        assertThat(a.status().reason()).isEmpty();
        same();
    }

    @Test
    @DisplayName(
            "scenario 17, R31: what a power cut made of a file is put away and fetched again, not"
                    + " sent")
    void damageByAPowerCutIsNotSent() throws IOException {
        a.write("saved", "the whole text");
        a.write("untouched", "as it was");
        touchedAll();
        long head = server.head();
        var written = Files.getLastModifiedTime(a.root.resolve("saved"));
        Files.writeString(a.root.resolve("saved"), "");
        Files.setLastModifiedTime(a.root.resolve("saved"), written);
        a.now += 5_000;
        a.powerCut(a.now - 1_000);
        touchedAll();
        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsEntry("saved", "the whole text");
        same();
    }

    @Test
    @DisplayName("L6: a clock that is set back by a year holds nothing up")
    void theClockIsSetBack() {
        a.write("f", "one");
        touchedAll();
        a.now -= Duration.ofDays(365).toMillis();
        long before = a.now;
        a.write("f", "two");
        a.write("g", "new");
        touchedAll();
        assertThat(Duration.ofMillis(a.now - before)).isLessThan(Duration.ofMinutes(10));
        assertThat(b.tree()).containsEntry("f", "two").containsEntry("g", "new");
        same();
    }

    @Test
    @DisplayName("R31: what was written before the clock was set back is in doubt too")
    void damageOfTheFutureIsNotSent() throws IOException {
        a.write("f", "the whole text");
        touchedAll();
        FileTime written = Files.getLastModifiedTime(a.root.resolve("f"));
        Files.writeString(a.root.resolve("f"), "the h\0le t\0xt");
        Files.setLastModifiedTime(a.root.resolve("f"), written);
        a.now = written.toMillis() - 300_000;
        a.powerCut(a.now - 1_000);
        touchedAll();
        assertThat(a.tree()).containsEntry("f", "the whole text");
        same();
    }

    @Test
    @DisplayName("R31: an edit made after the system has started again is an edit")
    void anEditAfterAPowerCutIsSent() {
        a.write("f", "before");
        touchedAll();
        a.powerCut(a.now - 60_000);
        a.write("f", "edited");
        // Nothing is from the future, however slow this machine is.
        a.now = System.currentTimeMillis();
        touchedAll();
        assertThat(b.tree()).containsEntry("f", "edited");
        same();
    }

    @Test
    @DisplayName("R31: files swapped after the system has started again aren't damage")
    void aSwapAfterAPowerCutIsSent() throws IOException {
        writtenSecondsAgo("f", "what f had");
        writtenSecondsAgo("g", "what g had, and more");
        touchedAll();
        a.powerCut(System.currentTimeMillis() - 2_000);

        Files.move(a.root.resolve("f"), a.root.resolve("between"));
        Files.move(a.root.resolve("g"), a.root.resolve("f"));
        Files.move(a.root.resolve("between"), a.root.resolve("g"));
        touchedAll();

        assertThat(b.tree())
                .containsEntry("f", "what g had, and more")
                .containsEntry("g", "what f had");
        same();
    }

    @Test
    @DisplayName("R31: what was checked after a power cut is as any other file then")
    void anEditOfWhatWasCheckedIsSent() throws IOException {
        FileTime written = writtenSecondsAgo("f", "before");
        touchedAll();
        a.powerCut(System.currentTimeMillis() - 2_000);
        touchedAll();

        a.write("f", "edited, and dated back");
        Files.setLastModifiedTime(a.root.resolve("f"), written);
        touchedAll();

        assertThat(b.tree()).containsEntry("f", "edited, and dated back");
        same();
    }

    @Test
    @DisplayName("R31: a process that is killed while it checks leaves the check to the next one")
    void aCheckThatWasCutOffIsMadeAgain() throws IOException {
        FileTime written = writtenSecondsAgo("f", "the whole text");
        touchedAll();
        Files.writeString(a.root.resolve("f"), "");
        Files.setLastModifiedTime(a.root.resolve("f"), written);
        a.powerCut(System.currentTimeMillis() - 2_000);

        a.restart();
        touchedAll();

        assertThat(a.tree()).containsEntry("f", "the whole text");
        same();
    }

    @ParameterizedTest
    @DisplayName("R31: what a power cut made of a file that is being sent is put away, not sent")
    @ValueSource(booleans = {false, true})
    void damageOfWhatIsBeingSentIsNotSent(boolean isNew) throws IOException {
        if (!isNew) {
            a.write("f", "before");
            Files.setLastModifiedTime(a.root.resolve("f"), FileTime.fromMillis(1_000_000));
            touchedAll();
        }
        FileTime written = writtenSecondsAgo("f", "the whole text");
        a.touched();
        a.stepUntil(Effect.SendCommit.class);

        Files.writeString(a.root.resolve("f"), "the h\0le t\0xt");
        Files.setLastModifiedTime(a.root.resolve("f"), written);
        a.powerCut(System.currentTimeMillis() - 2_000);
        touchedAll();

        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    @ParameterizedTest
    @DisplayName("R31: a deleted file that a power cut brings back is sent only if it is whole")
    @ValueSource(strings = {"the whole text", "the h\0le t\0xt"})
    void aDeletedFileThatComesBackDamagedIsNotSent(String back) throws IOException {
        FileTime written = writtenSecondsAgo("f", "the whole text");
        touchedAll();
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(a.root.resolve("f"), elsewhere);
        a.touched();
        a.stepUntil(Effect.SendCommit.class);

        Files.writeString(elsewhere, back);
        Files.setLastModifiedTime(elsewhere, written);
        Files.move(elsewhere, a.root.resolve("f"));
        a.powerCut(System.currentTimeMillis() - 2_000);
        touchedAll();

        assertThat(a.tree()).isEqualTo(back.contains("\0") ? Map.of() : Map.of("f", back));
        same();
    }

    @Test
    @DisplayName("R31: an edit that was read before a power cut, and is whole, isn't damage")
    void anEditThatWasReadBeforeAPowerCutIsSent() throws IOException {
        writtenSecondsAgo("f", "before");
        touchedAll();
        writtenSecondsAgo("f", "edited since");
        a.touched();
        a.stepUntil(Effect.SendCommit.class);
        a.powerCut(System.currentTimeMillis() - 2_000);
        touchedAll();

        assertThat(b.tree()).containsOnly(Map.entry("f", "edited since"));
        same();
    }

    /**
     * Cuts the power, which damages a file, and goes on until the damage is about to be put away.
     */
    private void damaged(String text) throws IOException {
        FileTime written = writtenSecondsAgo("f", "the whole text");
        touchedAll();
        Files.writeString(a.root.resolve("f"), text);
        Files.setLastModifiedTime(a.root.resolve("f"), written);
        a.powerCut(System.currentTimeMillis() - 2_000);
        a.stepUntil(Effect.CarryOut.class);
    }

    @Test
    @DisplayName("R31: a bit that is set on a damaged file doesn't make it an edit")
    void touchedDamageIsNotSent() throws IOException {
        damaged("");
        long head = server.head();

        assertThat(a.root.resolve("f").toFile().setExecutable(true)).isTrue();
        touchedAll();

        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    @Test
    @DisplayName("R31: what is saved into a damaged file before it is put away is an edit")
    void aSaveIntoDamageIsSent() throws IOException {
        damaged("");

        a.write("f", "saved");
        touchedAll();

        assertThat(b.tree()).containsOnly(Map.entry("f", "saved"));
        same();
    }

    @Test
    @DisplayName("R31: damage that was found and not put away before a kill is found again")
    void damageThatWasNotPutAwayIsNotSent() throws IOException {
        damaged("");
        long head = server.head();

        a.restart();
        touchedAll();

        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    @Test
    @DisplayName("R31: damage that is touched, and whose client is killed then, isn't sent")
    void touchedDamageIsNotSentByTheNextRun() throws IOException {
        damaged("");
        long head = server.head();

        Files.setLastModifiedTime(
                a.root.resolve("f"), FileTime.fromMillis(System.currentTimeMillis()));
        // Nothing is from the future, however slow this machine is.
        a.now = System.currentTimeMillis();
        a.restart();
        touchedAll();

        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    @Test
    @DisplayName("R31: damage that was put away right before a kill isn't a deletion")
    void damageThatWasPutAwayBeforeAKillIsNoDeletion() throws IOException {
        damaged("");
        long head = server.head();

        a.killAfterWork();
        touchedAll();

        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    @Test
    @DisplayName("R31: damage that the disk refuses to put away isn't sent meanwhile")
    void damageThatStaysIsNotSent() throws IOException {
        damaged("");
        long head = server.head();
        Path inTheWay = a.root.resolve(".syncline/trash");
        Files.deleteIfExists(inTheWay);
        Files.writeString(inTheWay, "");

        for (int i = 0; i < 200; i++) {
            if (!a.step()) {
                a.pass(1_000);
            }
        }
        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", ""));

        Files.delete(inTheWay);
        Files.createDirectory(inTheWay);
        a.pass(60_000);
        touchedAll();
        assertThat(server.head()).isEqualTo(head);
        assertThat(a.tree()).containsOnly(Map.entry("f", "the whole text"));
        same();
    }

    private FileTime writtenSecondsAgo(String path, String text) throws IOException {
        a.write(path, text);
        FileTime then = FileTime.fromMillis(System.currentTimeMillis() - 5_000);
        Files.setLastModifiedTime(a.root.resolve(path), then);
        return then;
    }

    @Test
    @DisplayName("R6, R8, R12: a crash after any step of the basic operations loses nothing")
    void aCrashAfterAnyStep() throws IOException {
        for (int steps = 1; steps < 60; steps++) {
            Path directory = Files.createDirectories(this.directory.resolve("crash" + steps));
            var crashed = new FakeServer(steps);
            var random = new Random(steps);
            try (var one = crashing(directory, crashed, "one", random);
                    var two = crashing(directory, crashed, "two", random)) {
                one.write("d/edited", "edited before");
                one.write("d/moved", "moved");
                one.write("deleted", "deleted");
                one.write("both", "both before");
                bothSettle(one, two);
                one.write("d/edited", "edited after");
                Files.move(one.root.resolve("d/moved"), one.root.resolve("here"));
                Files.delete(one.root.resolve("deleted"));
                one.write("both", "both in one");
                two.write("both", "both in two");
                two.write("new/file", "new");
                one.touched();
                two.touched();
                for (int i = 0; i < steps; i++) {
                    if (!(random.nextBoolean() ? one : two).step()) {
                        one.pass(20);
                        two.pass(20);
                    }
                }
                one.crash();
                two.crash();
                bothSettle(one, two);
                assertThat(two.tree()).as("after %d steps", steps).isEqualTo(one.tree());
                assertThat(one.tree())
                        .containsEntry("d/edited", "edited after")
                        .containsEntry("here", "moved")
                        .containsEntry("new/file", "new")
                        .containsValues("both in one", "both in two")
                        .doesNotContainKeys("deleted", "d/moved");
                assertThat(one.status().digest()).isEqualTo(crashed.digest());
                assertThat(two.status().digest()).isEqualTo(crashed.digest());
                assertThat(one.root.resolve(".syncline/tmp")).isEmptyDirectory();
                assertThat(two.root.resolve(".syncline/tmp")).isEmptyDirectory();
            }
        }
    }

    private static SimulatedFolder crashing(
            Path directory, FakeServer server, String name, Random random) throws IOException {
        return new SimulatedFolder(
                Files.createDirectories(directory.resolve(name)), server, name, random);
    }

    private static void bothSettle(SimulatedFolder one, SimulatedFolder two) {
        for (int i = 0; i < 3 || !(one.isIdle() && two.isIdle()); i++) {
            one.touched();
            two.touched();
            one.settle();
            two.settle();
            assertThat(i).isLessThan(30);
        }
    }

    @ParameterizedTest
    @DisplayName("L2: a save right after our own write is an edit, not our doing")
    @ValueSource(strings = {"placeNew", "replace", "move"})
    void aSaveRightAfterOurWriteIsSent(String operation) throws IOException {
        a.write("f", "first");
        if (!operation.equals("placeNew")) {
            touchedAll();
        }
        b.rightAfter(
                operation,
                () -> b.write(operation.equals("move") ? "g" : "f", "saved right after"));
        if (operation.equals("move")) {
            Files.move(a.root.resolve("f"), a.root.resolve("g"));
        } else {
            a.write("f", "second");
        }
        touchedAll();
        assertThat(a.tree()).containsValue("saved right after");
        same();
    }
}
