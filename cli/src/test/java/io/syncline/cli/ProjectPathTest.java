package io.syncline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a path is one of the disk, and which one of the project it is then. */
final class ProjectPathTest {
    @TempDir private Path temporary;
    private Path real = Path.of("");
    private Path root = Path.of("");

    @BeforeEach
    void make() throws IOException {
        real = temporary.toRealPath();
        root = Files.createDirectories(real.resolve("sync"));
        Files.createDirectories(root.resolve("a/b"));
    }

    @ParameterizedTest
    @CsvSource({"a/b,a/b", "a,a", "a/none/x,a/none/x", "a/../c,c", "./a/,a"})
    void absolutePathInsideIsTheProjects(String below, String path) {
        assertThat(ProjectPath.inside(root, real, root + "/" + below)).contains(path);
    }

    @Test
    void theFolderItselfIsTheRoot() {
        assertThat(ProjectPath.inside(root, real, root.toString())).contains("");
        assertThat(ProjectPath.inside(root, root, ".")).contains("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b", "/", "/elsewhere/x"})
    void absolutePathOutsideIsNotOfTheDisk(String path) {
        assertThat(ProjectPath.inside(root, root, path)).isEmpty();
    }

    @Test
    void siblingThatBeginsAlikeIsOutside() {
        assertThat(ProjectPath.inside(root, real, root + "2/a")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"x.txt,a/x.txt", "b,a/b", "../c,c", "..,''"})
    void relativePathCountsFromTheCurrentDirectory(String given, String path) {
        assertThat(ProjectPath.inside(root, root.resolve("a"), given)).contains(path);
    }

    @Test
    void relativePathElsewhereIsTheProjects() {
        assertThat(ProjectPath.inside(root, real, "a/b")).isEmpty();
        assertThat(ProjectPath.inside(root, real, "sync/a")).isEmpty();
        assertThat(ProjectPath.inside(root, root, "")).isEmpty();
    }

    @Test
    void relativePathThatLeadsOutIsRefused() {
        assertThatThrownBy(() -> ProjectPath.inside(root, root.resolve("a"), "../../x"))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("outside of the synced folder");
    }

    @Test
    void whatTheDiskCannotHaveIsTheProjects() {
        assertThat(ProjectPath.inside(root, real, "a\0b")).isEmpty();
    }

    @Test
    @DisplayName("a symlink that leads into the folder is followed, one inside it is a node")
    void symlinksAreFollowedOnTheWayIn() throws IOException {
        Path way = Files.createSymbolicLink(real.resolve("way"), root);
        assertThat(ProjectPath.inside(root, real, way + "/a/gone.txt")).contains("a/gone.txt");
        Files.createSymbolicLink(root.resolve("out"), real);
        assertThat(ProjectPath.inside(root, real, root + "/out")).contains("out");
    }

    @Test
    @DisplayName("R30 a name that the disk spells otherwise is the exact one")
    void mappedNamesAreReadBack() {
        assertThat(ProjectPath.inside(root, real, root + "/a%3Ab~fnb4o3.txt")).contains("a:b.txt");
    }

    @ParameterizedTest
    @CsvSource({"/a/,a", "a,a", "//a/b//,a/b", "/,''"})
    void slashesAroundDoNotCount(String given, String plain) {
        assertThat(ProjectPath.plain(given)).isEqualTo(plain);
    }
}
