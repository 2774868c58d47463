package io.syncline.storage.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.FaultyLink;
import io.syncline.storage.Poll;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WaitingCallers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Callers who wait until a deadline. */
final class PostgresDeadlineTest {
    private static final String SLEEP = "SELECT pg_sleep(60)";

    private static Optional<Boolean> sleep(ReadTransaction read) {
        return ((PostgresTransaction) read).one(_ -> true, SLEEP);
    }

    private static void assertUnavailable(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private static long sleeping(String database) {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                        + " current_database() AND state = 'active' AND query = '"
                                        + SLEEP
                                        + "'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("L9 a write that waited beyond its deadline fails, and is never run")
    void lateWritesNeverBegin() throws Exception {
        try (PostgresMetadataStore store = PostgresMetadataStore.open(PostgresServer.fresh(1, 1))) {
            WaitingCallers.assertLateWritesNeverBegin(store, 1);
        }
    }

    @Test
    @DisplayName("L9 a read waits no longer than its caller")
    void lateReadsEnd() throws Exception {
        try (PostgresMetadataStore store = PostgresMetadataStore.open(PostgresServer.fresh(2, 1))) {
            WaitingCallers.assertLateReadsNeverBegin(store, 2);
            WaitingCallers.assertLateReadsEnd(store);
        }
    }

    @Test
    @DisplayName("L9 the database ends a statement that nobody waits for any more")
    void lateStatementsAreCancelled() {
        PostgresAddress address = PostgresServer.fresh(1, 1);
        try (PostgresMetadataStore store = PostgresMetadataStore.open(address)) {
            Deadline soon = Deadline.after(Duration.ofMillis(300));
            assertThatThrownBy(() -> soon.call(() -> store.read(PostgresDeadlineTest::sleep)))
                    .satisfies(PostgresDeadlineTest::assertUnavailable);
            Poll.until(() -> sleeping(address.database()) == 0);
            // The only connection was that one's.
            assertThat(store.<Boolean>read(read -> read.settings().find("no").isEmpty())).isTrue();
        }
    }

    @Test
    @DisplayName("L9 no connection waits for ever for a database that says nothing")
    void connectionsHaveBounds() throws Exception {
        PostgresAddress address = PostgresServer.fresh(1, 1);
        try (HikariDataSource reads = Connections.forReads(address);
                HikariDataSource writes = Connections.forWrites(address);
                Connection read = reads.getConnection();
                Connection write = writes.getConnection()) {
            assertThat(Duration.ofMillis(read.getNetworkTimeout()))
                    .isEqualTo(Duration.ofMinutes(10).plusSeconds(15));
            assertThat(Duration.ofMillis(write.getNetworkTimeout()))
                    .isEqualTo(Duration.ofSeconds(75));
            assertThat(reads.getDataSourceProperties().values()).allMatch(String.class::isInstance);
        }
    }

    private static PostgresAddress through(FaultyLink link, PostgresAddress direct, int readers) {
        return new PostgresAddress(
                "localhost:" + link.port(),
                direct.database(),
                direct.user(),
                direct.password(),
                Map.of(),
                readers,
                1);
    }

    private static int port(PostgresAddress direct) {
        return Integer.parseInt(direct.hosts().substring(direct.hosts().indexOf(':') + 1));
    }

    private static SynclineException failureWithin(MetadataStore store, Duration budget) {
        try {
            Deadline.after(budget).call(() -> store.read(read -> read.settings().find("no")));
        } catch (SynclineException e) {
            return e;
        }
        throw new AssertionError("it was read");
    }

    @Test
    @DisplayName("L9 a connection is waited for no longer than the read's caller waits")
    void connectionsAreWaitedForUntilTheDeadline() throws Exception {
        PostgresAddress direct = PostgresServer.fresh(2, 1);
        try (FaultyLink link = new FaultyLink(port(direct));
                PostgresMetadataStore store =
                        PostgresMetadataStore.open(through(link, direct, 2))) {
            link.part();
            link.cut();
            // Those that the pool still has fail at once; then none can be had.
            while (!failureWithin(store, Duration.ofMillis(100))
                    .toString()
                    .contains("Connection is not available")) {
                Thread.onSpinWait();
            }
            CompletableFuture<Boolean> patient = new CompletableFuture<>();
            Thread waiting =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    patient.complete(
                                            store.<Boolean>read(
                                                    read -> read.settings().find("no").isEmpty()));
                                } catch (SynclineException e) {
                                    patient.completeExceptionally(e);
                                }
                            });
            Poll.until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
            assertUnavailable(failureWithin(store, Duration.ofMillis(100)));
            // Who began to wait earlier, and may wait for longer, still waits.
            link.join();
            assertThat(patient.get()).isTrue();
        }
    }

    @Test
    @DisplayName("L9 a database that says nothing is waited for until the deadline, and a moment")
    void silenceEnds() throws Exception {
        PostgresAddress direct = PostgresServer.fresh(1, 1);
        try (FaultyLink link = new FaultyLink(port(direct));
                PostgresMetadataStore store =
                        PostgresMetadataStore.open(through(link, direct, 1))) {
            assertThat(store.<Boolean>read(read -> read.settings().find("no").isEmpty())).isTrue();
            link.part();
            Deadline soon = Deadline.after(Duration.ofMillis(300));
            assertThatThrownBy(
                            () -> soon.call(() -> store.read(read -> read.settings().find("no"))))
                    .satisfies(PostgresDeadlineTest::assertUnavailable);
            link.join();
            assertThat(store.<Boolean>read(read -> read.settings().find("no").isEmpty())).isTrue();
        }
    }
}
