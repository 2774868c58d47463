package io.syncline.system.sim;

import static io.syncline.system.sim.Stage.delete;
import static io.syncline.system.sim.Stage.move;
import static io.syncline.system.sim.Stage.read;
import static io.syncline.system.sim.Stage.status;
import static io.syncline.system.sim.Stage.temporaries;
import static io.syncline.system.sim.Stage.tree;
import static io.syncline.system.sim.Stage.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Traits;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Hashes;
import io.syncline.core.wire.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What file systems that take two names for one, or refuse some, must not do to the others. */
class NamesScenariosTest {
    private static final String COMPOSED = "r\u00e9sum\u00e9.txt";
    private static final String DECOMPOSED = "re\u0301sume\u0301.txt";

    @TempDir private Path scratch;
    private Stage stage;
    private SimulatedDevice linux;

    @BeforeEach
    void start() {
        stage = new Stage(25, scratch);
        linux = stage.device("linux");
    }

    private static Traits traits(String of) {
        return switch (of) {
            case "windows" -> Traits.ntfs();
            case "stick" -> Traits.fat32();
            case "mac" -> Traits.apfs();
            case "old mac" -> Traits.hfsPlus();
            default -> throw new IllegalArgumentException(of);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick", "mac", "old mac"})
    @DisplayName("scenario 25: names that differ in case only both survive, also after restarts")
    void caseOnly(String kind) {
        write(linux, "d/TESTFILE.txt", "upper");
        write(linux, "d/testfile.txt", "lower");
        stage.settle();
        SimulatedDevice other = stage.device(kind, traits(kind));
        stage.settle();
        for (int i = 0; i < 2; i++) {
            assertThat(tree(other)).hasSize(3).containsValues("upper", "lower");
            assertThat(tree(linux))
                    .hasSize(3)
                    .containsEntry("d/TESTFILE.txt", "upper")
                    .containsEntry("d/testfile.txt", "lower");
            other.stop();
            other.start();
            stage.settle();
        }
        String lower =
                tree(other).entrySet().stream()
                        .filter(entry -> entry.getValue().equals("lower"))
                        .findFirst()
                        .orElseThrow()
                        .getKey();
        write(other, lower, "lower, edited there");
        stage.settle();
        assertThat(tree(linux))
                .hasSize(3)
                .containsEntry("d/TESTFILE.txt", "upper")
                .containsEntry("d/testfile.txt", "lower, edited there");
        delete(other, lower);
        stage.settle();
        assertThat(tree(linux)).hasSize(2).containsEntry("d/TESTFILE.txt", "upper");
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick", "mac", "old mac"})
    @DisplayName("R30: a file whose name the disk takes for another's is fetched once")
    void aTakenNameIsFetchedOnce(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        write(linux, "TESTFILE.txt", "upper");
        stage.settle();
        var asked = new ArrayList<Hash>();
        other.line()
                .watch(request -> {
                    if (request.path().endsWith("/blocks/read")) {
                        byte[] body = request.body(Limits.JSON_BODY_BYTES_MAX);
                        asked.addAll(Hashes.fromBytes(body, Limits.READ_HASHES_MAX));
                    }
                    return Network.Watch.Sent.NOTHING;
                });

        write(linux, "testfile.txt", "lower");
        stage.settle();

        assertThat(asked).hasSize(1);
        assertThat(tree(other)).hasSize(2).containsValues("upper", "lower");
        assertThat(temporaries(other)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick", "mac", "old mac"})
    @DisplayName("R30: conflict copies whose names a disk takes for one are both made")
    void copiesOfOneName(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        write(linux, "TESTFILE.txt", "upper");
        write(linux, "testfile.txt", "lower");
        stage.settle();
        Map<String, String> before = tree(other);
        other.line().cut(true);
        write(linux, "TESTFILE.txt", "upper, edited here");
        write(linux, "testfile.txt", "lower, edited here");
        before.forEach((name, text) -> write(other, name, text + ", edited there"));
        stage.settle();
        other.line().cut(false);
        stage.settle();

        assertThat(tree(linux))
                .hasSize(4)
                .containsValues(
                        "upper, edited here",
                        "lower, edited here",
                        "upper, edited there",
                        "lower, edited there");
        assertThat(tree(other).values()).containsExactlyInAnyOrderElementsOf(tree(linux).values());
        assertThat(stage.names())
                .allMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("testfile"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "mac", "old mac"})
    @DisplayName(
            "scenario 26: a name changes its case only, on either side, also during a transfer")
    void caseOnlyRename(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        write(linux, "Photos/One.jpg", "one");
        stage.settle();
        move(other, "Photos", "photos");
        stage.settle();
        assertThat(tree(linux)).containsOnlyKeys("photos", "photos/One.jpg");
        move(linux, "photos/One.jpg", "photos/one.JPG");
        stage.settle();
        assertThat(tree(other)).containsOnlyKeys("photos", "photos/one.JPG");
        assertThat(stage.names()).containsExactly("photos", "photos/one.JPG");

        for (int i = 0; i < 40; i++) {
            write(other, "Large/" + i, "content " + i);
        }
        stage.pass(Duration.ofMillis(2_500));
        move(other, "Large", "LARGE");
        stage.settle();
        assertThat(tree(linux)).hasSize(43).containsEntry("LARGE/39", "content 39");
        assertThat(tree(other)).hasSize(43).containsEntry("LARGE/39", "content 39");
        assertThat(stage.names()).hasSize(43);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mac", "old mac"})
    @DisplayName(
            "scenario 27: a composed and a decomposed name are two files, and neither is unseen")
    void normalisation(String kind) {
        SimulatedDevice mac = stage.device(kind, traits(kind));
        write(linux, COMPOSED, "composed");
        write(linux, DECOMPOSED, "decomposed");
        stage.settle();
        assertThat(tree(mac)).hasSize(2).containsValues("composed", "decomposed");
        assertThat(tree(linux))
                .hasSize(2)
                .containsEntry(COMPOSED, "composed")
                .containsEntry(DECOMPOSED, "decomposed");
        mac.stop();
        mac.start();
        stage.settle();
        assertThat(stage.names()).containsExactlyInAnyOrder(COMPOSED, DECOMPOSED);
        write(mac, "caf\u00e9", "made there");
        stage.settle();
        assertThat(tree(linux)).containsEntry("caf\u00e9", "made there").hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mac", "old mac"})
    @DisplayName("scenario 28: nobody's names are normalised on the server or on other devices")
    void namesAreNotNormalised(String kind) {
        write(linux, "dir " + DECOMPOSED + "/" + DECOMPOSED, "one");
        write(linux, COMPOSED, "two");
        stage.settle();
        long head = stage.server.row().head();
        SimulatedDevice mac = stage.device(kind, traits(kind));
        stage.settle();
        mac.stop();
        mac.start();
        stage.settle();
        assertThat(stage.server.row().head()).isEqualTo(head);
        assertThat(tree(linux))
                .containsOnlyKeys(
                        "dir " + DECOMPOSED, "dir " + DECOMPOSED + "/" + DECOMPOSED, COMPOSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mac", "old mac"})
    @DisplayName("scenario 29: conflicts of a composed and a decomposed name don't breed")
    void conflictsOfBothForms(String kind) {
        SimulatedDevice mac = stage.device(kind, traits(kind));
        stage.settle();
        mac.line().cut(true);
        mac.disconnect();
        write(linux, COMPOSED, "composed, here");
        write(linux, DECOMPOSED, "decomposed, here");
        write(mac, COMPOSED, "there");
        stage.settle();
        mac.line().cut(false);
        stage.settle();
        int count = tree(linux).size();
        assertThat(tree(linux))
                .hasSize(3)
                .containsValues("composed, here", "decomposed, here", "there");
        assertThat(tree(mac).values()).containsExactlyInAnyOrderElementsOf(tree(linux).values());
        for (int i = 0; i < 5; i++) {
            mac.stop();
            mac.start();
            stage.settle();
        }
        assertThat(tree(linux)).hasSize(count);
        assertThat(tree(mac)).hasSize(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick"})
    @DisplayName("scenario 30: names that Windows can't have are there, and go back as they were")
    void windowsNames(String kind) {
        SimulatedDevice windows = stage.device(kind, traits(kind));
        List<String> names =
                List.of(
                        "trailing dot.",
                        "trailing space ",
                        "a:b.txt",
                        "what?",
                        "star*",
                        "<less>",
                        "\"quoted\"",
                        "pipe|",
                        "back\\slash",
                        "con",
                        "NUL.txt",
                        "#hash+plus%41",
                        "com1/aux.h",
                        "tab\there",
                        "d:".repeat(127));
        for (String name : names) {
            write(linux, name, "I am " + name);
        }
        stage.settle();
        long head = stage.server.row().head();
        assertThat(tree(windows)).hasSize(names.size() + 1);
        for (String name : names) {
            assertThat(tree(windows)).containsValue("I am " + name);
        }
        windows.stop();
        windows.start();
        stage.settle();
        assertThat(stage.server.row().head()).isEqualTo(head);
        for (var entry : tree(windows).entrySet()) {
            if (!entry.getValue().equals("/")) {
                write(windows, entry.getKey(), entry.getValue() + ", edited there");
            }
        }
        stage.settle();
        for (String name : names) {
            assertThat(read(linux, name)).isEqualTo("I am " + name + ", edited there");
        }
        assertThat(tree(linux)).hasSize(names.size() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick"})
    @DisplayName("scenario 31: a *.lnk is a file, and a symlink survives a device without symlinks")
    void linksOnWindows(String kind) {
        SimulatedDevice windows = stage.device(kind, traits(kind));
        write(windows, "shortcut.lnk", "L\0\0\0 shell link");
        write(linux, "target", "target");
        linux.user().symlink(Stage.path("link"), "target".getBytes(StandardCharsets.UTF_8));
        stage.settle();
        assertThat(read(linux, "shortcut.lnk")).isEqualTo("L\0\0\0 shell link");
        assertThat(tree(linux)).containsOnlyKeys("shortcut.lnk", "target", "link");
        assertThat(tree(windows)).containsOnlyKeys("shortcut.lnk", "target");
        assertThat(status(windows).problems()).anyMatch(p -> p.path().equals("link"));
        windows.stop();
        windows.start();
        write(windows, "target", "edited");
        stage.settle();
        assertThat(tree(linux)).containsOnlyKeys("shortcut.lnk", "target", "link");
        assertThat(tree(linux).get("link")).startsWith("-> ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick"})
    @DisplayName("scenario 76: a name that is too long for others is told of, and deletes nothing")
    void namesTooLongForOthers(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        write(other, "d/known", "known");
        stage.settle();
        write(other, "d/" + "\u4e2d".repeat(100), "a hundred characters, three hundred bytes");
        write(other, "d/after", "after");
        stage.settle();
        assertThat(tree(linux)).containsOnlyKeys("d", "d/known", "d/after");
        assertThat(status(other).problems()).anyMatch(p -> p.text().contains("255 bytes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick"})
    @DisplayName("R44: a link that a disk can't have is moved and deleted there as well")
    void linksThatADiskCannotHave(String kind) {
        linux.user().symlink(LocalPath.parse("moved"), bytes("nowhere"));
        linux.user().symlink(LocalPath.parse("replaced"), bytes("nowhere"));
        linux.user().symlink(LocalPath.parse("deleted"), bytes("nowhere"));
        write(linux, "file", "text");
        stage.settle();
        SimulatedDevice other = stage.device(kind, traits(kind));
        stage.settle();
        move(linux, "moved", "elsewhere");
        move(linux, "file", "replaced");
        delete(linux, "deleted");

        stage.settle();

        assertThat(status(other).pending()).isZero();
        assertThat(tree(other)).isEqualTo(Map.of("replaced", "text"));
        assertThat(linux.tree()).containsOnlyKeys("elsewhere", "replaced");
    }

    @Test
    @DisplayName("R44: a link that a disk can't have is told of, also after a restart")
    void aLinkThatADiskCannotHaveIsTold() {
        linux.user().symlink(LocalPath.parse("link"), bytes("nowhere"));
        stage.settle();
        SimulatedDevice other = stage.device("stick", traits("stick"));
        for (int i = 0; i < 3; i++) {
            stage.settle();
            assertThat(status(other).problems())
                    .anySatisfy(problem -> {
                        assertThat(problem.path()).isEqualTo("link");
                        assertThat(problem.todo()).isNotEmpty();
                    });
            assertThat(status(other).state()).isEqualTo(State.CONVERGED);
            other.stop();
            other.start();
        }
        stage.settle();

        delete(linux, "link");
        stage.settle();

        assertThat(status(other).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "stick"})
    @DisplayName("R30, R44: such a link is told of once, by its name elsewhere, until it is gone")
    void aLinkWhoseNameADiskCannotHaveEither(String kind) {
        linux.user().symlink(LocalPath.parse("b."), bytes("nowhere"));
        stage.settle();
        SimulatedDevice other = stage.device(kind, traits(kind));
        stage.settle();
        assertThat(problems(other)).containsExactly("b.");

        move(linux, "b.", "x:y");
        stage.settle();
        assertThat(problems(other)).containsExactly("x:y");

        delete(linux, "x:y");
        stage.settle();
        assertThat(problems(other)).isEmpty();
    }

    private static List<String> problems(SimulatedDevice of) {
        return status(of).problems().stream().map(FolderStatus.Problem::path).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
