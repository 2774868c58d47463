package io.syncline.client.ignore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
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

final class IgnoresTest {
    @TempDir Path root;
    private Disk disk;
    private Ignores ignores;

    @BeforeEach
    void open() {
        disk = Disks.open(root, InstantSource.system(), new Random(1));
        ignores = new Ignores(disk);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void withoutRulesOnlyOurOwnIsIgnored() {
        assertThat(ignored(".syncline", true)).isTrue();
        assertThat(ignored("sub/.syncline", true)).isFalse();
        assertThat(ignored("sub/.syncline-0123456789abcdef.tmp", false)).isTrue();
        assertThat(ignored(".syncline-notes.tmp", false)).isFalse();
        assertThat(ignored(".synclineignore", false)).isFalse();
        assertThat(ignored(".git", true)).isFalse();
        assertThat(ignored("x~", false)).isFalse();
    }

    @Test
    void rulesMeanWhatTheyMeanToGit() throws IOException {
        rules("", "# comment", "*.o", "!keep.o", "/top", "build/", "doc/**/draft", "a?c", "\\#x");
        assertThat(ignored("x.o", false)).isTrue();
        assertThat(ignored("deep/er/x.o", false)).isTrue();
        assertThat(ignored("deep/keep.o", false)).isFalse();
        assertThat(ignored("top", false)).isTrue();
        assertThat(ignored("deep/top", false)).isFalse();
        assertThat(ignored("build", true)).isTrue();
        assertThat(ignored("build", false)).isFalse();
        assertThat(ignored("deep/build/x", false)).isTrue();
        assertThat(ignored("doc/a/b/draft", false)).isTrue();
        assertThat(ignored("doc/draft", false)).isTrue();
        assertThat(ignored("abc", false)).isTrue();
        assertThat(ignored("#x", false)).isTrue();
    }

    @Test
    void deeperFilesWin() throws IOException {
        Files.createDirectories(root.resolve("a/b"));
        rules("", "*.log");
        rules("a", "!b/keep.log", "/only");
        rules("a/b", "*.txt");
        assertThat(ignored("a/b/keep.log", false)).isFalse();
        assertThat(ignored("a/b/x.log", false)).isTrue();
        assertThat(ignored("a/b/x.txt", false)).isTrue();
        assertThat(ignored("a/x.txt", false)).isFalse();
        assertThat(ignored("a/only", false)).isTrue();
        assertThat(ignored("a/b/only", false)).isFalse();
    }

    @Test
    void changedRulesCountAtOnce() throws IOException {
        assertThat(ignores.changed(LocalPath.ROOT)).isFalse();
        rules("", "*.a");
        assertThat(ignores.changed(LocalPath.ROOT)).isTrue();
        assertThat(ignored("x.a", false)).isTrue();
        assertThat(ignores.changed(LocalPath.ROOT)).isFalse();
        rules("", "*.bb");
        assertThat(ignores.changed(LocalPath.ROOT)).isTrue();
        assertThat(ignored("x.a", false)).isFalse();
        Files.delete(root.resolve(Ignores.FILE_NAME));
        assertThat(ignores.changed(LocalPath.ROOT)).isTrue();
        assertThat(ignored("x.bb", false)).isFalse();
        assertThat(ignores.changed(LocalPath.ROOT)).isFalse();
    }

    @Test
    @DisplayName("L9 rules beyond the limit are refused, not half read")
    void rulesBeyondTheLimitAreRefused() throws IOException {
        Files.write(root.resolve(Ignores.FILE_NAME), new byte[Ignores.MAX_BYTES + 1]);
        assertThatThrownBy(() -> ignored("x", false)).isInstanceOf(DiskException.class);
    }

    @Test
    @DisplayName("a rule that makes no sense keeps nobody from scanning, and hides no other rule")
    void rulesThatMakeNoSense() throws IOException {
        rules("", "*.a", "[:alpha6]]", "x[:alpha:]]y/z", "[a", "*.b");
        assertThat(ignored("f.a", false)).isTrue();
        assertThat(ignored("f.b", false)).isTrue();
        assertThat(ignored("f.c", false)).isFalse();
    }

    private boolean ignored(String path, boolean directory) {
        return ignores.isIgnored(LocalPath.parse(path), directory);
    }

    private void rules(String directory, String... lines) throws IOException {
        Files.writeString(
                root.resolve(directory).resolve(Ignores.FILE_NAME), String.join("\n", lines));
    }
}
