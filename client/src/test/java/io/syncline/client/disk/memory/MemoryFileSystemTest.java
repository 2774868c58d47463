package io.syncline.client.disk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Calls;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Stat;
import io.syncline.client.watch.WatchEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the twin can do that no contract asks of a real disk. */
final class MemoryFileSystemTest {
    private static final LocalPath A = LocalPath.of("a");
    private static final LocalPath D = LocalPath.of("d");

    private final Clock clock = new Clock();
    private MemoryFileSystem files = files(Traits.ext4());
    private User user = files.user("root");

    private MemoryFileSystem files(Traits traits) {
        var made = new MemoryFileSystem(traits, clock, new Random(1));
        made.makeRoot("root");
        return made;
    }

    private void use(Traits traits) {
        files = files(traits);
        user = files.user("root");
    }

    // Kinds of file systems.

    @Test
    @DisplayName("R30 HFS+ stores names decomposed and finds either spelling")
    void hfsPlusDecomposes() {
        use(Traits.hfsPlus());
        user.write(LocalPath.of("É"), bytes("1"));
        assertThat(user.names(LocalPath.ROOT)).containsExactly("E\u0301");
        assertThat(user.read(LocalPath.of("é"))).isEqualTo(bytes("1"));
        assertThat(user.calls().makeDirectory(LocalPath.of("e\u0301")))
                .contains(new Outcome.Exists());
        user.move(LocalPath.of("É"), LocalPath.of("é"));
        assertThat(user.names(LocalPath.ROOT)).containsExactly("e\u0301");
    }

    @Test
    @DisplayName("R30 Windows refuses its characters and devices")
    void windowsRefusesNames() {
        use(Traits.ntfs());
        for (String name : List.of("a:b", "end.", "end ", "CON", "nul.txt", "com1", "a\\b", "\t")) {
            assertThat(user.calls().makeDirectory(LocalPath.of(name)).orElseThrow())
                    .as(name)
                    .isInstanceOf(Outcome.Unsupported.class);
        }
        user.makeDirectory(LocalPath.of("console"));
        assertThat(user.calls().symlink(A, bytes("x")).orElseThrow())
                .isInstanceOf(Outcome.Unsupported.class);
    }

    @Test
    @DisplayName("R23 FAT keeps two seconds and no executable bit")
    void fatIsCoarse() {
        use(Traits.fat32());
        user.write(A, bytes("1"));
        user.setExecutable(A, true);
        user.setModificationTime(A, 3_999_999_999L);
        Stat stat = stat(A);
        assertThat(stat.executable()).isFalse();
        assertThat(stat.mtimeNanos()).isEqualTo(2_000_000_000L);
        assertThat(stat.identity().isProof()).isFalse();
    }

    @Test
    @DisplayName("R21 the number of a deleted file goes to the next one")
    void inodesAreReusedAtOnce() {
        user.write(A, bytes("1"));
        Stat before = stat(A);
        user.delete(A);
        clock.pass(Duration.ofSeconds(1));
        user.write(D, bytes("2"));
        assertThat(stat(D).identity().inode()).isEqualTo(before.identity().inode());
        assertThat(stat(D).identity()).isNotEqualTo(before.identity());
    }

    @Test
    void capacityIsABoundThatDeletingGivesBack() {
        use(Traits.ext4().capacityBytes(64 * 1024));
        byte[] large = new byte[100_000];
        assertThatThrownBy(() -> user.write(A, large))
                .isInstanceOfSatisfying(
                        DiskException.class,
                        e -> assertThat(e.refusal()).isEqualTo(new Outcome.NoSpace()));
        assertThat(stat(A).sizeBytes()).isBetween(1L, 64L * 1024);
        User.OpenFile open = user.open(A);
        user.delete(A);
        assertThat(files.usedBytes()).isGreaterThan(50_000);
        open.close();
        user.write(A, new byte[50_000]);
        user.truncate(A, 0);
        user.write(D, new byte[50_000]);
    }

    // People.

    @ParameterizedTest
    @EnumSource
    void everySaveDanceEndsWithTheNewContent(User.SaveDance dance) {
        for (boolean there : List.of(true, false)) {
            use(Traits.ext4());
            if (there) {
                user.write(A, bytes("old and longer"));
            }
            user.save(dance, A, bytes("new")).forEach(Runnable::run);
            assertThat(user.read(A)).isEqualTo(bytes("new"));
            assertThat(user.names(LocalPath.ROOT)).containsExactly("a");
        }
    }

    @Test
    @DisplayName("R7 a store through a mapping shows in the time once, and nobody hears of it")
    void mappedStoresAreQuiet() {
        user.write(A, bytes("abc"));
        MemoryWatcher watcher = files.watch("root");
        try (User.OpenFile open = user.open(A)) {
            clock.pass(Duration.ofSeconds(1));
            open.writeMapped(0, bytes("x"));
            long first = stat(A).mtimeNanos();
            assertThat(first).isEqualTo(1_000_000_000L);
            clock.pass(Duration.ofSeconds(1));
            open.writeMapped(1, bytes("y"));
            assertThat(stat(A).mtimeNanos()).isEqualTo(first);
            open.force();
            open.writeMapped(2, bytes("z"));
            assertThat(stat(A).mtimeNanos()).isEqualTo(2_000_000_000L);
        }
        assertThat(user.read(A)).isEqualTo(bytes("xyz"));
        assertThat(watcher.next(Duration.ZERO)).isEqualTo(new WatchEvent.Quiet());
    }

    @Test
    void permissionsAreKept() {
        user.makeDirectory(D);
        user.write(D.child("f"), bytes("1"));
        user.chmod(D.child("f"), 0);
        assertThat(user.calls().open(D.child("f"))).isEqualTo(denied());
        user.chmod(D, 0600);
        Listing listing = user.calls().list(D).orThrow(D);
        assertThat(listing.complete()).isFalse();
        assertThat(listing.entries()).isEmpty();
        user.chmod(D, 0500);
        assertThat(user.calls().unlink(D.child("f")).orElseThrow())
                .isInstanceOf(Outcome.Denied.class);
        user.chmod(D, 0);
        assertThat(user.calls().list(D)).isEqualTo(denied());
    }

    private static Look<?> denied() {
        return new Look.Not<>(new Outcome.Denied("permission denied"));
    }

    // Processes.

    @Test
    void hooksComeBeforeEachOperationAndMayStopIt() {
        var asked = new ArrayList<String>();
        Hooks hooks =
                (operation, path) -> {
                    asked.add(operation + " " + path);
                    if (operation == Operation.UNLINK) {
                        throw new Killed();
                    }
                };
        Calls calls = files.open("root", hooks);
        try (var handle = calls.create(A).orThrow(A)) {
            handle.write(ByteBuffer.wrap(bytes("1")), 0);
        }
        assertThatThrownBy(() -> calls.unlink(A)).isInstanceOf(Killed.class);
        assertThat(user.exists(A)).isTrue();
        assertThat(asked).containsExactly("CREATE a", "WRITE a", "UNLINK a");
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void nothingOutlivesAPowerCut() {
        Calls calls = files.open("root", Hooks.NONE);
        files.crash(new Random(1));
        assertThatThrownBy(() -> calls.stat(A)).isInstanceOf(IllegalStateException.class);
        files.user("root").write(A, bytes("again"));
    }

    @Test
    @DisplayName("scenarios 1 to 4: a root that is gone or swapped is told")
    void rootsVanishAndAreSwapped() {
        Calls calls = files.open("root", Hooks.NONE);
        User home = files.user("/");
        home.move(LocalPath.of("root"), LocalPath.of("away"));
        assertThat(calls.sameRoot()).isEqualTo(RootState.GONE);
        files.makeRoot("root");
        assertThat(calls.sameRoot()).isEqualTo(RootState.SWAPPED);
        assertThat(calls.list(LocalPath.ROOT).found()).isPresent();
    }

    // Mounts.

    @Test
    @DisplayName("R27 a disk mounted inside is another device; pulled out it leaves an empty one")
    void disksAreMountedAndPulledOut() {
        user.makeDirectory(D);
        Stat empty = stat(D);
        files.mount("root/d");
        user.write(D.child("f"), bytes("there"));
        assertThat(stat(D).identity().device()).isNotZero();
        assertThat(stat(D.child("f")).identity().device()).isEqualTo(stat(D).identity().device());
        assertThat(user.calls().renameNoReplace(D.child("f"), A).orElseThrow())
                .isInstanceOf(Outcome.Unsupported.class);
        try (User.OpenFile open = user.open(D.child("f"))) {
            files.unmount("root/d");
            assertThatThrownBy(() -> open.write(0, bytes("x"))).isInstanceOf(DiskException.class);
        }
        assertThat(stat(D)).isEqualTo(empty);
        assertThat(user.names(D)).isEmpty();
        files.remount("root/d");
        assertThat(user.read(D.child("f"))).isEqualTo(bytes("there"));
    }

    @Test
    @DisplayName("R27 the careful operations work across the twin's mounts")
    void carefulOperationsWorkAcrossMounts() {
        user.makeDirectory(D);
        files.mount("root/d");
        LocalPath f = D.child("f");
        user.write(f, bytes("old"));
        try (Disk disk = Disks.over(files.open("root", Hooks.NONE), clock, new Random(2))) {
            LocalPath temporary;
            try (var handle = disk.createTemporary().orThrow(f)) {
                handle.write(ByteBuffer.wrap(bytes("new")), 0);
                temporary = handle.path();
            }
            var done = (Outcome.Done) disk.replace(temporary, f, disk.stat(f).orThrow(f));
            assertThat(user.read(f)).isEqualTo(bytes("new"));
            assertThat(user.read(done.kept().orElseThrow())).isEqualTo(bytes("old"));
            assertThat(user.names(D)).containsExactly("f");
        }
    }

    // Faults.

    @Test
    void faultsHitProgramsAndNotPeople() {
        Calls calls = files.open("root", Hooks.NONE);
        Faults faults = files.faults("root");
        faults.failNext(1, Faults.Kind.BROKEN);
        assertThat(calls.makeDirectory(D).orElseThrow()).isInstanceOf(Outcome.Unreadable.class);
        assertThat(calls.makeDirectory(D)).isEmpty();
        faults.failNext(1, Faults.Kind.FULL);
        assertThat(calls.stat(D).found()).isPresent();
        assertThat(calls.create(A)).isEqualTo(new Look.Not<>(new Outcome.NoSpace()));
        faults.unreadable(D);
        assertThat(calls.list(D)).isEqualTo(denied());
        assertThat(user.names(D)).isEmpty();
        faults.readOnly(true);
        assertThat(calls.removeDirectory(D).orElseThrow()).isInstanceOf(Outcome.Denied.class);
        assertThatThrownBy(() -> user.delete(D)).isInstanceOf(DiskException.class);
        faults.heal();
        faults.failSome(1, Faults.Kind.DENIED);
        assertThat(calls.stat(D)).isEqualTo(denied());
        faults.heal();
        assertThat(calls.removeDirectory(D)).isEmpty();
    }

    // Watching.

    @Test
    void watcherNamesWhatChanged() {
        LocalPath e = LocalPath.of("e");
        user.makeDirectory(D);
        user.makeDirectory(D.child("in"));
        MemoryWatcher watcher = files.watch("root");
        user.write(D.child("f"), bytes("1"));
        assertThat(watcher.next(Duration.ZERO)).isEqualTo(new WatchEvent.Dirty(Set.of(D)));
        assertThat(watcher.next(Duration.ZERO)).isEqualTo(new WatchEvent.Quiet());
        user.move(D, e);
        assertThat(watcher.next(Duration.ZERO))
                .isEqualTo(new WatchEvent.Dirty(Set.of(LocalPath.ROOT, e, e.child("in"))));
        user.makeDirectory(LocalPath.of(LocalPath.CONTROL_NAME));
        user.write(LocalPath.MARKER, bytes("ours"));
        assertThat(watcher.next(Duration.ZERO))
                .isEqualTo(new WatchEvent.Dirty(Set.of(LocalPath.ROOT)));
        user.makeDirectory(e.child("new"));
        assertThat(watcher.next(Duration.ZERO))
                .isEqualTo(new WatchEvent.Dirty(Set.of(e, e.child("new"))));
    }

    @Test
    void watcherIsLateMissesAndOverflows() {
        MemoryWatcher watcher = files.watch("root");
        var told = new ArrayList<Instant>();
        watcher.onHeard(() -> told.add(watcher.nextDue().orElseThrow()));
        watcher.delay(Duration.ofSeconds(5));
        user.makeDirectory(D);
        assertThat(told).containsExactly(Instant.EPOCH.plusSeconds(5));
        assertThat(watcher.next(Duration.ZERO)).isEqualTo(new WatchEvent.Quiet());
        clock.pass(Duration.ofSeconds(5));
        assertThat(watcher.next(Duration.ZERO)).isInstanceOf(WatchEvent.Dirty.class);
        watcher.delay(Duration.ZERO);
        watcher.miss(1);
        user.write(A, bytes("unheard"));
        assertThat(watcher.nextDue()).isEmpty();
        watcher.miss(0);
        for (int i = 0; i <= MemoryWatcher.MAX_DIRTY; i++) {
            user.makeDirectory(D.child("d" + i));
        }
        assertThat(watcher.next(Duration.ZERO)).isInstanceOf(WatchEvent.Overflow.class);
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

    private Stat stat(LocalPath path) {
        return user.calls().stat(path).orThrow(path);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
