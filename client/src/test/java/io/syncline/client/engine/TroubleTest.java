package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.wire.WantedPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of trouble is told, with what to do, for as long as it lasts; and damage is healed.
 */
class TroubleTest {
    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private SimulatedFolder a;
    private SimulatedFolder b;

    @BeforeEach
    void link() throws IOException {
        a = folder("a", 1, false);
        b = folder("b", 2, false);
    }

    private SimulatedFolder folder(String name, long seed, boolean readOnly) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        return new SimulatedFolder(root, server, name, new Random(seed), readOnly);
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

    /** Runs for some seconds, for a folder that never converges. */
    private static void runOn(SimulatedFolder folder) {
        for (int i = 0; i < 10; i++) {
            folder.pass(1_000);
            while (folder.step()) {}
        }
    }

    private static FolderStatus.Problem problem(SimulatedFolder folder, String path) {
        return folder.status().problems().stream()
                .filter(problem -> problem.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(folder.status().problems().toString()));
    }

    private static FolderStatus.Note note(SimulatedFolder folder, String part) {
        return folder.status().notes().stream()
                .filter(note -> note.text().contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError(folder.status().notes().toString()));
    }

    private void stopped(SimulatedFolder folder, String reason, String todo) {
        EngineStatus status = folder.status();
        assertThat(status.state()).isEqualTo(State.STOPPED);
        assertThat(status.reason().orElseThrow()).contains(reason);
        assertThat(status.todo().orElseThrow()).contains(todo);
        assertThat(note(folder, "stopped: ").todo()).isEqualTo(status.todo().orElseThrow());
    }

    // Faults of the disk.

    @Test
    @DisplayName("R27 a marker that can't be read stops nothing for good, and deletes nothing")
    void aMarkerThatCantBeRead() throws IOException {
        edit(a, "kept", "x");
        settle();
        b.restart();
        b.failMarker(3);
        runOn(b);
        assertThat(b.status().state()).isNotEqualTo(State.STOPPED);
        edit(a, "more", "y");
        settle();
        assertThat(b.root.resolve("kept")).hasContent("x");
        assertThat(b.root.resolve("more")).hasContent("y");
        assertThat(b.status().problems()).isEmpty();

        // For as long as it lasts it is told, and nothing is done.
        b.restart();
        b.failMarker(Integer.MAX_VALUE);
        edit(a, "later", "z");
        runOn(b);
        assertThat(problem(b, ".syncline/replica").todo()).contains("look after the disk");
        assertThat(b.root.resolve("later")).doesNotExist();
        b.failMarker(0);
        runOn(b);
        settle();
        assertThat(b.root.resolve("later")).hasContent("z");
        assertThat(b.status().problems()).isEmpty();
    }

    // Stops.

    @Test
    @DisplayName("R28 a brake says how to go on and how not to")
    void aMassDelete() throws IOException {
        for (int i = 0; i < 1_500; i++) {
            a.write("f" + i, "x");
        }
        a.touched();
        a.settle();
        for (int i = 0; i < 1_400; i++) {
            Files.delete(a.root.resolve("f" + i));
        }
        a.touched();
        a.settle();
        stopped(a, "1400 of 1500", "'syncline confirm'");
        a.tell(new Event.Reject());
        a.settle();
        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(note(a, "rejected: ").text()).contains("1400 of 1500");
    }

    @Test
    @DisplayName("a lost marker says how it is put back")
    void aLostMarker() throws IOException {
        edit(a, "f", "x");
        Files.delete(a.root.resolve(".syncline/replica"));
        a.touched();
        a.settle();
        stopped(a, "marker", "'syncline doctor --fix'");
        assertThat(a.root.resolve("f")).exists();
    }

    @Test
    @DisplayName("R29 a revoked device is told that nothing was deleted")
    void aRevokedDevice() {
        edit(a, "f", "x");
        server.revoke(a.device);
        a.tell(new Event.SyncNow());
        a.settle();
        stopped(a, "", "nothing was deleted here");
    }

    @Test
    void aPauseSaysHowItEnds() {
        a.tell(new Event.Pause());
        a.settle();
        assertThat(a.status().todo().orElseThrow()).contains("'syncline resume'");
    }

    // What holds single paths back.

    @Test
    @DisplayName("R29 what is changed, new or deleted on a read-only replica is told, until undone")
    void localEditsOfAReader() throws IOException {
        edit(a, "f", "x");
        edit(a, "g", "y");
        try (SimulatedFolder reader = folder("reader", 3, true)) {
            reader.settle();
            reader.write("f", "mine");
            reader.write("new", "mine");
            Files.delete(reader.root.resolve("g"));
            reader.touched();
            runOn(reader);
            for (String path : List.of("f", "new")) {
                assertThat(problem(reader, path).text()).contains("read-only");
                assertThat(problem(reader, path).todo()).contains("'editor'");
            }
            assertThat(reader.status().problems()).hasSize(3);

            Files.delete(reader.root.resolve("new"));
            reader.touched();
            runOn(reader);
            assertThat(reader.status().problems()).hasSize(2);
        }
    }

    @Test
    @DisplayName("what can't be synced is told until it is gone")
    void aPipe() throws Exception {
        Process made =
                new ProcessBuilder("mkfifo", a.root.resolve("pipe").toString()).inheritIO().start();
        assertThat(made.waitFor()).isZero();
        a.withPartialScans();
        a.settle();
        assertThat(problem(a, "pipe").todo()).contains(".synclineignore");
        Files.delete(a.root.resolve("pipe"));
        a.touched(a.root.resolve("pipe"));
        a.settle();
        assertThat(a.status().problems()).isEmpty();
    }

    // What happened.

    @Test
    void aConflict() {
        edit(a, "f", "base");
        settle();
        a.write("f", "from a");
        b.write("f", "from b");
        a.touched();
        b.touched();
        settle();
        SimulatedFolder second = a.status().conflicts().isEmpty() ? b : a;
        assertThat(note(second, "was changed here and elsewhere").todo())
                .contains("'syncline conflicts'");
    }

    @Test
    @DisplayName("scenario 9: a server that came back from a backup is told of, with what was kept")
    void aRestoredServer() {
        edit(a, "f", "one");
        settle();
        var backup = server.backUp();
        edit(a, "lost", "only a has it");
        settle();
        server.restore(backup);
        settle();
        assertThat(note(a, "history was replaced").text()).isNotEmpty();
        assertThat(note(a, "1 files and directories").text()).contains("lacks");

        a.crash();
        a.settle();
        assertThat(note(a, "1 files and directories").text()).contains("lacks");
    }

    @Test
    @DisplayName("R18 a directory that stays because of ignored files is told of")
    void aHusk() throws IOException {
        a.withPartialScans();
        b.withPartialScans();
        edit(a, ".synclineignore", "*.o\n");
        edit(a, "d/f.c", "source");
        settle();
        b.write("d/f.o", "object");
        Files.delete(a.root.resolve("d/f.c"));
        Files.delete(a.root.resolve("d"));
        a.touched();
        settle();
        assertThat(b.root.resolve("d/f.o")).exists();
        assertThat(note(b, "d was deleted elsewhere and stays here").todo()).isNotEmpty();
    }

    @Test
    void anOverflowOfTheWatcher() {
        a.tell(new Event.Overflow("too much at once"));
        a.settle();
        a.tell(new Event.Overflow("too much at once"));
        a.settle();
        assertThat(a.status().notes()).hasSize(1);
        assertThat(note(a, "too much at once").text()).contains("scanned");
    }

    @Test
    @DisplayName("R31 a power cut is told of")
    void aPowerCut() {
        edit(a, "f", "one");
        a.powerCut(a.now);
        a.settle();
        assertThat(note(a, "power cut").text()).contains("checked");
    }

    @Test
    @DisplayName("of many notes the newest 50 stay")
    void manyNotes() {
        for (int i = 0; i < 80; i++) {
            a.tell(new Event.Noted("note " + i, ""));
        }
        a.settle();
        assertThat(a.status().notes()).hasSize(Notes.NOTES_MAX);
        assertThat(a.status().notes().getLast().text()).isEqualTo("note 79");
    }

    // Damage on the server.

    private static WantedPage wanted(boolean complete, Node... nodes) {
        List<WantedPage.File> files =
                java.util.Arrays.stream(nodes)
                        .map(node ->
                                new WantedPage.File(
                                        node.id(), 0, node.item().content().orElseThrow().hash()))
                        .toList();
        return new WantedPage(nodes.length, complete, files, Optional.empty());
    }

    private static Hash hash(String text) {
        return Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private Node node(String path) {
        return Objects.requireNonNull(server.paths().get(path));
    }

    @Test
    @DisplayName("R25 what B can't fetch A sends again when told, and B goes on by itself")
    void damageIsHealedByAnotherDevice() {
        edit(a, "f", "precious");
        server.blocks().remove(hash("precious"));
        runOn(b);
        assertThat(problem(b, "f").text()).isEqualTo("the server lacks some of its content");
        assertThat(problem(b, "f").todo()).contains("another device");

        server.want(wanted(true, node("f")));
        runOn(a);
        assertThat(server.blocks().holds(hash("precious"))).isTrue();
        assertThat(note(a, "sent the server a file again").text()).isNotEmpty();

        server.want(WantedPage.NOTHING);
        settle();
        assertThat(b.tree()).containsEntry("f", "precious");
        assertThat(b.status().problems()).isEmpty();
    }

    @Test
    @DisplayName("L9 what B couldn't fetch is no problem once it is deleted")
    void whatIsDeletedIsNoProblem() throws IOException {
        edit(a, "f", "precious");
        server.blocks().remove(hash("precious"));
        runOn(b);
        assertThat(problem(b, "f").text()).isEqualTo("the server lacks some of its content");

        Files.delete(a.root.resolve("f"));
        a.touched();
        settle();
        assertThat(b.status().problems()).isEmpty();
    }

    @Test
    @DisplayName("L9 nor is it for a reader that holds something else back for good")
    void whatIsDeletedIsNoProblemForAReader() throws IOException {
        try (SimulatedFolder reader = folder("reader", 3, true)) {
            reader.write("mine", "not sent");
            edit(a, "f", "precious");
            server.blocks().remove(hash("precious"));
            runOn(reader);
            assertThat(problem(reader, "f").text())
                    .isEqualTo("the server lacks some of its content");

            Files.delete(a.root.resolve("f"));
            a.touched();
            runOn(a);
            runOn(reader);

            assertThat(reader.status().problems())
                    .extracting(FolderStatus.Problem::path)
                    .containsExactly("mine");
        }
    }

    @Test
    @DisplayName("R25 only what is here as the server knows it is sent again")
    void onlyWhatIsAgreedIsSent() {
        edit(a, "f", "agreed");
        edit(a, "g", "other");
        settle();
        server.blocks().remove(hash("agreed"));
        a.write("f", "edited, unseen");
        server.want(
                new WantedPage(
                        2,
                        true,
                        List.of(
                                new WantedPage.File(node("f").id(), 0, hash("agreed")),
                                new WantedPage.File(node("g").id(), 0, hash("agreed"))),
                        Optional.empty()));
        runOn(a);
        assertThat(server.blocks().holds(hash("agreed"))).isFalse();
        settle();
        assertThat(b.tree()).containsEntry("f", "edited, unseen");
    }

    @Test
    @DisplayName("R25 R29 a reader asks for nothing and sends nothing again")
    void aReaderSendsNothing() throws IOException {
        edit(a, "f", "precious");
        try (SimulatedFolder reader = folder("reader", 3, true)) {
            reader.settle();
            server.blocks().remove(hash("precious"));
            server.want(wanted(true, node("f")));
            runOn(reader);
            assertThat(server.blocks().holds(hash("precious"))).isFalse();
            assertThat(reader.state()).isEqualTo(State.CONVERGED);
        }
    }
}
