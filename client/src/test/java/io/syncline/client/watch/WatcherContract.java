package io.syncline.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Watcher} guarantees, for every adapter. */
abstract class WatcherContract {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration LULL = Duration.ofMillis(60);

    @TempDir Path folder;
    Path root;
    private Watcher watcher;

    abstract Watcher open(Path root);

    @BeforeEach
    void openWatcher() throws IOException {
        root = Files.createDirectories(folder.resolve("root"));
        Files.createDirectories(root.resolve("a/b/c"));
        Files.createDirectories(root.resolve("z"));
        Files.createDirectories(root.resolve(".syncline/tmp"));
        watcher = open(root);
    }

    @AfterEach
    void closeWatcher() {
        watcher.close();
    }

    @Test
    void namesTheDirectoriesInWhichSomethingHappened() throws Exception {
        Files.writeString(root.resolve("a/b/f"), "1");
        hear("a/b");
        Files.writeString(root.resolve("top"), "1");
        hear("");
        Files.writeString(root.resolve("a/b/f"), "2", StandardOpenOption.APPEND);
        hear("a/b");
        Files.delete(root.resolve("a/b/f"));
        hear("a/b");
    }

    @Test
    void isQuietWhenNothingHappensOrOnlyInOurOwnDirectory() throws Exception {
        Files.writeString(root.resolve(".syncline/tmp/f"), "1");
        Files.createDirectories(root.resolve(".syncline/trash"));
        assertThat(watcher.next(LULL)).isEqualTo(new WatchEvent.Quiet());
    }

    @Test
    @DisplayName("scenario 71: directories made later are heard of, at every depth")
    void directoriesMadeLaterAreWatched() throws Exception {
        Files.createDirectories(root.resolve("new/deeper/deepest"));
        hear("new/deeper/deepest");
        settle();
        Files.writeString(root.resolve("new/deeper/deepest/f"), "1");
        hear("new/deeper/deepest");
        Files.writeString(root.resolve("new/f"), "1");
        hear("new");
    }

    @Test
    void directoriesMovedInAreWatched() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside/x"));
        Files.createDirectories(outside.resolve("y"));
        Files.move(outside, root.resolve("in"));
        hear("", "in", "in/y");
        settle();
        Files.writeString(root.resolve("in/y/f"), "1");
        hear("in/y");
    }

    @Test
    void watchesFollowRenamedDirectories() throws Exception {
        Files.move(root.resolve("a"), root.resolve("z/renamed"));
        hear("", "z");
        settle();
        Files.writeString(root.resolve("z/renamed/b/c/f"), "1");
        Set<LocalPath> heard = hear("z/renamed/b/c");
        assertThat(heard).doesNotContain(LocalPath.parse("a/b/c"));
        // Its old name is another directory now.
        Files.createDirectories(root.resolve("a/b/c"));
        hear("a/b/c");
        settle();
        Files.writeString(root.resolve("a/b/c/f"), "1");
        hear("a/b/c");
    }

    @Test
    @DisplayName("L2 with a renamed directory all below it are named: something may be new there")
    void allBelowARenamedDirectoryAreNamed() throws Exception {
        Files.move(root.resolve("a"), root.resolve("x"));
        hear("x/b/c");
        settle();
        Files.move(root.resolve("x"), root.resolve("a"));
        hear("a/b/c");
    }

    @Test
    void directoriesMadeAgainAreWatchedAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            Files.delete(root.resolve("a/b/c"));
            Files.delete(root.resolve("a/b"));
            Files.createDirectories(root.resolve("a/b/c"));
        }
        hear("a/b/c");
        settle();
        Files.writeString(root.resolve("a/b/c/f"), "1");
        hear("a/b/c");
    }

    @Test
    void closingFreesAWaitingReader() throws Exception {
        var closer = Thread.ofVirtual().start(() -> watcher.close());
        assertThat(watcher.next(DEADLINE)).isEqualTo(new WatchEvent.Quiet());
        closer.join();
        watcher.close();
    }

    /** Waits until all of these were named; returns all that were. */
    final Set<LocalPath> hear(String... paths) throws InterruptedException {
        List<LocalPath> wanted = Arrays.stream(paths).map(LocalPath::parse).toList();
        var heard = new HashSet<LocalPath>();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!heard.containsAll(wanted)) {
            assertThat(System.nanoTime()).as("heard only %s", heard).isLessThan(end);
            if (watcher.next(Duration.ofSeconds(1))
                    instanceof WatchEvent.Dirty(Set<LocalPath> directories)) {
                heard.addAll(directories);
            }
        }
        return heard;
    }

    /** Waits until nothing more is heard. */
    final void settle() throws InterruptedException {
        while (!(watcher.next(LULL) instanceof WatchEvent.Quiet)) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    final Watcher watcher() {
        return watcher;
    }
}
