package io.syncline.client.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Faults;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Scans on disks that fail now and then. */
class FaultyScanTest {
    private static final ReplicaId REPLICA = new ReplicaId("0123456789abcdef0123456789abcdef");
    private static final String ROOT = "root";
    private static final LocalPath DIRECTORY = LocalPath.of("a", "b");
    private static final LocalPath OLD = DIRECTORY.child("old");

    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

    /** Operations until one fails; never where it is negative. */
    private int left = -1;

    /** Scans a directory that was changed, and has that operation fail. */
    private ScanResult scan(int failing, Consumer<User> change, Consumer<Observation> sink) {
        var files = new MemoryFileSystem(Traits.ext4(), clock, new Random(1));
        files.makeRoot(ROOT);
        Hooks hooks =
                (_, _) -> {
                    if (left-- == 0) {
                        files.faults(ROOT).failNext(1, Faults.Kind.BROKEN);
                    }
                };
        User user = files.user(ROOT);
        var known = new MemoryTree();
        try (Disk disk = Disks.over(files.open(ROOT, hooks), clock, new Random(2))) {
            disk.mark(REPLICA);
            user.makeDirectory(LocalPath.of("a"));
            user.makeDirectory(DIRECTORY);
            user.write(OLD, "old".getBytes(StandardCharsets.UTF_8));
            var scanner = new DiskScanner(disk, new Ignores(disk), REPLICA);
            scanner.scanAll(known, known);
            change.accept(user);
            left = failing;
            return scanner.scan(Set.of(DIRECTORY), known, sink);
        }
    }

    private void checkTold(Consumer<User> change, Predicate<Observation> wanted) {
        int completed = 0;
        for (int failing = 0; left < 0; failing++) {
            var seen = new ArrayList<Observation>();
            try {
                if (scan(failing, change, seen::add) instanceof ScanResult.Completed) {
                    completed++;
                    assertThat(seen)
                            .as("operation %d fails", failing)
                            .anyMatch(wanted.or(FaultyScanTest::isToldOfToBeSeen));
                }
            } catch (DiskException _) {
                // The whole scan is tried again.
                assertThat(seen).isEmpty();
            }
        }
        assertThat(completed).isGreaterThan(1);
    }

    private static boolean isToldOfToBeSeen(Observation observation) {
        return observation instanceof Observation.Unreadable unreadable
                && unreadable.path().equals(DIRECTORY);
    }

    @Test
    @DisplayName(
            "L6: whatever fails on the way, a changed directory is seen, or told of to be seen")
    void aChangedDirectoryIsNotForgotten() {
        checkTold(
                user -> user.write(DIRECTORY.child("f"), "text".getBytes(StandardCharsets.UTF_8)),
                Observation.Appeared.class::isInstance);
    }

    @Test
    @DisplayName("L6: whatever fails on the way, a deletion is seen, or told of to be seen")
    void aDeletionIsNotForgotten() {
        checkTold(user -> user.delete(OLD), Observation.Vanished.class::isInstance);
    }
}
