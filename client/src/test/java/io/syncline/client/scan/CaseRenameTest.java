package io.syncline.client.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** On disks that take {@code A} and {@code a} for one name. */
class CaseRenameTest {
    private static final ReplicaId REPLICA = new ReplicaId("0123456789abcdef0123456789abcdef");
    private static final String ROOT = "root";

    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryTree known = new MemoryTree();

    private List<Observation> scan(Disk disk) {
        var seen = new ArrayList<Observation>();
        new DiskScanner(disk, new Ignores(disk), REPLICA)
                .scanAll(
                        known,
                        observation -> {
                            seen.add(observation);
                            known.accept(observation);
                        });
        return seen;
    }

    @Test
    @DisplayName("R21 R30 a rename of nothing but the case is a move, on a disk that ignores case")
    void aCaseIsAMove() {
        var files = new MemoryFileSystem(Traits.ntfs(), clock, new Random(1));
        files.makeRoot(ROOT);
        User user = files.user(ROOT);
        try (Disk disk = Disks.over(files.open(ROOT, Hooks.NONE), clock, new Random(2))) {
            disk.mark(REPLICA);
            user.write(LocalPath.of("A"), "text".getBytes(StandardCharsets.UTF_8));
            scan(disk);
            NodeId node = known.id("A");

            user.move(LocalPath.of("A"), LocalPath.of("a"));

            assertThat(scan(disk)).singleElement().isInstanceOf(Observation.Moved.class);
            assertThat(known.id("a")).isEqualTo(node);
            assertThat(scan(disk)).noneMatch(o -> !(o instanceof Observation.Alike));
        }
    }
}
