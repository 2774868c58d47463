package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
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
            assertThatThrownBy(() -> Marking.once(disk, store, replica, "work"))
                    .isInstanceOf(DiskException.class);
        }
        files.faults("work").heal();

        try (Disk disk = open()) {
            Marking.once(disk, store, replica, "work");
            assertThat(disk.rootState(replica)).isEqualTo(RootState.FINE);
        }
    }

    @Test
    @DisplayName("R27 a folder that lost its marker isn't marked again")
    void onlyEverOnce() {
        try (Disk disk = open()) {
            Marking.once(disk, store, replica, "work");
            files.user("work").delete(LocalPath.MARKER);
            Marking.once(disk, store, replica, "work");
            assertThat(disk.rootState(replica)).isEqualTo(RootState.SWAPPED);
        }
    }

    @Test
    @DisplayName("R42 the folder of another replica is refused")
    void anotherReplicasFolder() {
        try (Disk disk = open()) {
            Marking.once(disk, store, replica, "work");
            var other = new ReplicaId(RandomId.next(random));
            assertThatThrownBy(() -> Marking.once(disk, new MemoryStateStore(), other, "work"))
                    .isInstanceOf(SynclineException.class)
                    .hasMessageContaining("synced as another folder");
        }
    }
}
