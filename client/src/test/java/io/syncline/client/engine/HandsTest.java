package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Operation;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Progress;
import io.syncline.client.transfer.Sent;
import io.syncline.client.transfer.Transfers;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HandsTest {
    private static final LocalPath FILE = LocalPath.of("f");
    private static final LocalPath RESCUE = LocalPath.of("f (saved meanwhile)");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing is read or fetched here. */
    private static final class NoTransfers implements Transfers {
        @Override
        public void describe(
                List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }

        @Override
        public void send(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }

        @Override
        public void fetch(
                List<Incoming> files, Consumer<Fetched> results, Progress.Listener progress) {
            throw new IllegalStateException("asked for " + files);
        }
    }

    @Test
    @DisplayName(
            "L2: a save that comes while a displaced one is brought back isn't left in the trash")
    void aSaveWhileAnotherIsBroughtBack() {
        var files =
                new MemoryFileSystem(Traits.ext4(), () -> Instant.EPOCH, new SplittableRandom(1));
        files.makeRoot("work");
        User user = files.user("work");
        boolean[] saved = {false, false};
        Hooks hooks =
                (operation, path) -> {
                    if (operation == Operation.EXCHANGE && !saved[0]) {
                        saved[0] = true;
                        user.write(FILE, bytes("first"));
                    } else if (path.equals(RESCUE) && user.exists(RESCUE) && !saved[1]) {
                        saved[1] = true;
                        user.write(RESCUE, bytes("second"));
                    }
                };
        Disk disk =
                Disks.over(files.open("work", hooks), () -> Instant.EPOCH, new SplittableRandom(2));
        // Whether names can be exchanged was tried out by then.
        user.write(FILE, bytes("old"));
        saved[0] = false;
        WriteHandle handle = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
        try (handle) {
            handle.write(ByteBuffer.wrap(bytes("new")), 0);
        }
        var step =
                new Step.Replace(
                        new NodeId(1),
                        Item.file(Content.EMPTY, false, 0),
                        Item.file(Content.EMPTY, false, 0),
                        Item.file(Content.EMPTY, false, 0));
        var task =
                new DiskTask.ReplaceFile(
                        step,
                        1,
                        handle.path(),
                        FILE,
                        disk.stat(FILE).orThrow(FILE),
                        RESCUE,
                        disk.stat(handle.path()).orThrow(handle.path()));
        var store = new MemoryStateStore();

        new Hands(
                        disk,
                        new NoTransfers(),
                        new ReplicaState(store, _ -> false),
                        new FolderPartials(store))
                .carryOut(List.of(task));

        assertThat(saved).containsExactly(true, true);
        assertThat(user.read(FILE)).isEqualTo(bytes("new"));
        assertThat(user.read(RESCUE)).isEqualTo(bytes("second"));
    }
}
