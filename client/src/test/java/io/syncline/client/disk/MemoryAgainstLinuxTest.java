package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Traits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random operations on a real disk and on the simulated one: what they answer and what is
 * then there is the same.
 */
@EnabledOnOs(OS.LINUX)
final class MemoryAgainstLinuxTest {
    private static final int HISTORIES = Integer.getInteger("syncline.histories", 60);
    private static final int STEPS = 250;
    private static final List<String> NAMES = List.of("a", "b", "é", "x".repeat(256));

    @TempDir Path folder;

    @Test
    @DisplayName("the simulated disk answers as the real one")
    void simulatedDiskAnswersAsTheRealOne() throws Exception {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Path root = Files.createDirectory(folder.resolve("root" + seed));
            var files =
                    new MemoryFileSystem(
                            Traits.ext4(), new MemoryDiskTest.Ticking(), new Random(seed));
            files.makeRoot("root");
            try (Calls real = LinuxCalls.open(root);
                    Calls simulated = files.open("root", Hooks.NONE)) {
                new History(seed, real, simulated).run();
            }
        }
    }

    /** One seed's operations, done twice. */
    private static final class History {
        private final int seed;
        private final Random random;
        private final Calls real;
        private final Calls simulated;

        /** Which number on the simulated disk stands for which on the real one. */
        private final Map<Long, Long> inodes = new HashMap<>();

        private final List<WriteHandle[]> open = new ArrayList<>();
        private String last = "";

        History(int seed, Calls real, Calls simulated) {
            this.seed = seed;
            this.random = new Random(seed);
            this.real = real;
            this.simulated = simulated;
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                if (step % 10 == 0) {
                    inodes.clear();
                    assertThat(tree(simulated, LocalPath.ROOT, false))
                            .as("seed %d, step %d: %s", seed, step, last)
                            .isEqualTo(tree(real, LocalPath.ROOT, true));
                }
            }
            open.forEach(pair -> {
                pair[0].close();
                pair[1].close();
            });
        }

        private void step() {
            LocalPath a = path();
            LocalPath b = path();
            long number = random.nextLong(-(1L << 60), 1L << 60);
            switch (random.nextInt(22)) {
                case 0, 1, 2 -> open(a, true);
                case 3 -> open(a, false);
                case 4, 5, 6 -> both("mkdir " + a, calls -> refusal(calls.makeDirectory(a)));
                case 7, 8 -> both("mv -n " + a + " " + b, c -> refusal(c.renameNoReplace(a, b)));
                case 9, 10 -> both("mv " + a + " " + b, c -> refusal(c.renameOver(a, b)));
                case 11 -> both("exchange " + a + " " + b, c -> refusal(c.exchange(a, b)));
                case 12 -> both("ln " + a + " " + b, calls -> refusal(calls.link(a, b)));
                case 13 -> both("rm " + a, calls -> refusal(calls.unlink(a)));
                case 14 -> both("rmdir " + a, calls -> refusal(calls.removeDirectory(a)));
                case 15 -> {
                    byte[] target = b.toString().getBytes(StandardCharsets.UTF_8);
                    both("ln -s " + b + " " + a, calls -> refusal(calls.symlink(a, target)));
                    both("readlink " + a, calls -> shown(calls.readLink(a), String::new));
                }
                case 16 -> both("chmod " + a, c -> refusal(c.setExecutable(a, number % 2 == 0)));
                case 17 ->
                        both("touch " + a, calls -> refusal(calls.setModificationTime(a, number)));
                case 18 -> both("fsync " + a, calls -> refusal(calls.force(a)));
                case 19 -> both("read " + a, calls -> read(calls, a));
                default -> use();
            }
        }

        private LocalPath path() {
            LocalPath path = LocalPath.ROOT;
            for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
                // The longest one is too long, and rare.
                int name = random.nextInt(40) == 0 ? 3 : random.nextInt(3);
                path = path.child(NAMES.get(name));
            }
            return path;
        }

        private void open(LocalPath path, boolean anew) {
            Look<WriteHandle> there = anew ? real.create(path) : real.openForWriting(path);
            Look<WriteHandle> here = anew ? simulated.create(path) : simulated.openForWriting(path);
            last = (anew ? "create " : "open ") + path;
            assertThat(shown(here, _ -> "open"))
                    .as("seed %d: %s", seed, last)
                    .isEqualTo(shown(there, _ -> "open"));
            if (there instanceof Look.Found<WriteHandle>(WriteHandle a)
                    && here instanceof Look.Found<WriteHandle>(WriteHandle b)) {
                open.add(new WriteHandle[] {a, b});
            }
        }

        /** Something with a file that is open, whatever its names are by now. */
        private void use() {
            if (open.isEmpty()) {
                return;
            }
            int which = random.nextInt(open.size());
            WriteHandle[] pair = open.get(which);
            long offset = random.nextInt(3) * 3_000L + random.nextInt(10);
            byte[] bytes = new byte[1 + random.nextInt(5_000)];
            random.nextBytes(bytes);
            int what = random.nextInt(6);
            for (WriteHandle handle : pair) {
                switch (what) {
                    case 0, 1, 2 -> handle.write(ByteBuffer.wrap(bytes), offset);
                    case 3 -> handle.setSize(offset);
                    case 4 -> handle.setAttributes(offset % 2 == 0, offset);
                    default -> handle.close();
                }
            }
            last = "use " + what + " of " + pair[0].path() + " at " + offset;
            if (what == 5) {
                open.remove(which);
            } else {
                assertThat(content(pair[1]))
                        .as("seed %d: %s", seed, last)
                        .isEqualTo(content(pair[0]));
                assertThat(pair[1].stat().linkCount())
                        .as("seed %d: %s", seed, last)
                        .isEqualTo(pair[0].stat().linkCount());
            }
        }

        private interface Deed {
            String with(Calls calls);
        }

        private void both(String what, Deed deed) {
            last = what;
            assertThat(deed.with(simulated))
                    .as("seed %d: %s", seed, what)
                    .isEqualTo(deed.with(real));
        }

        private static String refusal(Optional<Outcome.Refused> refused) {
            return refused.map(why -> why.getClass().getSimpleName()).orElse("done");
        }

        private interface Shown<T> {
            String of(T value);
        }

        private static <T> String shown(Look<T> look, Shown<T> found) {
            return switch (look) {
                case Look.Found<T>(T value) -> found.of(value);
                case Look.Not<T>(Outcome.Refused why) -> why.getClass().getSimpleName();
            };
        }

        private static String read(Calls calls, LocalPath path) {
            Look<ReadHandle> look = calls.open(path);
            try {
                return shown(look, handle -> Long.toString(handle.stat().sizeBytes()));
            } finally {
                look.found().ifPresent(ReadHandle::close);
            }
        }

        private static String content(WriteHandle handle) {
            var all = ByteBuffer.allocate(20_000);
            int count = handle.read(all, 0);
            return count + ":" + Arrays.hashCode(Arrays.copyOf(all.array(), count));
        }

        /** Everything below, as far as both disks must agree. */
        private List<String> tree(Calls calls, LocalPath directory, boolean isReal) {
            var lines = new ArrayList<String>();
            Listing listing = calls.list(directory).orThrow(directory);
            assertThat(listing.complete()).isTrue();
            listing.entries().stream()
                    .sorted(Comparator.comparing(Listing.Entry::name))
                    .forEach(entry -> {
                        LocalPath path = directory.child(entry.name());
                        Stat stat = entry.stat();
                        assertThat(calls.stat(path)).isEqualTo(new Look.Found<>(stat));
                        lines.add(path + " " + line(calls, path, stat, isReal));
                        if (stat.isDirectory()) {
                            lines.addAll(tree(calls, path, isReal));
                        }
                    });
            return lines;
        }

        private String line(Calls calls, LocalPath path, Stat stat, boolean isReal) {
            long inode = stat.identity().inode();
            // The simulated disk is asked first: its numbers in the order in which they are met.
            long met =
                    inodes.computeIfAbsent(
                            isReal ? ~inode : inode,
                            _ -> inodes.keySet().stream().filter(k -> k < 0 == isReal).count());
            String attributes = stat.kind() + " #" + met;
            return switch (stat.kind()) {
                case DIRECTORY -> attributes;
                case SYMLINK ->
                        attributes
                                + " "
                                + shown(calls.readLink(path), String::new)
                                + explicit(stat);
                case FILE ->
                        attributes
                                + " "
                                + stat.sizeBytes()
                                + (stat.executable() ? " x " : " - ")
                                + stat.linkCount()
                                + explicit(stat)
                                + shown(calls.openForWriting(path), History::readAndClose);
                case OTHER -> attributes;
            };
        }

        private static String readAndClose(WriteHandle handle) {
            try (handle) {
                return " " + content(handle);
            }
        }

        /** A time that was set, and not the clock's. */
        private static String explicit(Stat stat) {
            boolean isClock = stat.mtimeNanos() > 1_700_000_000_000_000_000L;
            return isClock ? "" : " at " + stat.mtimeNanos();
        }
    }
}
