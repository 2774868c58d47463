package io.syncline.system.sim;

import static io.syncline.system.sim.Stage.delete;
import static io.syncline.system.sim.Stage.move;
import static io.syncline.system.sim.Stage.path;
import static io.syncline.system.sim.Stage.read;
import static io.syncline.system.sim.Stage.resume;
import static io.syncline.system.sim.Stage.status;
import static io.syncline.system.sim.Stage.tree;
import static io.syncline.system.sim.Stage.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Faults;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are emptied, moved, mounted elsewhere, unreadable or coarse. */
class FolderScenariosTest {
    @TempDir private Path scratch;
    private Stage stage;
    private SimulatedDevice a;
    private SimulatedDevice b;

    @BeforeEach
    void start() {
        stage = new Stage(1, scratch);
        a = stage.device("a");
        b = stage.device("b");
        for (int i = 0; i < 30; i++) {
            write(a, "d/" + i, "file " + i);
        }
        write(a, "top", "at the top");
        stage.settle();
        assertThat(tree(b)).hasSize(32).isEqualTo(tree(a));
    }

    private static void empty(SimulatedDevice on) {
        for (String name : on.user().names(LocalPath.ROOT)) {
            delete(on, name);
        }
        if (on.user().exists(path(LocalPath.CONTROL_NAME))) {
            on.user().deleteTree(path(LocalPath.CONTROL_NAME));
        }
    }

    private static void copyMarker(SimulatedDevice on, byte[] marker) {
        on.user().makeDirectory(path(LocalPath.CONTROL_NAME));
        on.user().makeDirectory(LocalPath.TEMPORARIES);
        on.user().makeDirectory(LocalPath.TRASH);
        on.user().write(LocalPath.MARKER, marker);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("scenario 2: a marker that is copied back into an emptied root wipes nobody")
    void aMarkerInAnEmptiedRoot(boolean whileItRuns) {
        Map<String, String> before = tree(b);
        byte[] marker = a.user().read(LocalPath.MARKER);
        if (!whileItRuns) {
            a.stop();
        }
        empty(a);
        copyMarker(a, marker);
        if (!whileItRuns) {
            a.start();
        }
        stage.settle();
        assertThat(status(a).state()).isEqualTo(State.STOPPED);
        assertThat(status(a).reason()).isPresent();
        assertThat(tree(b)).isEqualTo(before);
        assertThat(stage.names()).isEqualTo(before.keySet());
    }

    @Test
    @DisplayName(
            "scenario 3: a cleaner that removes the marker stops the folder and deletes nothing")
    void aCleaner() {
        Map<String, String> before = tree(b);
        a.user().deleteTree(path(LocalPath.CONTROL_NAME));
        write(a, "d/1", "edited");
        stage.settle();
        a.stop();
        a.start();
        stage.settle();
        assertThat(stage.names()).isEqualTo(before.keySet());
        assertThat(tree(b)).containsAllEntriesOf(before);
        assertThat(tree(a)).hasSize(before.size());
    }

    @Test
    @DisplayName(
            "scenario 4: a device that comes up with neither files nor state gets all, deletes"
                    + " nothing")
    void aFreshContainer() {
        Map<String, String> before = tree(b);
        a.kill();
        empty(a);
        a.loseHome();
        a.start();
        stage.settle();
        assertThat(tree(b)).isEqualTo(before);
        assertThat(tree(a)).isEqualTo(before);
    }

    @Test
    @DisplayName("scenario 5: a folder that is moved elsewhere and joined again keeps all it holds")
    void aFolderJoinedAgain() {
        Map<String, String> before = tree(b);
        long head = stage.server.row().head();
        SimulatedDevice elsewhere = stage.off("elsewhere", Traits.ext4());
        tree(a).forEach((path, text) -> {
            if (!text.equals("/")) {
                write(elsewhere, path, text);
            }
        });
        empty(a);
        elsewhere.start();
        stage.settle();
        assertThat(status(a).state()).isEqualTo(State.STOPPED);
        assertThat(tree(elsewhere)).isEqualTo(before);
        assertThat(tree(b)).isEqualTo(before);
        assertThat(stage.server.row().head()).isEqualTo(head);
    }

    @Test
    @DisplayName(
            "scenario 59: a state that was lost neither empties the folder nor doubles its files")
    void aLostState() {
        Map<String, String> before = tree(b);
        long head = stage.server.row().head();
        for (int i = 0; i < 3; i++) {
            a.kill();
            a.loseState();
            a.start();
            stage.settle();
        }
        assertThat(tree(a)).isEqualTo(before);
        assertThat(tree(b)).isEqualTo(before);
        assertThat(stage.server.row().head()).isEqualTo(head);
    }

    @Test
    @DisplayName("scenario 58: to ignore what is synced is no delete, neither of it nor elsewhere")
    void ignoringIsNoDelete() {
        Map<String, String> before = tree(b);
        write(a, ".synclineignore", "d/\n");
        stage.settle();
        assertThat(tree(b)).containsAllEntriesOf(before);
        assertThat(tree(a)).containsAllEntriesOf(before);
        b.user().deleteTree(path("d"));
        stage.settle();
        assertThat(stage.names()).containsAll(before.keySet());
        assertThat(tree(a)).containsAllEntriesOf(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "d/3"})
    @DisplayName("R44: what was deleted while it was ignored comes back once nothing ignores it")
    void whatIsNoLongerIgnored(String deleted) {
        Map<String, String> before = tree(b);
        write(a, ".synclineignore", "d/\n");
        stage.settle();
        b.user().deleteTree(path(deleted));
        stage.settle();
        b.stop();
        b.start();
        stage.settle();
        assertThat(tree(b)).doesNotContainKey(deleted);

        delete(a, ".synclineignore");
        stage.settle();

        assertThat(tree(b)).isEqualTo(before);
        assertThat(tree(a)).isEqualTo(before);
        assertThat(status(b).state()).isEqualTo(State.CONVERGED);
    }

    @Test
    @DisplayName(
            "R44: a directory that is made again while it is ignored holds all of it afterwards")
    void whatIsNoLongerIgnoredInADirectoryThatWasMadeAgain() {
        Map<String, String> before = tree(b);
        write(a, ".synclineignore", "d/\n");
        stage.settle();
        b.user().deleteTree(path("d"));
        write(b, "d/3", "file 3");
        stage.settle();

        delete(b, ".synclineignore");
        stage.settle();

        assertThat(tree(b)).isEqualTo(before);
        assertThat(tree(a)).isEqualTo(before);
    }

    @Test
    @DisplayName("scenario 77: a directory that can't be read isn't an empty one")
    void anUnreadableDirectory() {
        Map<String, String> before = tree(b);
        Faults faults = a.files().faults(SimulatedDevice.ROOT);
        faults.unreadable(path("d"));
        write(a, "top", "edited meanwhile");
        a.stop();
        a.start();
        stage.settle();
        assertThat(stage.names()).isEqualTo(before.keySet());
        assertThat(read(b, "top")).isEqualTo("edited meanwhile");
        assertThat(status(a).problems()).anyMatch(problem -> problem.path().equals("d"));
        faults.heal();
        stage.settle();
        assertThat(tree(b)).hasSize(before.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("scenario 78: a disk that fails now and then makes nothing look deleted")
    void aFailingDisk(long seed) {
        Map<String, String> before = tree(b);
        Faults faults = a.files().faults(SimulatedDevice.ROOT);
        faults.failSome(0.05 * seed, Faults.Kind.BROKEN);
        write(a, "new " + seed, "made while the disk failed");
        for (int i = 0; i < 3; i++) {
            a.stop();
            a.start();
            stage.pass(Duration.ofMinutes(2));
        }
        assertThat(stage.names()).containsAll(before.keySet());
        faults.heal();
        stage.pass(Duration.ofMinutes(6));
        if (status(a).state() == State.STOPPED) {
            assertThat(status(a).todo()).isPresent();
            resume(a);
        }
        stage.settle();
        assertThat(tree(b)).containsAllEntriesOf(before).hasSize(before.size() + 1);
    }

    @Test
    @DisplayName("scenario 79: a disk mounted inside that is pulled out deletes nothing")
    void aMountedDisk() {
        a.user().makeDirectory(path("disk"));
        a.files().mount(SimulatedDevice.ROOT + "/disk");
        write(a, "disk/photo", "on the mounted disk");
        write(a, "disk/more/photo", "deeper on it");
        stage.settle();
        Map<String, String> before = tree(b);
        assertThat(before).containsEntry("disk/more/photo", "deeper on it");
        a.files().unmount(SimulatedDevice.ROOT + "/disk");
        a.stop();
        a.start();
        stage.settle();
        write(a, "top", "edited meanwhile");
        stage.settle();
        assertThat(stage.names()).isEqualTo(before.keySet());
        assertThat(read(b, "top")).isEqualTo("edited meanwhile");
        a.files().remount(SimulatedDevice.ROOT + "/disk");
        a.stop();
        a.start();
        stage.settle();
        assertThat(tree(a)).isEqualTo(tree(b)).hasSize(before.size());
    }

    @Test
    @DisplayName(
            "scenario 80: a stick with coarse times and no executable bit changes nobody's files")
    void aCoarseStick() {
        write(a, "run.sh", "#!/bin/sh");
        a.user().setExecutable(path("run.sh"), true);
        a.user().setModificationTime(path("top"), 1_500_000_000_123_456_789L);
        stage.settle();
        SimulatedDevice stick = stage.device("stick", Traits.fat32());
        stage.settle();
        long head = stage.server.row().head();
        long sent = stick.line().sentBytes();
        for (int i = 0; i < 3; i++) {
            stick.stop();
            stick.start();
            stage.settle();
        }
        assertThat(stage.server.row().head()).isEqualTo(head);
        assertThat(stick.line().sentBytes() - sent).isLessThan(20_000);
        write(stick, "run.sh", "#!/bin/sh\necho edited on the stick");
        stage.settle();
        assertThat(read(a, "run.sh")).contains("edited on the stick");
        assertThat(a.user().mode(path("run.sh")) & 0100).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"new", "top"})
    @DisplayName(
            "L2: a save of the same size in the step of the disk's time in which the client put the"
                    + " file there is sent")
    void aSaveInTheSecondOfThePlacing(String name) {
        SimulatedDevice stick = stage.device("stick", Traits.fat32());
        stage.settle();
        arriveInOneStep(stick, name);

        write(stick, name, "saved on s");
        stage.settle();

        assertThat(read(stick, name)).isEqualTo("saved on s");
        assertThat(read(a, name)).isEqualTo("saved on s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"new", "top"})
    @DisplayName("L2: ... also where the client is killed before it has read the file")
    void aSaveInTheSecondOfThePlacingAndAKill(String name) {
        SimulatedDevice stick = stage.device("stick", Traits.fat32());
        stage.settle();
        arriveInOneStep(stick, name);
        write(stick, name, "saved on s");
        stage.pass(Duration.ofMillis(200));

        stick.kill();
        stick.start();
        stage.settle();

        assertThat(read(a, name)).isEqualTo("saved on s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"new", "top"})
    @DisplayName("R23: what the client put there in the step of its own time is no change")
    void aPlacingInItsOwnSecond(String name) {
        SimulatedDevice stick = stage.device("stick", Traits.fat32());
        stage.settle();
        arriveInOneStep(stick, name);
        long head = stage.server.row().head();

        stage.settle();

        assertThat(stage.server.row().head()).isEqualTo(head);
        assertThat(read(stick, name)).isEqualTo("saved by a");
    }

    /** A save of another device gets there in the step of the disk's time in which it was made. */
    private void arriveInOneStep(SimulatedDevice stick, String name) {
        long step = Traits.fat32().timestampStepNanos() / 1_000_000;
        stage.pass(Duration.ofMillis(step - stage.kernel.instant().toEpochMilli() % step));
        long saved = stage.kernel.instant().toEpochMilli() / step;
        write(a, name, "saved by a");
        while (!"saved by a".equals(tree(stick).get(name))) {
            stage.steps(1);
        }
        assertThat(stage.kernel.instant().toEpochMilli() / step).isEqualTo(saved);
    }

    @Test
    @DisplayName("R23: a move on a stick without times of birth takes no executable bit away")
    void aMoveOnAPlainStick() {
        write(a, "run.sh", "#!/bin/sh");
        a.user().setExecutable(path("run.sh"), true);
        SimulatedDevice stick = stage.device("stick", Traits.fat32().plain());
        stage.settle();
        stick.user().move(path("run.sh"), path("moved.sh"));
        stage.settle();
        assertThat(read(a, "moved.sh")).isEqualTo("#!/bin/sh");
        assertThat(a.user().mode(path("moved.sh")) & 0100).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IN_PLACE",
                "RENAMED_OVER",
                "RENAMED_OVER_UNFORCED",
                "BACKUP_RENAMED",
                "OFFICE",
                "LOCKED"
            })
    @DisplayName("scenario 81: however a program saves, it is an edit of the same node")
    void everySaveIsAnEdit(String dance) {
        var before = stage.node("top").id();
        for (Runnable step :
                a.user()
                        .save(
                                User.SaveDance.valueOf(dance),
                                path("top"),
                                "saved by a program"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            step.run();
        }
        stage.settle();
        assertThat(read(b, "top")).isEqualTo("saved by a program");
        assertThat(stage.node("top").id()).isEqualTo(before);
        assertThat(tree(b)).hasSize(32);
    }

    @Test
    @DisplayName(
            "scenario 82: a device that comes back with an old disk and no state overwrites nobody")
    void anOldDisk() {
        a.stop();
        write(b, "top", "edited by b");
        stage.settle();
        a.loseState();
        write(a, "d/3", "edited on the old disk");
        a.start();
        stage.settle();
        assertThat(tree(b)).isEqualTo(tree(a)).containsValues("edited by b", "at the top");
        assertThat(tree(b)).containsValues("edited on the old disk", "file 3");
    }

    @Test
    @DisplayName("scenario 35: the brake counts what is left of deletes once moves are found")
    void theBrakeAfterMoves() {
        for (int i = 0; i < 1_200; i++) {
            write(a, "many/" + i % 7 + "/" + i, "one of many " + i);
        }
        stage.settle();
        long head = stage.server.row().head();
        move(a, "many", "d/moved");
        stage.settle();
        assertThat(status(a).state()).isEqualTo(State.CONVERGED);
        assertThat(stage.server.row().head()).isEqualTo(head + 1);
        assertThat(tree(b)).containsEntry("d/moved/3/3", "one of many 3");
        delete(a, "d/moved");
        stage.settle();
        assertThat(status(a).state()).isEqualTo(State.STOPPED);
        assertThat(tree(b)).containsEntry("d/moved/3/3", "one of many 3");
        stage.confirm(a);
        stage.settle();
        assertThat(stage.names()).hasSize(32);
    }

    @Test
    @DisplayName("scenario 62: equal files are one block, no row is counted up and down for them")
    void equalFiles() {
        int blocks = stage.blocks();
        for (int i = 0; i < 800; i++) {
            write(a, "equal/" + i % 8 + "/" + i, "the same in each of them");
        }
        stage.settle();
        assertThat(stage.blocks()).isEqualTo(blocks + 1);
        assertThat(tree(b)).isEqualTo(tree(a)).hasSize(32 + 9 + 800);
        long requests = a.line().requests();
        for (int i = 0; i < 700; i++) {
            delete(a, "equal/" + i % 8 + "/" + i);
        }
        write(a, "equal/7/799", "edited");
        stage.settle();
        assertThat(a.line().requests() - requests).isLessThan(40);
        assertThat(tree(b)).isEqualTo(tree(a)).hasSize(32 + 9 + 100);
        assertThat(read(b, "equal/6/798")).isEqualTo("the same in each of them");
        assertThat(read(b, "equal/7/799")).isEqualTo("edited");
    }
}
