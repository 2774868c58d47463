package io.syncline.client.disk.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a power cut may leave of small histories, all of which it does leave, and what it may not.
 */
final class PowerCutTest {
    private static final int CUTS = 250;
    private static final LocalPath A = LocalPath.of("a");
    private static final LocalPath B = LocalPath.of("b");
    private static final LocalPath D = LocalPath.of("d");
    private static final LocalPath E = LocalPath.of("e");
    private static final int PAGE = 4096;

    static Stream<Traits> traits() {
        return Stream.of(Traits.ext4(), Traits.posix());
    }

    // Files.

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("nothing forced: the file is missing, empty, zeros, a part or there")
    void unforcedFileMayBeAnything(Traits traits) {
        assertThat(outcomes(traits, user -> user.write(A, bytes("new"))))
                .contains("", "a=", "a=000", "a=n", "a=ne", "a=new")
                .allMatch(left -> left.matches("|a=0{0,3}|a=n|a=ne|a=new"));
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("fsync of the file, not of its directory: the name may be missing")
    void forcedFileMayLackItsName(Traits traits) {
        assertThat(
                        outcomes(
                                traits,
                                user -> {
                                    user.write(A, bytes("new"));
                                    user.force(A);
                                }))
                .containsExactlyInAnyOrder("", "a=new");
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("fsync of the directory, not of the file: it is there without its bytes")
    void forcedNameMayLackItsBytes(Traits traits) {
        assertThat(
                        outcomes(
                                traits,
                                user -> {
                                    user.write(A, bytes("new"));
                                    user.force(LocalPath.ROOT);
                                }))
                .contains("a=", "a=000", "a=new")
                .doesNotContain("");
    }

    /** The steps of a careful replacement. */
    private enum Step {
        FORCE_FILE,
        RENAME,
        FORCE_DIRECTORY
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("write, fsync, rename over, fsync of the directory, cut anywhere, in all orders")
    void replacementInAllOrders(Traits traits) {
        for (List<Step> order : orders(List.of(Step.values()))) {
            for (int done = 0; done <= order.size(); done++) {
                List<Step> steps = order.subList(0, done);
                Set<String> seen =
                        outcomes(
                                traits,
                                user -> {
                                    forcedFile(user, A, "old");
                                    try (User.OpenFile file = user.create(B)) {
                                        file.write(0, bytes("n"));
                                        for (Step step : steps) {
                                            switch (step) {
                                                case FORCE_FILE -> file.force();
                                                case RENAME -> user.move(B, A);
                                                case FORCE_DIRECTORY -> user.force(LocalPath.ROOT);
                                            }
                                        }
                                    }
                                });
                assertThat(seen).as("%s", steps).isEqualTo(allowed(steps));
            }
        }
    }

    /** What each of the orders may leave, told by rules of its own. */
    private static Set<String> allowed(List<Step> steps) {
        int renamed = steps.indexOf(Step.RENAME);
        int forcedNames = steps.indexOf(Step.FORCE_DIRECTORY);
        boolean created = forcedNames >= 0;
        boolean replaced = renamed >= 0 && forcedNames > renamed;
        List<String> contents =
                steps.contains(Step.FORCE_FILE) ? List.of("n") : List.of("", "0", "n");
        var allowed = new TreeSet<String>();
        for (String content : contents) {
            if (!replaced) {
                allowed.add("a=old b=" + content);
            }
            if (renamed >= 0) {
                allowed.add("a=" + content);
            }
        }
        if (!created) {
            allowed.add("a=old");
        }
        return allowed;
    }

    private static List<List<Step>> orders(List<Step> steps) {
        if (steps.isEmpty()) {
            return List.of(List.of());
        }
        var all = new ArrayList<List<Step>>();
        for (Step first : steps) {
            var others = new ArrayList<>(steps);
            others.remove(first);
            for (List<Step> rest : orders(others)) {
                var order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                all.add(order);
            }
        }
        return all;
    }

    @Test
    @DisplayName("bytes that were cut off don't come back behind new ones")
    void cutBytesStayCut() {
        assertThat(
                        outcomes(
                                Traits.ext4(),
                                user -> {
                                    forcedFile(user, A, "long old");
                                    user.write(A, bytes("new"));
                                }))
                .contains("a=long old", "a=", "a=000", "a=new")
                .allMatch(left -> left.matches("a=(long old|0{0,3}|n|ne|new)"));
    }

    @Test
    @DisplayName("of what is overwritten in place each page is old, new or torn between sectors")
    void pagesAreOldNewOrTorn() {
        var shapes = new TreeSet<String>();
        String old = "o".repeat(3 * PAGE);
        for (String left :
                outcomes(
                        Traits.ext4(),
                        user -> {
                            forcedFile(user, A, old);
                            user.writeAt(A, PAGE / 2, bytes("n".repeat(2 * PAGE)));
                        })) {
            String content = left.substring(2);
            assertThat(content).hasSize(3 * PAGE).matches("[on]*");
            assertThat(content.substring(0, PAGE / 2)).doesNotContain("n");
            for (int at = 0; at < content.length(); at += 512) {
                assertThat(content.substring(at, at + 512)).matches("o*|n*");
            }
            shapes.add(content.charAt(PAGE - 1) + "" + content.charAt(PAGE));
        }
        assertThat(shapes).containsExactly("nn", "no", "on", "oo");
    }

    @Test
    @DisplayName("new bytes of the same size never come with the old time")
    void newBytesComeWithTheirTime() {
        var seen = new TreeSet<String>();
        for (int seed = 0; seed < CUTS; seed++) {
            var clock = new Clock();
            var files = new MemoryFileSystem(Traits.ext4(), clock, new Random(seed));
            files.makeRoot("root");
            User user = files.user("root");
            forcedFile(user, A, "old");
            long before = files.entries("root").getFirst().stat().mtimeNanos();
            clock.pass(Duration.ofSeconds(1));
            user.writeAt(A, 0, bytes("new"));
            files.crash(new Random(seed));
            FileState left = files.entries("root").getFirst();
            seen.add(shown(files) + (left.stat().mtimeNanos() == before ? " before" : " after"));
        }
        assertThat(seen).containsExactly("a=new after", "a=old after", "a=old before");
    }

    @Test
    @DisplayName("what has waited long enough is on the disk by itself")
    void oldChangesStay() {
        for (int seed = 0; seed < CUTS; seed++) {
            var clock = new Clock();
            var files = new MemoryFileSystem(Traits.posix(), clock, new Random(seed));
            files.makeRoot("root");
            files.user("root").write(A, bytes("new"));
            clock.pass(Duration.ofMinutes(1));
            files.user("root").write(B, bytes("newer"));
            files.crash(new Random(seed));
            assertThat(shown(files)).startsWith("a=new");
        }
    }

    @Test
    @DisplayName("what has waited long enough stays, though it was renamed just now")
    void oldBytesStayUnderANewName() {
        for (int seed = 0; seed < CUTS; seed++) {
            var clock = new Clock();
            var files = new MemoryFileSystem(Traits.ext4(), clock, new Random(seed));
            files.makeRoot("root");
            files.user("root").write(A, bytes("new"));
            clock.pass(Duration.ofMinutes(1));
            files.user("root").move(A, B);
            files.crash(new Random(seed));
            assertThat(shown(files)).isIn("a=new", "b=new");
        }
    }

    // Names.

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("L4 an exchange has happened or not")
    void exchangeIsAtomic(Traits like) {
        Traits traits = Traits.ext4().order(like.order());
        assertThat(
                        outcomes(
                                traits,
                                user -> {
                                    forcedFile(user, A, "1");
                                    forcedFile(user, B, "2");
                                    assertThat(user.calls().exchange(A, B)).isEmpty();
                                }))
                .containsExactlyInAnyOrder("a=1 b=2", "a=2 b=1");
    }

    @Test
    @DisplayName("a later name may be there without an earlier one, but in a journal")
    void laterNamesMayComeFirst() {
        Consumer<User> history =
                user -> {
                    user.makeDirectory(D);
                    user.makeDirectory(E);
                };
        assertThat(outcomes(Traits.ext4(), history)).containsExactly("", "d/", "d/ e/");
        assertThat(outcomes(Traits.posix(), history)).containsExactly("", "d/", "d/ e/", "e/");
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("fsync of a directory makes what it needs durable: those above with it")
    void forcedDirectoryIsReachable(Traits traits) {
        assertThat(
                        outcomes(
                                traits,
                                user -> {
                                    user.makeDirectory(D);
                                    forcedFile(user, D.child("f"), "new");
                                }))
                .containsExactly("d/ d/f=new");
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("R27 a marker whose writer was killed is forced by the next one that finds it")
    void aMarkerThatWasThereIsForced(Traits traits) {
        var replica = new ReplicaId("0123456789abcdef0123456789abcdef");
        for (int seed = 0; seed < CUTS; seed++) {
            MemoryFileSystem files = files(traits, seed);
            var random = new Random(seed);
            User user = files.user("root");
            user.makeDirectory(LocalPath.MARKER.parent());
            user.write(LocalPath.MARKER, bytes("syncline replica 1\n" + replica.value() + "\n"));
            user.force(LocalPath.MARKER);
            try (Disk disk = open(files, random)) {
                assertThat(disk.mark(replica)).isInstanceOf(Outcome.Done.class);
            }
            files.crash(new Random(seed));
            try (Disk disk = open(files, random)) {
                assertThat(disk.rootState(replica)).as("seed %d", seed).isEqualTo(RootState.FINE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("L2 whatever is moved, nothing that was forced and not deleted is ever lost")
    void movesLoseNothing(Traits traits) {
        for (int seed = 0; seed < 250; seed++) {
            var files = files(traits, seed);
            User user = files.user("root");
            var random = new Random(seed);
            var contents = new TreeSet<String>();
            for (int i = 0; i < 4; i++) {
                LocalPath directory = LocalPath.of("d" + i);
                user.makeDirectory(directory);
                forcedFile(user, directory.child("f" + i), "content " + i);
                contents.add("content " + i);
            }
            files.sync();
            for (int step = 0; step < 30; step++) {
                moveSomething(files, user, random);
            }
            files.crash(new Random(seed));
            var left = new ArrayList<String>();
            for (FileState file : files.entries("root")) {
                if (file.isFile()) {
                    left.add(text(files, file.path()));
                }
            }
            assertThat(left).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(contents);
        }
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("L2 directories that are moved into each other in turn never come loose")
    void movedDirectoriesStayConnected(Traits traits) {
        LocalPath x = LocalPath.of("x");
        LocalPath y = LocalPath.of("y");
        assertThat(
                        outcomes(
                                traits,
                                user -> {
                                    user.makeDirectory(x);
                                    user.makeDirectory(x.child("z"));
                                    user.makeDirectory(x.child("z").child("y"));
                                    user.makeDirectory(x.child("z").child("y").child("q"));
                                    assertThat(user.calls().forceEverything()).isEmpty();
                                    user.move(x.child("z").child("y"), y);
                                    user.move(x, y.child("q").child("x"));
                                }))
                .containsExactly(
                        "x/ x/z/ x/z/y/ x/z/y/q/", "x/ y/ x/z/ y/q/", "y/ y/q/ y/q/x/ y/q/x/z/");
    }

    private static void moveSomething(MemoryFileSystem files, User user, Random random) {
        List<FileState> all = files.entries("root");
        LocalPath what = all.get(random.nextInt(all.size())).path();
        List<LocalPath> directories =
                Stream.concat(
                                Stream.of(LocalPath.ROOT),
                                all.stream()
                                        .filter(s -> s.stat().kind() == FileKind.DIRECTORY)
                                        .map(FileState::path))
                        .toList();
        LocalPath into = directories.get(random.nextInt(directories.size()));
        LocalPath to = into.child("n" + random.nextInt(6));
        switch (random.nextInt(8)) {
            case 0 -> user.calls().exchange(what, all.get(random.nextInt(all.size())).path());
            case 1 -> user.calls().removeDirectory(what);
            case 2 -> user.calls().makeDirectory(to);
            case 3 -> user.calls().force(into);
            default -> user.calls().renameNoReplace(what, to);
        }
    }

    @Test
    @DisplayName("the same seeds give the same disk")
    void sameSeedsGiveTheSameDisk() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(afterAHistory(seed)).isEqualTo(afterAHistory(seed));
        }
    }

    private static List<FileState> afterAHistory(int seed) {
        var files = files(Traits.posix(), seed);
        User user = files.user("root");
        var random = new Random(seed);
        forcedFile(user, A, "one");
        for (int step = 0; step < 40; step++) {
            writeFile(user, LocalPath.of("w" + random.nextInt(9)), "step " + step);
            moveSomething(files, user, random);
        }
        files.crash(random);
        return files.entries("root");
    }

    @Test
    @DisplayName("a file said to be durable is there after every cut")
    void durableFilesStay() {
        int durable = 0;
        for (int seed = 0; seed < 200; seed++) {
            var files = files(seed % 2 == 0 ? Traits.ext4() : Traits.posix(), seed);
            User user = files.user("root");
            var random = new Random(seed);
            user.write(A, bytes("a"));
            for (int step = 0; step < 30; step++) {
                LocalPath path = LocalPath.of("w" + random.nextInt(5));
                writeFile(user, path, "step " + step);
                if (random.nextBoolean()) {
                    user.force(path);
                }
                moveSomething(files, user, random);
            }
            List<FileState> said =
                    files.entries("root").stream().filter(FileState::durable).toList();
            durable += said.size();
            files.crash(random);
            List<FileState> left = files.entries("root");
            for (FileState file : said) {
                assertThat(left)
                        .as("seed %d", seed)
                        .anyMatch(l ->
                                l.path().equals(file.path()) && l.content().equals(file.content()));
            }
        }
        assertThat(durable).isPositive();
    }

    // Helpers.

    private static final class Clock implements InstantSource {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    /** Writes a file, unless a directory has its name by now. */
    private static void writeFile(User user, LocalPath path, String content) {
        if (user.calls().stat(path).found().filter(Stat::isDirectory).isEmpty()) {
            user.write(path, bytes(content));
        }
    }

    private static void forcedFile(User user, LocalPath path, String content) {
        user.write(path, bytes(content));
        user.force(path);
        user.force(path.parent());
    }

    private static MemoryFileSystem files(Traits traits, int seed) {
        var files =
                new MemoryFileSystem(traits, InstantSource.fixed(Instant.EPOCH), new Random(seed));
        files.makeRoot("root");
        return files;
    }

    private static Disk open(MemoryFileSystem files, Random random) {
        return Disks.over(
                files.open("root", Hooks.NONE), InstantSource.fixed(Instant.EPOCH), random);
    }

    /** All that many power cuts left, each as {@code name=content} in order. */
    private static Set<String> outcomes(Traits traits, Consumer<User> history) {
        var seen = new TreeSet<String>();
        for (int seed = 0; seed < CUTS; seed++) {
            MemoryFileSystem files = files(traits, seed);
            history.accept(files.user("root"));
            files.crash(new Random(seed));
            seen.add(shown(files));
        }
        return seen;
    }

    private static String shown(MemoryFileSystem files) {
        var text = new StringBuilder();
        for (FileState file : files.entries("root")) {
            text.append(text.isEmpty() ? "" : " ").append(file.path());
            text.append(file.isFile() ? "=" + text(files, file.path()) : "/");
        }
        return text.toString();
    }

    private static String text(MemoryFileSystem files, LocalPath path) {
        byte[] content = files.bytes("root", path).orElseThrow();
        return new String(content, StandardCharsets.UTF_8).replace('\0', '0');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
