package io.syncline.storage.metadata.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only the SQLite adapter promises: its file, its schema, its plans, its groups. */
final class SqliteFileTest {
    @TempDir private Path folder;

    private final Samples samples = new Samples(31);

    private Path file() {
        return folder.resolve("metadata.sqlite");
    }

    private MetadataStore open() {
        return SqliteMetadataStore.open(file());
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void everythingIsThereAfterReopening() {
        Project project;
        NewBlock block = samples.block();
        Account account = samples.account("ann");
        try (MetadataStore store = open()) {
            project = store.write(transaction -> transaction.projects().add(samples.newProject()));
            Samples.commitFiles(store, project.id(), 700, "f");
            store.write(transaction -> {
                transaction.accounts().add(account);
                return transaction.blocks(project.key()).insert(List.of(block), Samples.T0);
            });
        }

        try (MetadataStore store = open()) {
            store.read(transaction -> {
                Project now = transaction.projects().find(project.id()).orElseThrow();
                assertThat(now.head()).isEqualTo(700);
                assertThat(now.key()).isEqualTo(project.key());
                assertThat(transaction.nodes(now.key()).countLiveChildren(NodeId.ROOT))
                        .isEqualTo(700);
                assertThat(transaction.accounts().byName("ann")).contains(account);
                assertThat(transaction.blocks(now.key()).present(List.of(block.hash())))
                        .containsExactly(block.hash());
                return 0;
            });
        }
    }

    @Test
    void closeWaitsForWhatIsBeingWritten() throws Exception {
        MetadataStore store = open();
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> holder =
                    threads.submit(() ->
                            store.write(_ -> {
                                holding.countDown();
                                await(release);
                                return 1;
                            }));
            assertThat(holding.await(20, TimeUnit.SECONDS)).isTrue();
            Future<Long> waiting =
                    threads.submit(() ->
                            store.write(transaction -> {
                                transaction.accounts().add(samples.account("last"));
                                return transaction.accounts().count();
                            }));
            Future<?> closing = threads.submit(store::close);
            release.countDown();
            closing.get();

            assertThat(holder.get()).isEqualTo(1);
            // It either was in time or was told that it was not.
            try (MetadataStore again = open()) {
                boolean kept = again.<Long>read(transaction -> transaction.accounts().count()) == 1;
                assertThat(waitingSucceeded(waiting)).isEqualTo(kept);
            }
        }
    }

    private static boolean waitingSucceeded(Future<Long> waiting) throws Exception {
        try {
            return waiting.get() == 1;
        } catch (ExecutionException e) {
            assertCode(Objects.requireNonNull(e.getCause()), ErrorCode.UNAVAILABLE);
            return false;
        }
    }

    @Test
    void databaseOfANewerProgramIsRefused() throws SQLException {
        open().close();
        sql("INSERT INTO schema_version VALUES (99, 'V099__later.sql', 'x')");

        assertThatThrownBy(this::open)
                .satisfies(failure -> assertCode(failure, ErrorCode.INVALID))
                .hasMessageContaining("newer");
    }

    @Test
    void changedMigrationIsNoticed() throws SQLException {
        open().close();
        sql("UPDATE schema_version SET checksum = 'other' WHERE number = 1");

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("V001__metadata.sql");
    }

    @Test
    void whatIsNoDatabaseIsCorrupt() throws Exception {
        Files.writeString(file(), "this is not a database, and never was one. ".repeat(100));

        assertThatThrownBy(this::open).satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
    }

    @Test
    void readsCannotWrite() {
        try (MetadataStore store = open()) {
            Project project =
                    store.write(transaction -> transaction.projects().add(samples.newProject()));
            // Past the types, by force: the connection refuses.
            assertThatThrownBy(() ->
                            store.read(transaction ->
                                    ((SqliteTransaction) transaction)
                                            .projects()
                                            .rename(project.key(), "x")))
                    .isInstanceOf(SynclineException.class);
        }
    }

    @Test
    @DisplayName("R1 a work that makes SQLite give up its whole transaction fails alone")
    void abortedGroupIsRunAgainOneByOne() throws Exception {
        try (MetadataStore store = open()) {
            Project project =
                    store.write(transaction -> transaction.projects().add(samples.newProject()));
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            List<Future<Long>> good = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Integer> holder =
                        threads.submit(() ->
                                store.write(_ -> {
                                    holding.countDown();
                                    await(release);
                                    return 1;
                                }));
                assertThat(holding.await(20, TimeUnit.SECONDS)).isTrue();
                for (int i = 0; i < 5; i++) {
                    String prefix = "a" + i + " ";
                    good.add(
                            threads.submit(
                                    () -> Samples.commitFiles(store, project.id(), 2, prefix)));
                }
                // As a full disk or want of memory do, the transaction is gone with this work.
                Future<Integer> bad =
                        threads.submit(() ->
                                store.write(transaction -> {
                                    try {
                                        ((SqliteTransaction) transaction).sql().execute("ROLLBACK");
                                    } catch (SQLException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    throw new IllegalArgumentException("as planned");
                                }));
                for (int i = 0; i < 5; i++) {
                    String prefix = "b" + i + " ";
                    good.add(
                            threads.submit(
                                    () -> Samples.commitFiles(store, project.id(), 2, prefix)));
                }
                release.countDown();

                assertThat(holder.get()).isEqualTo(1);
                assertThatThrownBy(bad::get).hasRootCauseMessage("as planned");
                for (Future<Long> commit : good) {
                    assertThat(commit.get()).isPositive();
                }
            }
            assertThat(
                            store.read(transaction -> transaction.projects().find(project.id()))
                                    .orElseThrow()
                                    .head())
                    .isEqualTo(20);
        }
    }

    @Test
    @DisplayName("L9 the WAL stays bounded while reads overlap without end")
    void walStaysBoundedUnderOverlappingReads() throws Exception {
        long limit = 1 << 18;
        try (MetadataStore store = SqliteMetadataStore.open(file(), limit, 1_000)) {
            Project project =
                    store.write(transaction -> transaction.projects().add(samples.newProject()));
            AtomicBoolean done = new AtomicBoolean();
            long largest = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> readers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    readers.add(
                            threads.submit(() -> {
                                while (!done.get()) {
                                    store.read(transaction ->
                                            transaction.nodes(project.key()).changes(0, 500));
                                }
                            }));
                }
                for (int i = 0; i < 80; i++) {
                    Samples.commitFiles(store, project.id(), 100, "f");
                    largest =
                            Math.max(
                                    largest,
                                    folder.resolve("metadata.sqlite-wal").toFile().length());
                }
                done.set(true);
                for (Future<?> reader : readers) {
                    reader.get();
                }
            }
            // Seen without the bound: 13 MiB.
            assertThat(largest).isBetween(limit, 9L << 20);
        }
    }

    @ParameterizedTest
    @DisplayName("R47 R48 L9 each page is served by its index, without sorting")
    @CsvSource(
            delimiter = '|',
            value = {
                "children|node_child",
                "changes|node_feed",
                "live|PRIMARY KEY",
                "history|PRIMARY KEY",
                "newest|history_gone",
                "older|PRIMARY KEY",
                "slice|PRIMARY KEY",
                "recreated|history_origin",
                "deleted|history_deleted",
                "deletedIn|history_deleted_in",
                "deletedAt|history_deleted_in",
                "ends|PRIMARY KEY",
                "names|node_child",
                "blocks|PRIMARY KEY",
                "missing|PRIMARY KEY",
                "roots|PRIMARY KEY",
                "pastRoots|PRIMARY KEY",
                "freshRoots|node_feed",
                "marks|PRIMARY KEY",
                "trees|block_tree",
                "allBlocks|PRIMARY KEY",
                "packs|pack_project",
                "superseded|pack_superseded"
            })
    void pageIsServedByItsIndex(String page, String index) throws SQLException {
        open().close();
        String query =
                switch (page) {
                    case "children" -> SqliteNodes.CHILDREN_PAGE;
                    case "changes" -> SqliteNodes.CHANGES;
                    case "live" -> SqliteNodes.LIVE;
                    case "names" -> SqliteNodes.BY_NAMES;
                    case "blocks" -> SqliteBlocks.FIND;
                    case "missing" -> SqliteBlocks.PRESENT;
                    case "roots" -> SqliteCollecting.LIVE;
                    case "pastRoots" -> SqliteCollecting.HISTORY;
                    case "freshRoots" -> SqliteCollecting.CHANGED;
                    case "marks" -> SqliteCollecting.MARKS;
                    case "trees" -> SqliteCollecting.TREES;
                    case "allBlocks" -> SqliteCollecting.PAGE;
                    case "packs" -> SqlitePacks.PAGE;
                    case "superseded" -> SqlitePacks.SUPERSEDED;
                    case "history" -> SqliteNodes.HISTORY_PAGE;
                    case "slice" -> SqliteHistory.SLICE;
                    case "newest" -> SqliteHistory.NEWEST;
                    case "recreated" -> SqliteHistory.RECREATED;
                    case "deleted" -> SqliteHistory.DELETED;
                    case "deletedIn" -> SqliteHistory.DELETED_IN;
                    case "deletedAt" -> SqliteHistory.DELETED_AT;
                    case "ends" -> SqliteHistory.ENDS;
                    default -> SqliteHistory.OLDER;
                };
        assertThat(plan(query).replace("SCAN CONSTANT ROW", ""))
                .contains("SEARCH")
                .contains(index)
                .doesNotContain("TEMP B-TREE")
                .doesNotContain("SCAN");
    }

    @ParameterizedTest
    @DisplayName("L9 a node's history is a walk over its own versions")
    @ValueSource(booleans = {false, true})
    void historyOfANodeIsAWalkOverItsVersions(boolean ofOthers) throws SQLException {
        open().close();
        String query = ofOthers ? SqliteHistory.BELOW_OTHERS : SqliteHistory.BELOW;

        // Lazily, so that a page ends where its limit says.
        assertThat(plan(query))
                .startsWith("CO-ROUTINE chain")
                .contains("SEARCH newer USING PRIMARY KEY (project=? AND sequence=?)")
                .endsWith("SEARCH history USING PRIMARY KEY (project=? AND sequence=?)\n")
                .doesNotContain("TEMP B-TREE")
                .doesNotContain("SCAN newer")
                .doesNotContain("SCAN history");
    }

    private String plan(String query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement sql = connection.createStatement();
                ResultSet rows =
                        sql.executeQuery(
                                "EXPLAIN QUERY PLAN " + query.replaceAll("\\?[0-9]*", "1"))) {
            while (rows.next()) {
                plan.append(rows.getString("detail")).append('\n');
            }
        }
        return plan.toString();
    }

    private static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
