package io.syncline.storage.metadata.postgres;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.WriteTransaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two nodes of a server, each with a store of its own on one database. */
final class SeveralNodesTest {
    private static final long PATIENCE_SECONDS = 60;

    private final Samples samples = new Samples(31);
    private final PostgresAddress address = PostgresServer.fresh();
    private final List<PostgresMetadataStore> nodes = new ArrayList<>();
    private Project project = openedProject();

    private Project openedProject() {
        nodes.add(PostgresMetadataStore.open(address));
        nodes.add(PostgresMetadataStore.open(address));
        return nodes.getFirst().write(write -> write.projects().add(samples.newProject()));
    }

    @BeforeEach
    void readProject() {
        project = nodes.getLast().read(read -> read.projects().find(project.id()).orElseThrow());
    }

    @AfterEach
    void close() {
        nodes.forEach(MetadataStore::close);
    }

    private MetadataStore node(int i) {
        return nodes.get(i % nodes.size());
    }

    @Test
    @DisplayName("R1 commits of two nodes to one project make one history without gaps")
    void commitsOfTwoNodesMakeOneHistory() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                MetadataStore node = node(i);
                String prefix = "device " + i + " ";
                writers.add(
                        threads.submit(() -> {
                            for (int k = 0; k < 20; k++) {
                                Samples.commitFiles(node, project.id(), 1 + k % 3, prefix);
                            }
                        }));
            }
            for (Future<?> writer : writers) {
                writer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
        for (MetadataStore node : nodes) {
            List<Node> all = node.read(read -> read.nodes(project.key()).changes(0, 10_000));
            TreeDigest digest = TreeDigest.EMPTY;
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).sequence()).isEqualTo(i + 1);
                digest = digest.plus(all.get(i));
            }
            Project now = node.read(read -> read.projects().find(project.id()).orElseThrow());
            assertThat(now.head()).isEqualTo(all.size()).isEqualTo(8 * 39);
            assertThat(now.digest()).isEqualTo(digest);
        }
    }

    @Test
    @DisplayName("R48 chunks of two nodes with the same blocks in any order never deadlock")
    void chunksOfTwoNodesNeverDeadlock() throws Exception {
        PackId pack = new PackId(samples.id());
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            blocks.add(samples.block(pack));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> chunks = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                MetadataStore node = node(i);
                List<NewBlock> some = blocks.subList(i, 200 - i);
                List<NewBlock> chunk = i % 3 == 0 ? some : some.reversed();
                chunks.add(
                        threads.submit(() ->
                                node.write(write -> {
                                    write.collecting(project.key()).share();
                                    return write.blocks(project.key()).insert(chunk, T0);
                                })));
            }
            int stored = 0;
            for (Future<Integer> chunk : chunks) {
                stored += chunk.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(stored).isEqualTo(200);
        }
        assertThat(number("SELECT next_block FROM block_total")).isEqualTo(200);
        assertThat(number("SELECT count(DISTINCT number) FROM block WHERE number < 200"))
                .isEqualTo(200);
        assertThat(number("SELECT sum(length) - (SELECT frame_bytes FROM block_total) FROM block"))
                .isZero();
        assertThat(
                        number(
                                "SELECT deadlocks FROM pg_stat_database WHERE datname = '"
                                        + address.database()
                                        + "'"))
                .isZero();
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = PostgresServer.connect(address.database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    @DisplayName("works that deadlock are run again, and both are kept")
    void deadlockedWorksAreRunAgain() throws Exception {
        Project other = nodes.getFirst().write(write -> write.projects().add(samples.newProject()));
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        AtomicInteger runs = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> works = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                MetadataStore node = node(i);
                Project first = i == 0 ? project : other;
                Project second = i == 0 ? other : project;
                works.add(
                        threads.submit(() ->
                                node.write(write -> {
                                    lock(write, first);
                                    if (runs.incrementAndGet() <= 2) {
                                        await(bothHoldOne);
                                    }
                                    lock(write, second);
                                    return write.projects()
                                            .rename(first.key(), "renamed " + first.key());
                                })));
            }
            for (Future<Boolean> work : works) {
                assertThat(work.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(runs.get()).isBetween(3, 2 * Job.RUNS_MAX);
        assertThat(number("SELECT count(*) FROM project WHERE name LIKE 'renamed%'")).isEqualTo(2);
    }

    private static void lock(WriteTransaction write, Project project) {
        assertThat(write.projects().lock(project.id())).isPresent();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("what is counted before it is added to is counted right, whichever node does it")
    void countedRoomIsNeverExceeded() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> works = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                MetadataStore node = node(i);
                var account = samples.account("account " + i);
                works.add(
                        threads.submit(() ->
                                node.write(write -> {
                                    boolean room = write.accounts().count() < 3;
                                    if (room) {
                                        write.accounts().add(account);
                                    }
                                    return room;
                                })));
            }
            int added = 0;
            for (Future<Boolean> work : works) {
                added += work.get(PATIENCE_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(added).isEqualTo(3);
        }
        assertThat(nodes.getFirst().<Long>read(read -> read.accounts().count())).isEqualTo(3);
    }

    @Test
    @DisplayName("R16 who registers as a reader while the floor rises looks again")
    void readerThatRegistersWhileTheFloorRisesLooksAgain() {
        Samples.commitFiles(nodes.getFirst(), project.id(), 9, "f");
        List<Long> floors = new ArrayList<>();
        nodes.getFirst()
                .write(write -> {
                    Project seen = write.projects().find(project.id()).orElseThrow();
                    floors.add(seen.floor());
                    if (floors.size() == 1) {
                        nodes.getLast()
                                .write(other -> {
                                    other.projects().raiseFloor(project.key(), 7);
                                    return true;
                                });
                    }
                    write.replicas(project.key())
                            .put(
                                    new Replica(
                                            new ReplicaId(samples.id()),
                                            samples.deviceId(),
                                            new Cursor(seen.epoch(), seen.floor()),
                                            seen.digest(),
                                            Optional.empty(),
                                            0,
                                            "folder",
                                            T0));
                    return true;
                });

        assertThat(floors).containsExactly(0L, 7L);
        assertThat(
                        nodes.getLast()
                                .<Long>read(read ->
                                        read.replicas(project.key())
                                                .list()
                                                .getFirst()
                                                .received()
                                                .sequence()))
                .isEqualTo(7);
    }

    @Test
    @DisplayName("R10 condemning waits for whoever stores or commits, on any node")
    void condemningWaitsForSharers() throws Exception {
        CountDownLatch shared = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        NewBlock block = samples.block();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> storing =
                    threads.submit(() ->
                            node(0).write(write -> {
                                write.collecting(project.key()).share();
                                shared.countDown();
                                await(release);
                                return write.blocks(project.key()).insert(List.of(block), T0);
                            }));
            await(shared);
            Future<Long> looking =
                    threads.submit(() ->
                            node(1).write(write -> {
                                write.collecting(project.key()).exclude();
                                return write.collecting(project.key()).position().nextBlock();
                            }));
            awaitWaitingLock();
            assertThat(looking.isDone()).isFalse();
            release.countDown();
            assertThat(storing.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(looking.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    private void awaitWaitingLock() throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                == 0) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    @Test
    @DisplayName("a write whose connection is lost is UNAVAILABLE, and nothing of it is kept")
    void lostConnectionLeavesNothing() {
        MetadataStore node = nodes.getFirst();
        assertThatThrownBy(() ->
                        node.write(write -> {
                            write.accounts().add(samples.account("half"));
                            PostgresServer.execute(
                                    "postgres",
                                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                            + " WHERE state = 'idle in transaction'"
                                            + " AND datname = '"
                                            + address.database()
                                            + "'");
                            write.accounts().add(samples.account("other half"));
                            return true;
                        }))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        assertThat(node.<Long>read(read -> read.accounts().count())).isZero();
        node.write(write -> {
            write.accounts().add(samples.account("whole"));
            return true;
        });
        assertThat(node.<Long>read(read -> read.accounts().count())).isEqualTo(1);
    }
}
