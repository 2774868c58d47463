package io.syncline.client.ignore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IgnoreFileTest {
    @TempDir Path root;
    private Disk disk;
    private IgnoreFile file;

    @BeforeEach
    void open() {
        disk = Disks.open(root, InstantSource.system(), new Random(1));
        file = new IgnoreFile(disk);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private void put(String path, String text) throws IOException {
        Path target = root.resolve(path);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private static void assertCode(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        SynclineException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aPreviewNamesWhatTheRulesMatchWithoutWritingThem() throws IOException {
        put("a.o", "");
        put("keep.o", "");
        put("build/x", "");
        put("build/deep/y", "");
        put("sub/b.o", "");
        put("sub/c.txt", "");
        put("sub/.synclineignore", "*.txt\n!b.o\n");
        IgnoreFile.Preview preview = file.preview("*.o\n!keep.o\nbuild/\n");
        assertThat(preview.matches())
                .containsExactly(
                        new IgnoreFile.Match(LocalPath.of("a.o"), false),
                        new IgnoreFile.Match(LocalPath.of("build"), true),
                        new IgnoreFile.Match(LocalPath.of("sub", "c.txt"), false));
        assertThat(preview.files()).isEqualTo(2);
        assertThat(preview.directories()).isEqualTo(1);
        assertThat(preview.looked()).isEqualTo(7);
        assertThat(preview.complete()).isTrue();
        assertThat(root.resolve(".synclineignore")).doesNotExist();
    }

    @Test
    void aPreviewAgreesWithTheRulesOnceSaved() throws IOException {
        String rules = "*.log\n/out/\n!important.log\n";
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            String[] parts = {"out", "in", "a", "b"};
            String[] names = {"x.log", "important.log", "y.txt"};
            put(
                    parts[random.nextInt(4)]
                            + "/"
                            + parts[random.nextInt(4)]
                            + i
                            + "/"
                            + names[i % 3],
                    "");
        }
        IgnoreFile.Preview preview = file.preview(rules);
        file.save(rules, "");
        Ignores saved = new Ignores(disk);
        assertThat(preview.matches()).isNotEmpty();
        assertThat(preview.matches())
                .allMatch(match -> saved.isIgnored(match.path(), match.directory()));
        assertThat(file.preview(rules).matches()).isEqualTo(preview.matches());
    }

    @Test
    void aPreviewCountsMoreThanItNames() throws IOException {
        for (int i = 0; i < IgnoreFile.MATCHES_MAX + 5; i++) {
            put("n" + i, "");
        }
        IgnoreFile.Preview preview = file.preview("n*");
        assertThat(preview.matches()).hasSize(IgnoreFile.MATCHES_MAX);
        assertThat(preview.files()).isEqualTo(IgnoreFile.MATCHES_MAX + 5);
    }

    @Test
    @DisplayName("L2 what a save replaces is in the trash")
    void aSaveKeepsWhatItReplaces() throws IOException {
        file.save("one\n", file.rules().version());
        assertThat(root.resolve(".synclineignore")).hasContent("one\n");
        file.save("two\n", file.rules().version());
        assertThat(file.rules().text()).isEqualTo("two\n");
        try (var trashed = Files.walk(root.resolve(".syncline/trash"))) {
            assertThat(trashed.filter(Files::isRegularFile).map(IgnoreFileTest::read))
                    .containsExactly("one\n");
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSaveOverWhatAnotherProgramWroteIsStale() throws IOException {
        IgnoreFile.Rules before = file.rules();
        put(".synclineignore", "theirs\n");
        assertCode(ErrorCode.STALE, () -> file.save("ours\n", before.version()));
        assertThat(root.resolve(".synclineignore")).hasContent("theirs\n");
        assertThat(disk.temporaries()).isEmpty();
    }

    @Test
    void whatIsTooLargeOrNoTextIsRefused() throws IOException {
        String large = "x".repeat(Ignores.MAX_BYTES + 1);
        assertCode(ErrorCode.TOO_LARGE, () -> file.save(large, ""));
        assertCode(ErrorCode.TOO_LARGE, () -> file.preview(large));
        Files.write(root.resolve(".synclineignore"), new byte[] {(byte) 0xff, 'a'});
        assertCode(ErrorCode.INVALID, file::rules);
    }
}
