package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two people edit two folders while effects complete in any order, answers get lost, in half of the
 * histories the power fails, and in a third the process is killed in the middle of its work on the
 * disk; some look at everything, some only where the watcher says. A failure names its seed, and
 * replays from it.
 */
class EngineHistoriesTest {
    private static final int EDITS = 25;

    /**
     * Enough for every build; more with {@code -Dsyncline.histories}, others with {@code
     * -Dsyncline.seed}.
     */
    static Stream<Long> seeds() {
        return Stream.iterate(Long.getLong("syncline.seed", 1), seed -> seed + 1)
                .limit(Integer.getInteger("syncline.histories", 40));
    }

    @TempDir private Path directory;

    @DisplayName("L6, L2: when edits stop the trees are equal and nothing that was saved is lost")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void treesConvergeAndNothingIsLost(long seed) throws IOException {
        history(seed, false);
    }

    @DisplayName(
            "L2 L6 R2 R3 R4 R16 R42: and so when the server goes back to a backup, in order or"
                + " unawares, when the floor passes a replica, and when one is refused as stale")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void andSoOnATroubledServer(long seed) throws IOException {
        history(seed, true);
    }

    private void history(long seed, boolean troubled) throws IOException {
        var random = new Random(seed);
        var server = new FakeServer(seed);
        var trouble = new Trouble(server, random);
        Path rootA = Files.createDirectories(directory.resolve("a"));
        Path rootB = Files.createDirectories(directory.resolve("b"));
        try (var a = new SimulatedFolder(rootA, server, "a", random);
                var b = new SimulatedFolder(rootB, server, "b", random)) {
            boolean partial = seed % 5 < 3;
            if (partial) {
                a.withPartialScans();
                b.withPartialScans();
            }
            var people = new People(random);
            for (int edits = 0; edits < EDITS; ) {
                SimulatedFolder folder = random.nextBoolean() ? a : b;
                if (troubled && random.nextInt(60) == 0) {
                    trouble.happens(folder);
                }
                switch (random.nextInt(40)) {
                    case 0, 1, 2, 3 -> {
                        people.edit(folder);
                        edits++;
                    }
                    case 4 -> folder.pass(random.nextInt(100));
                    case 5 -> folder.stepUnanswered();
                    case 6 -> {
                        if (seed % 2 == 0 && random.nextInt(3) == 0) {
                            folder.crash();
                        } else if (seed % 3 == 0) {
                            folder.killMidway();
                        }
                    }
                    default -> folder.step();
                }
            }
            for (int i = 0; i < 30; i++) {
                if (!partial) {
                    a.touched();
                    b.touched();
                }
                a.settle();
                b.settle();
                assertThat(List.of(a.status().reason(), b.status().reason()).toString())
                        .doesNotContain("differ");
                people.confirm(a);
                people.confirm(b);
                if (a.isIdle() && b.isIdle() && a.tree().equals(b.tree())) {
                    break;
                }
            }
            assertThat(a.tree())
                    .as("a %s\n%s\nb %s\n%s", a.status(), a.rows(), b.status(), b.rows())
                    .isEqualTo(b.tree());
            assertThat(a.state()).as("%s %s", a.status(), a.rows()).isEqualTo(State.CONVERGED);
            assertThat(b.state()).as("%s %s", b.status(), b.rows()).isEqualTo(State.CONVERGED);
            assertThat(a.status().digest()).isEqualTo(server.digest());
            assertThat(b.status().digest()).isEqualTo(server.digest());
            var kept = new HashSet<String>();
            kept.addAll(SimulatedFolder.tree(rootA, true).values());
            kept.addAll(SimulatedFolder.tree(rootB, true).values());
            assertThat(kept).containsAll(people.saved);
        }
    }

    /** What happens to servers. */
    private static final class Trouble {
        private final FakeServer server;
        private final Random random;
        private FakeServer.Backup backup;

        Trouble(FakeServer server, Random random) {
            this.server = server;
            this.random = random;
            this.backup = server.backUp();
        }

        void happens(SimulatedFolder folder) {
            switch (random.nextInt(6)) {
                case 0, 1 -> backup = server.backUp();
                case 2 -> server.restore(backup);
                case 3 -> server.goBack(backup);
                case 4 -> server.raiseFloor(server.head() - random.nextInt(3));
                default -> server.takeReplica(folder.registration());
            }
        }
    }

    /** What people do: whatever they save is unique, so that it can be found again. */
    private static final class People {
        private final Random random;
        private int texts;

        /** What was saved and not deleted or overwritten by a person since. */
        final Set<String> saved = new HashSet<>();

        People(Random random) {
            this.random = random;
        }

        void edit(SimulatedFolder folder) {
            try {
                List<Path> files = list(folder.root, false);
                List<Path> directories = list(folder.root, true);
                Path parent = pick(directories);
                Path target = parent.resolve("n" + random.nextInt(4));
                switch (random.nextInt(9)) {
                    case 0, 1 -> save(folder, target);
                    case 2 -> {
                        if (!files.isEmpty()) {
                            save(folder, pick(files));
                        }
                    }
                    case 3 -> {
                        if (!Files.exists(target)) {
                            Files.createDirectory(target);
                            folder.touched(target);
                        }
                    }
                    case 4 -> {
                        var all = new ArrayList<>(files);
                        all.addAll(directories.subList(1, directories.size()));
                        Path from = all.isEmpty() ? target : pick(all);
                        if (!target.startsWith(from) && !Files.exists(target)) {
                            Files.move(from, target);
                            folder.touched(from, target);
                            folder.touchedBelow(target);
                        }
                    }
                    case 5 -> {
                        if (!files.isEmpty()) {
                            Path one = pick(files);
                            Path other = pick(files);
                            swap(one, other);
                            folder.touched(one, other);
                        }
                    }
                    case 6 -> {
                        if (!files.isEmpty()) {
                            Path file = pick(files);
                            toggle(file);
                            folder.touched(file);
                        }
                    }
                    case 7 -> {
                        if (!files.isEmpty()) {
                            Path file = pick(files);
                            append(file);
                            folder.touched(file);
                        }
                    }
                    default -> {
                        if (!files.isEmpty()) {
                            Path file = pick(files);
                            forget(file);
                            Files.delete(file);
                            folder.touched(file);
                        } else if (directories.size() > 1) {
                            deleteIfEmpty(directories.getLast());
                            folder.touched(directories.getLast());
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A folder that somebody has emptied asks whether that was meant. */
        void confirm(SimulatedFolder folder) {
            if (folder.state() == State.STOPPED) {
                folder.tell(new Event.Confirm());
            }
        }

        private void save(SimulatedFolder folder, Path file) throws IOException {
            if (Files.isDirectory(file)) {
                return;
            }
            forget(file);
            String text = "text " + texts++;
            if (random.nextBoolean() && Files.exists(file)) {
                Path fresh = file.resolveSibling("editor-temporary");
                Files.writeString(fresh, text);
                Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.writeString(file, text);
            }
            saved.add(text);
            folder.touched(file);
        }

        private static void swap(Path one, Path other) throws IOException {
            Path between = one.resolveSibling("between");
            Files.move(one, between);
            if (Files.exists(other)) {
                Files.move(other, one);
            }
            Files.move(between, other);
        }

        private static void toggle(Path file) throws IOException {
            boolean was = SimulatedFolder.isExecutable(file);
            assertThat(file.toFile().setExecutable(!was)).isTrue();
        }

        /** In place, through the file's own name: the inode stays. */
        private void append(Path file) throws IOException {
            forget(file);
            Files.writeString(file, " and " + texts++, java.nio.file.StandardOpenOption.APPEND);
            saved.add(Files.readString(file));
        }

        /** The person sees this text go. The other copies of it may go too, then. */
        private void forget(Path file) throws IOException {
            if (Files.exists(file)) {
                saved.remove(Files.readString(file, StandardCharsets.UTF_8));
            }
        }

        private static void deleteIfEmpty(Path directory) throws IOException {
            try (Stream<Path> below = Files.list(directory)) {
                if (below.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(directory);
        }

        private <T> T pick(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private List<Path> list(Path root, boolean directories) throws IOException {
            try (Stream<Path> paths = Files.walk(root)) {
                return paths.filter(path ->
                                !root.relativize(path).toString().startsWith(".syncline")
                                        && Files.isDirectory(path) == directories)
                        .sorted()
                        .toList();
            }
        }
    }
}
