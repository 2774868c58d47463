package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.holds;
import static io.syncline.system.endtoend.Folders.write;
import static io.syncline.system.endtoend.Folders.writeAlike;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both devices change things while they can't see each other; what then becomes of it, row by row
 * of the design's table.
 */
final class OfflineTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private Deployment deployment;
    private Device a;
    private Device b;

    @BeforeEach
    void start(@TempDir Path directory) {
        deployment = new Deployment(directory);
        a = deployment.device("a");
        b = deployment.device("b");
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    /**
     * Lets both start from {@code before}, change things while they are stopped, a's start first,
     * and meet again.
     */
    private void meet(Runnable before, Consumer<Device> onA, Consumer<Device> onB) {
        before.run();
        deployment.awaitEqual(SOON);
        a.stop();
        b.stop();
        onA.accept(a);
        onB.accept(b);
        a.start();
        Await.until(
                SOON,
                () -> a.status().at("state").text().equals("converged"),
                deployment::diagnosis);
        b.start();
        deployment.awaitEqual(SOON);
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.move(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The texts of all files of the device's folder. */
    private static Set<String> texts(Device device) {
        TreeSet<String> texts = new TreeSet<>();
        for (String path : Folders.describe(device.folder).keySet()) {
            if (Files.isRegularFile(device.path(path))) {
                texts.add(Folders.read(device.path(path)));
            }
        }
        return texts;
    }

    @Test
    void rowsOfTheTableInOneMeeting() {
        List<String> cases =
                List.of(
                        "edit-edit",
                        "edit-same",
                        "edit-delete",
                        "delete-edit",
                        "delete-delete",
                        "move-edit",
                        "edit-move",
                        "move-delete",
                        "delete-move",
                        "move-move",
                        "edit-none",
                        "none-edit",
                        "delete-none",
                        "none-delete");
        meet(
                () -> cases.forEach(c -> write(a.path(c), c + " base")),
                on -> {
                    write(on.path("edit-edit"), "edit-edit by a");
                    writeAlike(on.path("edit-same"), "the same new bytes");
                    write(on.path("edit-delete"), "edit-delete by a");
                    delete(on.path("delete-edit"));
                    delete(on.path("delete-delete"));
                    move(on.path("move-edit"), on.path("moved/move-edit"));
                    write(on.path("edit-move"), "edit-move by a");
                    move(on.path("move-delete"), on.path("moved/move-delete"));
                    delete(on.path("delete-move"));
                    move(on.path("move-move"), on.path("moved/by a"));
                    write(on.path("edit-none"), "edit-none by a");
                    delete(on.path("delete-none"));
                    write(on.path("new-here/only"), "new on a");
                    write(on.path("both-new"), "new on both, a's");
                    writeAlike(on.path("both-equal"), "new on both, equal");
                    write(on.path("both-dirs/a"), "from a");
                },
                on -> {
                    write(on.path("edit-edit"), "edit-edit by b");
                    writeAlike(on.path("edit-same"), "the same new bytes");
                    delete(on.path("edit-delete"));
                    write(on.path("delete-edit"), "delete-edit by b");
                    delete(on.path("delete-delete"));
                    write(on.path("move-edit"), "move-edit by b");
                    move(on.path("edit-move"), on.path("moved/edit-move"));
                    delete(on.path("move-delete"));
                    move(on.path("delete-move"), on.path("moved/delete-move"));
                    move(on.path("move-move"), on.path("moved/by b"));
                    write(on.path("none-edit"), "none-edit by b");
                    delete(on.path("none-delete"));
                    write(on.path("both-new"), "new on both, b's");
                    writeAlike(on.path("both-equal"), "new on both, equal");
                    write(on.path("both-dirs/b"), "from b");
                });

        Set<String> texts = texts(a);
        assertThat(holds(a.path("edit-edit"), "edit-edit by a")).isTrue();
        assertThat(texts).contains("edit-edit by b");
        assertThat(holds(a.path("edit-same"), "the same new bytes")).isTrue();
        assertThat(holds(a.path("edit-delete"), "edit-delete by a")).isTrue();
        assertThat(holds(a.path("delete-edit"), "delete-edit by b")).isTrue();
        assertThat(a.exists("delete-delete")).isFalse();
        assertThat(holds(a.path("moved/move-edit"), "move-edit by b")).isTrue();
        assertThat(holds(a.path("moved/edit-move"), "edit-move by a")).isTrue();
        assertThat(holds(a.path("moved/move-delete"), "move-delete base")).isTrue();
        assertThat(holds(a.path("moved/delete-move"), "delete-move base")).isTrue();
        assertThat(holds(a.path("moved/by a"), "move-move base")).isTrue();
        assertThat(a.exists("moved/by b")).isFalse();
        assertThat(holds(a.path("edit-none"), "edit-none by a")).isTrue();
        assertThat(holds(a.path("none-edit"), "none-edit by b")).isTrue();
        assertThat(a.exists("delete-none")).isFalse();
        assertThat(a.exists("none-delete")).isFalse();
        assertThat(holds(a.path("new-here/only"), "new on a")).isTrue();
        assertThat(holds(a.path("both-new"), "new on both, a's")).isTrue();
        assertThat(texts).contains("new on both, b's");
        assertThat(holds(a.path("both-equal"), "new on both, equal")).isTrue();
        assertThat(holds(a.path("both-dirs/a"), "from a")).isTrue();
        assertThat(holds(a.path("both-dirs/b"), "from b")).isTrue();
        // Exactly two conflict copies: nothing else was doubled.
        assertThat(Folders.describe(a.folder).keySet().stream().filter(p -> p.contains("conflict")))
                .hasSize(2);
        // Listed where the edits were made that came second.
        assertThat(b.status().at("conflicts").number()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "scenario 40: a directory deleted there that holds something new here comes back with"
                    + " it")
    void deletedDirectoryWithNewChild() {
        meet(
                () -> {
                    write(a.path("stays"), "so that the folder isn't emptied");
                    write(a.path("dir/old"), "old");
                    write(a.path("dir/sub/old"), "old below");
                },
                on -> {
                    delete(on.path("dir/sub/old"));
                    delete(on.path("dir/sub"));
                    delete(on.path("dir/old"));
                    delete(on.path("dir"));
                },
                on -> write(on.path("dir/sub/new"), "new"));
        assertThat(holds(a.path("dir/sub/new"), "new")).isTrue();
        assertThat(a.exists("dir/old")).isFalse();
        assertThat(a.exists("dir/sub/old")).isFalse();
    }

    @Test
    @DisplayName("scenario 39: directories moved into each other make no cycle and lose nothing")
    void directoriesMovedIntoEachOther() {
        meet(
                () -> {
                    write(a.path("x/in x"), "in x");
                    write(a.path("y/in y"), "in y");
                },
                on -> move(on.path("x"), on.path("y/x")),
                on -> move(on.path("y"), on.path("x/y")));
        assertThat(texts(a)).containsExactlyInAnyOrder("in x", "in y");
        assertThat(holds(a.path("y/x/in x"), "in x")).isTrue();
    }

    @Test
    @DisplayName("R17 a directory moved here and deleted there keeps its files")
    void movedDirectoryAgainstDeletedSubtree() {
        meet(
                () -> {
                    write(a.path("stays"), "so that the folder isn't emptied");
                    write(a.path("d/one"), "one");
                    write(a.path("d/deep/two"), "two");
                },
                on -> move(on.path("d"), on.path("kept/d")),
                on -> {
                    delete(on.path("d/deep/two"));
                    delete(on.path("d/deep"));
                    delete(on.path("d/one"));
                    delete(on.path("d"));
                });
        assertThat(holds(a.path("kept/d/one"), "one")).isTrue();
        assertThat(holds(a.path("kept/d/deep/two"), "two")).isTrue();
    }

    @Test
    @DisplayName(
            "scenario 6 and 16: two populated folders are merged at the first meeting, and nothing"
                    + " is lost")
    void populatedFoldersMerge(@TempDir Path directory) {
        writeAlike(a.path("common/equal"), "equal");
        write(a.path("common/differs"), "a's");
        deployment.awaitEqual(SOON);
        Device c = deployment.newDevice("c");
        writeAlike(c.path("common/equal"), "equal");
        write(c.path("common/differs"), "c's");
        write(c.path("own"), "only c has it");
        c.join(deployment.joinLink());
        deployment.awaitEqual(SOON);
        assertThat(texts(b)).contains("equal", "a's", "c's", "only c has it");
        assertThat(holds(b.path("common/differs"), "a's")).isTrue();
    }

    @Test
    @DisplayName("R38 conflict copies never nest")
    void conflictOnAConflictCopy() {
        meet(
                () -> write(a.path("doc.txt"), "base"),
                on -> write(on.path("doc.txt"), "a1"),
                on -> write(on.path("doc.txt"), "b1"));
        String copy =
                Folders.describe(a.folder).keySet().stream()
                        .filter(path -> !path.equals("doc.txt"))
                        .findFirst()
                        .orElseThrow();
        meet(() -> {}, on -> write(on.path(copy), "a2"), on -> write(on.path(copy), "b2"));
        assertThat(texts(a)).containsExactlyInAnyOrder("a1", "a2", "b2");
        assertThat(Folders.describe(a.folder).keySet())
                .allMatch(path -> path.indexOf("conflict") == path.lastIndexOf("conflict"));
    }
}
