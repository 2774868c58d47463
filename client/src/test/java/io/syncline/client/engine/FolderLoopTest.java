package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.EventChannel;
import io.syncline.client.api.FakeServer;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.ignore.Ignores;
import io.syncline.client.scan.DiskScanner;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.sqlite.SqliteStateStore;
import io.syncline.client.transfer.BlockTransfers;
import io.syncline.client.watch.Watchers;
import io.syncline.core.block.CutParameters;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two folders in motion with everything real but the server. */
class FolderLoopTest {
    private static final long WAIT_MILLIS = 60_000;

    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private Linked a;
    private Linked b;

    private record Linked(Path root, FolderLoop loop, EventChannel events)
            implements AutoCloseable {
        @Override
        public void close() {
            events.close();
            loop.close();
        }
    }

    @BeforeEach
    void link() throws IOException {
        a = linked("a");
        b = linked("b");
    }

    @AfterEach
    void unlink() {
        a.close();
        b.close();
    }

    private Linked linked(String name) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        var clock = InstantSource.system();
        var random = new Random(name.hashCode());
        var replica = new ReplicaId(RandomId.next(random));
        Disk disk = Disks.open(root, clock, random);
        disk.mark(replica);
        StateStore store = SqliteStateStore.open(directory.resolve(name + ".sqlite"));
        var settings = EngineSettings.of(replica, name, false);
        var partials = new FolderPartials(store);
        ServerApi api = server.asDevice(server.newDevice());
        var engine =
                new Engine(
                        store,
                        settings,
                        new Planner(name, Planner.Mode.READ_WRITE)::plan,
                        Names.EXACT,
                        () -> new CommitId(RandomId.next(random)));
        var loop =
                new FolderLoop(
                        engine,
                        new FolderLoop.Parts(
                                api,
                                server.project(),
                                settings,
                                store,
                                disk,
                                new DiskScanner(disk, new Ignores(disk), replica),
                                Watchers.open(root),
                                new BlockTransfers(
                                        api,
                                        server.project(),
                                        disk,
                                        CutParameters.FORMAT_1,
                                        partials,
                                        clock),
                                partials,
                                directory.resolve(name + ".snapshot"),
                                Boot.current()),
                        clock);
        EventChannel events = server.events(loop);
        events.watch(List.of(server.project()));
        loop.start();
        return new Linked(root, loop, events);
    }

    private static void await(BooleanSupplier what) {
        long end = System.nanoTime() + WAIT_MILLIS * 1_000_000;
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
        }
    }

    private void awaitConverged(long head) {
        await(() -> isConverged(a, head) && isConverged(b, head));
    }

    private boolean isConverged(Linked folder, long head) {
        var status = folder.loop().status();
        return status.state() == State.CONVERGED
                && status.cursor().filter(c -> c.sequence() >= head).isPresent()
                && status.cursor().orElseThrow().sequence() == server.head();
    }

    @Test
    void aSaveArrives() throws IOException {
        byte[] bytes = new byte[1024];
        for (int i = 0; i < 5; i++) {
            new Random(i).nextBytes(bytes);
            Path there = b.root().resolve("f" + i);
            Files.write(a.root().resolve("f" + i), bytes);
            await(() -> Files.exists(there));
            assertThat(there).hasBinaryContent(bytes);
        }
        awaitConverged(5);
    }

    @Test
    void thousandsOfFilesArriveAndARenameIsOneChange() throws IOException {
        int files = Integer.getInteger("syncline.files", 2_000);
        for (int i = 0; i < files; i++) {
            Path file = a.root().resolve("top/" + i % 50 + "/" + i);
            if (i < 50) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, "file " + i);
        }
        awaitConverged(files + 51);
        long head = server.head();
        Files.move(a.root().resolve("top"), a.root().resolve("other"));
        await(() -> server.head() > head);
        awaitConverged(head + 1);
        assertThat(server.head()).isEqualTo(head + 1);
        assertThat(b.root().resolve("other/7/" + 1007)).hasContent("file 1007");
    }
}
