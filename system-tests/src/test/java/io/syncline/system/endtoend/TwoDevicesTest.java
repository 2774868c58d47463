package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.holds;
import static io.syncline.system.endtoend.Folders.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of change, made on either of two connected devices, appears on the other by push. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TwoDevicesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Deployment deployment;
    private Device a;
    private Device b;

    @BeforeAll
    void start(@TempDir Path directory) {
        deployment = new Deployment(directory);
        a = deployment.device("a");
        b = deployment.device("b");
    }

    @AfterAll
    void stop() {
        deployment.close();
    }

    @AfterEach
    @DisplayName("L6 when edits stop, trees and digests are equal")
    void endsEqual() {
        deployment.awaitEqual(SOON);
    }

    @Test
    void theCommandSaysWhatTheDaemonSays() {
        deployment.awaitEqual(SOON);
        Json said = a.run("status");

        assertThat(said.at("state").text()).isEqualTo("converged");
        assertThat(said.at("digest").text()).isEqualTo(a.status().at("digest").text());
    }

    private void appears(Device device, String path, String text) {
        Await.until(SOON, () -> holds(device.path(path), text), deployment::diagnosis);
    }

    private void vanishes(Device device, String path) {
        Await.until(SOON, () -> !device.exists(path), deployment::diagnosis);
    }

    private Device from(String name) {
        return name.equals("a") ? a : b;
    }

    private Device other(String name) {
        return name.equals("a") ? b : a;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void createdEditedAndDeletedFileFollows(String side) throws IOException {
        String path = side + "-life/deep/er/file.txt";
        write(from(side).path(path), "one");
        appears(other(side), path, "one");
        write(from(side).path(path), "two, longer");
        appears(other(side), path, "two, longer");
        write(other(side).path(path), "three, from the other side");
        appears(from(side), path, "three, from the other side");
        Files.delete(from(side).path(path));
        vanishes(other(side), path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void renamedAndMovedFileFollows(String side) throws IOException {
        write(from(side).path(side + "-mv/x.txt"), "moving");
        write(from(side).path(side + "-mv/sub/y.txt"), "staying");
        appears(other(side), side + "-mv/x.txt", "moving");
        appears(other(side), side + "-mv/sub/y.txt", "staying");
        Files.move(from(side).path(side + "-mv/x.txt"), from(side).path(side + "-mv/renamed.txt"));
        appears(other(side), side + "-mv/renamed.txt", "moving");
        vanishes(other(side), side + "-mv/x.txt");
        Files.move(
                from(side).path(side + "-mv/renamed.txt"),
                from(side).path(side + "-mv/sub/renamed.txt"));
        appears(other(side), side + "-mv/sub/renamed.txt", "moving");
        vanishes(other(side), side + "-mv/renamed.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void movedDirectoryFollowsWithAllThatIsInIt(String side) throws IOException {
        for (int i = 0; i < 20; i++) {
            write(from(side).path(side + "-tree/one/two/f" + i), "file " + i);
        }
        for (int i = 0; i < 20; i++) {
            appears(other(side), side + "-tree/one/two/f" + i, "file " + i);
        }
        Files.createDirectories(from(side).path(side + "-elsewhere"));
        Files.move(from(side).path(side + "-tree/one"), from(side).path(side + "-elsewhere/uno"));
        for (int i = 0; i < 20; i++) {
            appears(other(side), side + "-elsewhere/uno/two/f" + i, "file " + i);
        }
        vanishes(other(side), side + "-tree/one");
        // Scenario 71: a directory that the client itself made isn't deaf.
        write(
                other(side).path(side + "-elsewhere/uno/two/new"),
                "made where the client made the directory");
        appears(
                from(side),
                side + "-elsewhere/uno/two/new",
                "made where the client made the directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void deletedDirectoryFollows(String side) throws IOException {
        for (int i = 0; i < 10; i++) {
            write(from(side).path(side + "-gone/d" + i % 3 + "/f" + i), "file " + i);
        }
        deployment.awaitEqual(SOON);
        for (int i = 0; i < 10; i++) {
            Files.delete(from(side).path(side + "-gone/d" + i % 3 + "/f" + i));
        }
        for (int i = 0; i < 3; i++) {
            Files.delete(from(side).path(side + "-gone/d" + i));
        }
        Files.delete(from(side).path(side + "-gone"));
        vanishes(other(side), side + "-gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void executableBitSymlinkAndEmptyFileFollow(String side) throws IOException {
        write(from(side).path(side + "-kinds/run.sh"), "#!/bin/sh\n");
        write(from(side).path(side + "-kinds/empty"), "");
        Files.createDirectories(from(side).path(side + "-kinds/nothing in here"));
        Files.createSymbolicLink(from(side).path(side + "-kinds/link"), Path.of("run.sh"));
        Files.createSymbolicLink(
                from(side).path(side + "-kinds/outward"), Path.of("/etc/hostname"));
        appears(other(side), side + "-kinds/empty", "");
        Await.until(
                SOON,
                () ->
                        Files.isSymbolicLink(other(side).path(side + "-kinds/outward"))
                                && Files.isSymbolicLink(other(side).path(side + "-kinds/link")),
                deployment::diagnosis);
        appears(other(side), side + "-kinds/run.sh", "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                from(side).path(side + "-kinds/run.sh"),
                PosixFilePermissions.fromString("rwxr-xr-x"));
        Await.until(
                SOON,
                () -> Files.isExecutable(other(side).path(side + "-kinds/run.sh")),
                deployment::diagnosis);
    }

    @Test
    void saveDancesOfEditorsKeepTheFile() throws IOException {
        write(a.path("dance/doc.txt"), "version 1");
        appears(b, "dance/doc.txt", "version 1");
        // Write a temporary and rename it over.
        write(a.path("dance/doc.txt.tmp"), "version 2");
        Files.move(
                a.path("dance/doc.txt.tmp"),
                a.path("dance/doc.txt"),
                StandardCopyOption.REPLACE_EXISTING);
        appears(b, "dance/doc.txt", "version 2");
        // R21: mv f f~; write f.
        Files.move(a.path("dance/doc.txt"), a.path("dance/doc.txt~"));
        write(a.path("dance/doc.txt"), "version 3");
        appears(b, "dance/doc.txt", "version 3");
        appears(b, "dance/doc.txt~", "version 2");
        // Append, twice.
        Files.writeString(a.path("dance/doc.txt"), " and", StandardOpenOption.APPEND);
        Files.writeString(a.path("dance/doc.txt"), " more", StandardOpenOption.APPEND);
        appears(b, "dance/doc.txt", "version 3 and more");
    }

    @Test
    @DisplayName("R20 swapped names arrive swapped")
    void swappedNamesFollow() throws IOException {
        write(a.path("swap/left"), "I was left");
        write(a.path("swap/right"), "I was right");
        appears(b, "swap/right", "I was right");
        appears(b, "swap/left", "I was left");
        Files.move(a.path("swap/left"), a.path("swap/parked"));
        Files.move(a.path("swap/right"), a.path("swap/left"));
        Files.move(a.path("swap/parked"), a.path("swap/right"));
        appears(b, "swap/left", "I was right");
        appears(b, "swap/right", "I was left");
    }

    @Test
    @DisplayName(
            "scenario 26 and 30: names that differ in case only, odd characters, NFC beside NFD,"
                    + " 255 bytes")
    void namesAreKeptExactly() {
        List<String> names =
                List.of(
                        "xt_TCPMSS.h",
                        "xt_tcpmss.h",
                        "trailing dot.",
                        "trailing space ",
                        " leading",
                        "back\\slash",
                        "colon:star*question?",
                        "#hash+plus%41&amp;",
                        "r\u00e9sum\u00e9.txt",
                        "re\u0301sume\u0301.txt",
                        "new\nline",
                        "\ud83d\ude00",
                        "CON",
                        "n".repeat(255),
                        ".hidden",
                        "-rf");
        for (String name : names) {
            write(a.path("names/" + name), "I am " + name);
        }
        for (String name : names) {
            appears(b, "names/" + name, "I am " + name);
        }
    }

    @Test
    @DisplayName("scenario 32: times before 1970 and far ahead are kept")
    void strangeTimesAreKept() throws IOException {
        for (String time :
                List.of(
                        "1969-12-31T23:59:58Z",
                        "1970-01-01T00:00:00Z",
                        "2199-01-01T00:00:00.123456789Z")) {
            Path file = a.path("times/" + time.substring(0, 10));
            write(file, "written " + time);
            Files.setLastModifiedTime(
                    file, java.nio.file.attribute.FileTime.from(java.time.Instant.parse(time)));
        }
        deployment.awaitEqual(SOON);
    }

    @Test
    @DisplayName("scenario 72: a directory becomes a file, and back")
    void kindsChange() throws IOException {
        write(a.path("kind/thing/inner"), "inside");
        appears(b, "kind/thing/inner", "inside");
        Files.delete(a.path("kind/thing/inner"));
        Files.delete(a.path("kind/thing"));
        write(a.path("kind/thing"), "now a file");
        appears(b, "kind/thing", "now a file");
        Files.delete(b.path("kind/thing"));
        write(b.path("kind/thing/again"), "a directory again");
        appears(a, "kind/thing/again", "a directory again");
    }

    @Test
    void ignoredFilesStayWhereTheyAre() {
        write(a.path("ignore/.synclineignore"), "*.log\nbuild/\n!keep.log\n");
        appears(b, "ignore/.synclineignore", "*.log\nbuild/\n!keep.log\n");
        write(a.path("ignore/noise.log"), "not for others");
        write(a.path("ignore/build/out"), "not for others");
        write(a.path("ignore/keep.log"), "for all");
        appears(b, "ignore/keep.log", "for all");
        assertThat(b.exists("ignore/noise.log")).isFalse();
        assertThat(b.exists("ignore/build")).isFalse();
        try {
            Files.delete(a.path("ignore/noise.log"));
            Files.delete(a.path("ignore/build/out"));
            Files.delete(a.path("ignore/build"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("L2 a deleted file waits in the other device's trash")
    void deletedFileIsInTheTrash() throws IOException {
        write(a.path("trash/precious"), "precious bytes");
        appears(b, "trash/precious", "precious bytes");
        Files.delete(a.path("trash/precious"));
        vanishes(b, "trash/precious");
        assertThat(Folders.contentsWithTrash(b.folder.resolve(Folders.OWN)))
                .contains(sha256Of("precious bytes"));
        assertThat(Files.exists(b.path("trash"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    private static String sha256Of(String text) throws IOException {
        Path file = Files.createTempFile("expected", "");
        try {
            Files.writeString(file, text);
            return Folders.sha256(file);
        } finally {
            Files.delete(file);
        }
    }
}
