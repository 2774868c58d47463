package io.syncline.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
final class InotifyWatcherTest extends WatcherContract {
    @Override
    Watcher open(Path root) {
        return InotifyWatcher.open(root, Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("scenario 60: exhausted watches are told, with what to do")
    void exhaustedWatchesAreTold() throws Exception {
        try (Watcher few = InotifyWatcher.open(root, 2)) {
            assertThat(few.next(Duration.ofSeconds(5)))
                    .isInstanceOfSatisfying(
                            WatchEvent.Limited.class,
                            limited -> {
                                assertThat(limited.watched()).isEqualTo(2);
                                assertThat(limited.advice())
                                        .contains("fs.inotify.max_user_watches");
                            });
            // What is watched goes on being heard.
            Files.writeString(root.resolve("f"), "1");
            assertThat(few.next(Duration.ofSeconds(5))).isInstanceOf(WatchEvent.Dirty.class);
        }
    }

    @Test
    @DisplayName("scenario 61: after a burst, overflow or not, nobody is deaf")
    void aBurstLeavesNobodyDeaf() throws Exception {
        int burst = 3_000;
        for (int i = 0; i < burst; i++) {
            Files.createDirectory(root.resolve("d" + i));
        }
        settle();
        for (int i = 0; i < burst; i += 499) {
            Files.writeString(root.resolve("d" + i + "/f"), "1");
            hear("d" + i);
        }
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("link"), outside);
        hear("");
        settle();
        Files.writeString(outside.resolve("f"), "1");
        assertThat(watcher().next(Duration.ofMillis(60))).isEqualTo(new WatchEvent.Quiet());
    }

    @Test
    void exchangedDirectoriesKeepTheirWatches() throws Exception {
        try (Disk disk = Disks.open(root, InstantSource.system(), new Random(1))) {
            Files.createDirectories(root.resolve("z/y"));
            hear("z/y");
            settle();
            var a = LocalPath.of("a");
            var z = LocalPath.of("z");
            assertThat(disk.exchange(a, disk.stat(a).orThrow(a), z, disk.stat(z).orThrow(z)))
                    .isInstanceOf(Outcome.Done.class);
            settle();
            Files.writeString(root.resolve("a/y/f"), "1");
            hear("a/y");
            Files.writeString(root.resolve("z/b/c/f"), "1");
            hear("z/b/c");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("after any operations on directories every one is heard under its right path")
    void randomOperations(long seed) throws Exception {
        var random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 15; i++) {
                operate(random);
            }
            settle();
            for (Path directory : directories()) {
                Path probe = directory.resolve("probe");
                Files.deleteIfExists(probe);
                Files.createFile(probe);
                hear(root.relativize(directory).toString());
                Files.delete(probe);
            }
            settle();
        }
    }

    private void operate(Random random) throws IOException {
        List<Path> all = directories();
        Path one = all.get(random.nextInt(all.size()));
        Path in = all.get(random.nextInt(all.size()));
        Path target = in.resolve("n" + random.nextInt(4));
        Path outside = folder.resolve("out" + random.nextInt(3));
        boolean free = !Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                if (free) {
                    Files.createDirectories(target.resolve("sub"));
                }
            }
            case 2 -> {
                if (free && !one.equals(root) && !target.startsWith(one)) {
                    Files.move(one, target);
                }
            }
            case 3 -> {
                if (Files.exists(outside)) {
                    if (free) {
                        Files.move(outside, target);
                    }
                } else if (!one.equals(root)) {
                    Files.move(one, outside);
                }
            }
            default -> {
                if (!one.equals(root)) {
                    try (var below = Files.walk(one)) {
                        for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                            Files.delete(path);
                        }
                    }
                }
            }
        }
    }

    private List<Path> directories() throws IOException {
        try (var all = Files.walk(root)) {
            return new ArrayList<>(
                    all.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
                            .filter(p -> !p.startsWith(root.resolve(".syncline")))
                            .toList());
        }
    }
}
