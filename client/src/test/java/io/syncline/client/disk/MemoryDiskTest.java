package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The contract on a simulated disk that is like ext4. */
class MemoryDiskTest extends DiskContract {
    private static final String HOME = "home/";

    private final MemoryFileSystem files =
            new MemoryFileSystem(traits(), new Ticking(), new Random(7));

    Traits traits() {
        return Traits.ext4();
    }

    @Override
    Disk open(String folder, InstantSource clock, RandomGenerator random) {
        return Disks.over(files.open(HOME + folder, Hooks.NONE), clock, random);
    }

    @Override
    Calls calls() {
        return files.open(HOME + "root", Hooks.NONE);
    }

    @Override
    People people() {
        files.makeRoot(HOME + "root");
        return new Simulated(files);
    }

    @Test
    void hasTheTraitsThatItWasGiven() {
        Traits traits = traits();
        assertThat(disk.traits())
                .isEqualTo(
                        new DiskTraits(
                                traits.executableBit(),
                                traits.symlinks(),
                                traits.hardLinks(),
                                traits.exchange(),
                                traits.birthTimes(),
                                traits.timestampStepNanos()));
        assertThat(disk.nameTraits(LocalPath.ROOT))
                .isEqualTo(
                        new NameTraits(
                                traits.names().caseSensitive(), traits.names().caseSensitive()));
    }

    @Test
    @DisplayName("R11: a file whose name becomes unreadable makes the listing incomplete")
    void aNameThatCannotBeReadForAWhile() {
        files.makeRoot(HOME + "other");
        User user = files.user(HOME + "other");
        LocalPath file = LocalPath.of("a");
        user.write(file, new byte[] {1, 2});

        user.respell(LocalPath.ROOT, "a", "a\uDC80");

        assertThat(user.exists(file)).isFalse();
        assertThat(user.calls().list(LocalPath.ROOT).orThrow(LocalPath.ROOT).complete()).isFalse();
        user.respell(LocalPath.ROOT, "a\uDC80", "a");
        assertThat(user.calls().list(LocalPath.ROOT).orThrow(LocalPath.ROOT).complete()).isTrue();
        assertThat(user.read(file)).containsExactly(1, 2);
    }

    /** A clock by which everything takes a microsecond. */
    static final class Ticking implements InstantSource {
        private Instant now = Instant.parse("2026-03-04T05:06:07Z");

        @Override
        public Instant instant() {
            now = now.plusNanos(1_000);
            return now;
        }
    }

    /** People on a simulated disk. */
    private record Simulated(User user) implements People {
        Simulated(MemoryFileSystem files) {
            this(files.user("/"));
        }

        private static LocalPath at(String path) {
            var names = new ArrayDeque<>(LocalPath.parse(HOME + "root").names());
            for (String name : List.of(path.split("/", -1))) {
                if (name.equals("..")) {
                    names.removeLast();
                } else if (!name.equals(".")) {
                    names.add(name);
                }
            }
            return new LocalPath(List.copyOf(names));
        }

        @Override
        public void write(String path, String content) {
            user.write(at(path), content.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String read(String path) {
            return new String(user.read(at(path)), StandardCharsets.UTF_8);
        }

        @Override
        public OpenFile open(String path) {
            User.OpenFile open = user.open(at(path));
            return new OpenFile() {
                @Override
                public void write(String content) {
                    open.write(0, content.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public void close() {
                    open.close();
                }
            };
        }

        @Override
        public void makeDirectory(String path) {
            user.makeDirectory(at(path));
        }

        @Override
        public void symlink(String path, String target) {
            user.symlink(at(path), target.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void makePipe(String path) {
            user.makePipe(at(path));
        }

        @Override
        public void makeUndecodable() {
            user.makeUndecodable(at("."), "bad\uDCFFname");
        }

        @Override
        public void move(String from, String to) {
            user.move(at(from), at(to));
        }

        @Override
        public void delete(String path) {
            user.delete(at(path));
        }

        @Override
        public void setModificationTime(String path, long nanos) {
            user.setModificationTime(at(path), nanos);
        }

        @Override
        public boolean exists(String path) {
            return user.exists(at(path));
        }

        @Override
        public int mode(String path) {
            return user.mode(at(path));
        }

        @Override
        public List<String> names(String path) {
            return user.names(at(path));
        }
    }
}
