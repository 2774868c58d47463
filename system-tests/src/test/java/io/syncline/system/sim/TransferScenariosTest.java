package io.syncline.system.sim;

import static io.syncline.system.sim.Stage.delete;
import static io.syncline.system.sim.Stage.move;
import static io.syncline.system.sim.Stage.path;
import static io.syncline.system.sim.Stage.read;
import static io.syncline.system.sim.Stage.status;
import static io.syncline.system.sim.Stage.temporaries;
import static io.syncline.system.sim.Stage.trash;
import static io.syncline.system.sim.Stage.tree;
import static io.syncline.system.sim.Stage.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.memory.Faults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to files on their way, at every moment of it. */
class TransferScenariosTest {
    @TempDir private Path scratch;
    private Stage stage;
    private SimulatedDevice a;
    private SimulatedDevice b;

    @BeforeEach
    void start() {
        begin(1);
    }

    private void begin(long seed) {
        stage = new Stage(seed, scratch);
        a = stage.device("a");
        b = stage.device("b");
    }

    private static String large(int seed, int bytes) {
        var text = new StringBuilder();
        var random = new Random(seed);
        while (text.length() < bytes) {
            text.append(Long.toHexString(random.nextLong()));
        }
        return text.toString();
    }

    private void offline(SimulatedDevice device) {
        device.line().cut(true);
        device.disconnect();
    }

    private void online(SimulatedDevice device) {
        device.line().cut(false);
        stage.settle();
    }

    @Test
    @DisplayName("scenarios 13 and 67: what a device did that was removed since stays done")
    void removedDevices() {
        for (int i = 0; i < 60; i++) {
            write(a, "d/" + i, "by a " + i);
        }
        stage.settle();
        SimulatedDevice c = stage.device("c");
        stage.settle();
        offline(c);
        a.stop();
        stage.revoke(a);
        for (int i = 0; i < 50; i++) {
            delete(b, "d/" + i);
        }
        stage.settle();
        online(c);
        SimulatedDevice d = stage.device("d");
        stage.settle();
        for (SimulatedDevice each : List.of(b, c, d)) {
            assertThat(tree(each)).hasSize(11).containsEntry("d/55", "by a 55");
            assertThat(status(each).conflicts()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-400L * 86_400_000, 400L * 86_400_000})
    @DisplayName("scenarios 15 and 34: what was committed later wins, whatever the clocks say")
    void clocksDontDecide(long wrongMillis) {
        write(a, "f", "first");
        write(a, "g", "first of g");
        stage.settle();
        b.stop();
        b.jump(Duration.ofMillis(wrongMillis));
        write(b, "f", "older edit of b, whose clock is wrong");
        write(a, "f", "newer edit of a");
        write(a, "g", "edited by a alone");
        stage.settle();
        b.start();
        stage.settle();
        assertThat(read(a, "f")).isEqualTo("newer edit of a");
        assertThat(read(a, "g")).isEqualTo("edited by a alone");
        assertThat(tree(a))
                .isEqualTo(tree(b))
                .hasSize(3)
                .containsValue("older edit of b, whose clock is wrong");
        long head = stage.server.row().head();
        b.stop();
        b.start();
        stage.settle();
        assertThat(stage.server.row().head()).isEqualTo(head);
    }

    @Test
    @DisplayName("scenario 18: what was downloaded is still there after a power cut at any moment")
    void powerCutsWhileDownloading() {
        for (int i = 0; i < 25; i++) {
            begin(100 + i);
            write(a, "f", "old content");
            write(a, "g", large(i, 90_000));
            stage.settle();
            write(a, "f", "new content " + i);
            write(a, "g", large(i + 1, 90_000));
            stage.pass(Duration.ofMillis(100));
            stage.steps(200L + 60L * i);
            b.cutPower();
            b.start();
            stage.settle();
            assertThat(read(a, "f")).as("seed %d", 100 + i).isEqualTo("new content " + i);
            assertThat(tree(b)).isEqualTo(tree(a)).hasSize(2);
            assertThat(temporaries(b)).isEmpty();
        }
    }

    @Test
    @DisplayName("scenario 19: a disk that is full during a download, and has room later, gets all")
    void fullDisk() {
        write(a, "d/first", "first");
        stage.settle();
        Faults faults = b.files().faults(SimulatedDevice.ROOT);
        faults.full(true);
        for (int i = 0; i < 20; i++) {
            write(a, "d/e" + i % 3 + "/" + i, "file " + i);
        }
        write(a, "d/first", "first, edited");
        stage.pass(Duration.ofMinutes(1));
        assertThat(read(b, "d/first")).isEqualTo("first");
        assertThat(status(b).problems()).anyMatch(p -> p.text().contains("space"));
        assertThat(status(b).state()).isNotEqualTo(State.CONVERGED);
        b.stop();
        b.start();
        stage.pass(Duration.ofMinutes(1));
        faults.full(false);
        stage.settle();
        assertThat(tree(b)).isEqualTo(tree(a)).hasSize(25);
        assertThat(read(b, "d/first")).isEqualTo("first, edited");
    }

    @Test
    @DisplayName(
            "scenario 21: a file that is deleted while it is sent is there whole or not at all")
    void deletedWhileSent() {
        for (int i = 0; i < 30; i++) {
            begin(200 + i);
            String content = large(i, 150_000);
            write(a, "doomed", content);
            write(a, "other", "other");
            stage.steps(20L * i);
            delete(a, "doomed");
            stage.settle();
            assertThat(tree(b)).as("seed %d", 200 + i).containsOnlyKeys("other");
            assertThat(tree(a)).containsOnlyKeys("other");
            assertThat(trash(b)).allMatch(content::equals);
        }
    }

    @Test
    @DisplayName(
            "scenario 36: what a rename and an edit replace stays until the new can be fetched")
    void renamedAndEditedButNotToBeFetched() {
        write(a, "old name", "old content");
        stage.settle();
        b.files().faults(SimulatedDevice.ROOT).full(true);
        move(a, "old name", "new name");
        write(a, "new name", "new content");
        stage.pass(Duration.ofMinutes(2));
        assertThat(tree(b)).hasSize(1).containsValue("old content");
        b.stop();
        b.start();
        stage.pass(Duration.ofMinutes(2));
        assertThat(tree(b)).hasSize(1).containsValue("old content");
        b.files().faults(SimulatedDevice.ROOT).heal();
        stage.settle();
        assertThat(tree(b)).containsOnlyKeys("new name").containsValue("new content");
        assertThat(trash(b)).contains("old content");
    }

    @Test
    @DisplayName("scenario 37: a rename there that is cut short here at any step deletes nothing")
    void renamesCutShort() {
        for (int i = 0; i < 30; i++) {
            begin(300 + i);
            write(a, "d/f", "content of f");
            write(a, "d/g", "content of g");
            stage.settle();
            move(a, "d/f", "renamed");
            move(a, "d", "e");
            stage.pass(Duration.ofMillis(60));
            stage.steps(15L * i);
            if (i % 2 == 0) {
                b.cutPower();
            } else {
                b.kill();
            }
            b.start();
            stage.settle();
            assertThat(tree(b)).as("seed %d", 300 + i).isEqualTo(tree(a));
            assertThat(tree(a))
                    .containsOnlyKeys("e", "e/g", "renamed")
                    .containsValue("content of f");
            assertThat(status(b).conflicts()).isZero();
        }
    }

    @Test
    @DisplayName(
            "scenario 38: a device that was away neither sends an old version nor an old name"
                    + " again")
    void staleDevice() {
        write(a, "f", "old content");
        stage.settle();
        offline(b);
        move(a, "f", "g");
        write(a, "g", "new content");
        stage.settle();
        b.stop();
        b.start();
        stage.pass(Duration.ofMinutes(1));
        online(b);
        assertThat(tree(a)).containsOnlyKeys("g").containsEntry("g", "new content");
        assertThat(tree(b)).isEqualTo(tree(a));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("scenario 41: a large directory that is removed and made again quickly is there")
    void removedAndMadeAgain(boolean overflow) {
        write(a, "keep", "keep");
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 60; i++) {
                write(a, "d/" + i % 10 + "/" + i, "round " + round);
            }
            stage.steps(3_000);
            if (overflow) {
                a.watcher().orElseThrow().overflow("simulated");
            }
            if (round < 4) {
                delete(a, "d");
                stage.steps(500);
            }
        }
        stage.settle();
        assertThat(tree(a)).hasSize(72).containsEntry("d/3/3", "round 4");
        assertThat(tree(b)).isEqualTo(tree(a));
    }

    @Test
    @DisplayName("scenario 65: a conflict whose renaming the disk refuses loses neither side")
    void refusedRenames() {
        for (int i = 0; i < 20; i++) {
            begin(400 + i);
            write(a, "f", "base");
            stage.settle();
            offline(b);
            write(a, "f", "from a");
            write(b, "f", "from b");
            stage.settle();
            Faults faults = b.files().faults(SimulatedDevice.ROOT);
            b.line().cut(false);
            stage.steps(200);
            faults.failNext(1 + i, i % 2 == 0 ? Faults.Kind.DENIED : Faults.Kind.BROKEN);
            stage.pass(Duration.ofMinutes(10));
            // A marker that can't be read stops the folder, until a person says go on.
            for (int tries = 0; tries < 30 && status(b).state() != State.CONVERGED; tries++) {
                Stage.resume(b);
                stage.settle();
            }
            assertThat(tree(a))
                    .as("seed %d", 400 + i)
                    .hasSize(2)
                    .containsValues("from a", "from b");
            assertThat(tree(b)).as("%s", b.status()).isEqualTo(tree(a));
        }
    }

    @Test
    @DisplayName("scenario 74: a directory that is renamed during a transfer keeps no temporaries")
    void renamedDuringATransfer() {
        for (int i = 0; i < 20; i++) {
            begin(500 + i);
            write(a, "d/known", "known");
            stage.settle();
            write(a, "d/large", large(i, 400_000));
            for (int file = 0; file < 10; file++) {
                write(a, "d/" + file, "file " + file);
            }
            stage.pass(Duration.ofMillis(50));
            stage.steps(100L * i);
            move(i % 2 == 0 ? b : a, "d", "renamed");
            stage.settle();
            assertThat(tree(a)).as("seed %d", 500 + i).hasSize(13).containsKey("renamed/large");
            assertThat(tree(b)).isEqualTo(tree(a));
            assertThat(temporaries(a)).isEmpty();
            assertThat(temporaries(b)).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "scenario 47: a file that is written to all the while is sent once it is left alone")
    void writtenToWhileSent() {
        write(a, "log", large(1, 200_000));
        for (int i = 0; i < 40; i++) {
            a.user().append(path("log"), ("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
            stage.steps(60);
        }
        stage.settle();
        assertThat(tree(b)).isEqualTo(tree(a)).hasSize(1);
        assertThat(read(b, "log")).endsWith("line 39\n");
    }

    @Test
    @DisplayName("scenario 20: a power cut that takes files and state back in turn loses nothing")
    void powerCutsInTurn() {
        var dice = new SplittableRandom(7);
        for (int i = 0; i < 15; i++) {
            begin(600 + i);
            for (int file = 0; file < 6; file++) {
                write(a, "d/" + file, "durable " + file);
                a.user().force(path("d/" + file));
            }
            a.files().sync();
            stage.steps(dice.nextLong(4_000));
            a.cutPower();
            if (i % 3 == 0) {
                a.loseState();
            }
            a.start();
            stage.steps(dice.nextLong(3_000));
            b.cutPower();
            b.start();
            stage.settle();
            assertThat(tree(b)).as("seed %d", 600 + i).isEqualTo(tree(a)).hasSize(7);
        }
    }

    @Test
    @DisplayName("scenario 17, R31: what a power cut damages right after a stop comes back")
    void powerCutsAfterAStop() {
        int damaged = 0;
        for (int i = 0; i < 25; i++) {
            begin(700 + i);
            write(a, "f", large(i, 20_000));
            stage.settle();
            a.user()
                    .writeAt(
                            path("f"),
                            4_000,
                            large(i + 100, 9_000).getBytes(StandardCharsets.UTF_8));
            stage.settle();
            String saved = read(a, "f");
            long head = stage.server.row().head();
            a.stop();
            a.cutPower();
            damaged += read(a, "f").equals(saved) ? 0 : 1;
            a.start();
            stage.settle();
            assertThat(read(a, "f").equals(saved)).as("seed %d", 700 + i).isTrue();
            assertThat(tree(b)).as("seed %d", 700 + i).isEqualTo(tree(a)).hasSize(1);
            assertThat(stage.server.row().head()).as("seed %d", 700 + i).isEqualTo(head);
        }
        assertThat(damaged).isGreaterThan(5);
    }
}
