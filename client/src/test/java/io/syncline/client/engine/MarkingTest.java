package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MarkingTest {
    private final Random random = new Random(1);
    private final MemoryFileSystem files =
            new MemoryFileSystem(
                    Traits.ext4(), () -> Instant.parse("2026-01-01T00:00:00Z"), random);
    private final MemoryStateStore store = new MemoryStateStore();
    private final ReplicaId replica = new ReplicaId(RandomId.next(random));

    @BeforeEach
    void makeRoot() {
        files.makeRoot("work");
    }

    private Disk open() {
        return Disks.over(files.open("work", Hooks.NONE), Instant::now, random);
    }

    @Test
    @DisplayName("R27 a folder that couldn't be marked is marked at the next start")
    void aFullDiskIsNoLostMarker() {
        try (Disk disk = open()) {
            files.faults("work").full(true);
            assertThatThrownBy(() -> Marking.once(disk, store, false, replica, "work"))
                    .isInstanceOf(DiskException.class);
        }
        files.faults("work").heal();

        try (Disk disk = open()) {
            Marking.once(disk, store, false, replica, "work");
            assertThat(disk.rootState(replica)).isEqualTo(RootState.FINE);
        }
    }

    @Test
    @DisplayName("R27 a folder that lost its marker isn't marked again")
    void onlyEverOnce() {
        try (Disk disk = open()) {
            Marking.once(disk, store, false, replica, "work");
            files.user("work").delete(LocalPath.MARKER);
            Marking.once(disk, store, false, replica, "work");
            assertThat(disk.rootState(replica)).isEqualTo(RootState.SWAPPED);
        }
    }

    @Test
    @DisplayName(
            "R27 where the state is lost while the disk is out, the place below stays unmarked")
    void aStateThatIsLostWhileTheDiskIsOut() {
        files.mount("work");
        try (Disk disk = open()) {
            Marking.once(disk, store, false, replica, "work");
        }
        files.unmount("work");
        var empty = new MemoryStateStore();
        try (Disk below = open()) {
            Marking.once(below, empty, true, replica, "work");
            assertThat(below.rootState(replica)).isEqualTo(RootState.SWAPPED);
        }
        files.remount("work");

        try (Disk disk = open()) {
            WriteHandle left = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
            left.close();
            Marking.once(disk, empty, true, replica, "work");
            assertThat(disk.rootState(replica)).isEqualTo(RootState.FINE);
            assertThat(disk.stat(left.path()).isMissing()).as("R6: it is in the trash").isTrue();
        }
    }

    @Test
    @DisplayName("R42 the folder of another replica is refused")
    void anotherReplicasFolder() {
        try (Disk disk = open()) {
            Marking.once(disk, store, false, replica, "work");
            var other = new ReplicaId(RandomId.next(random));
            assertThatThrownBy(
                            () -> Marking.once(disk, new MemoryStateStore(), false, other, "work"))
                    .isInstanceOf(SynclineException.class)
                    .hasMessageContaining("synced as another folder");
        }
    }
}
