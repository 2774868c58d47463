package io.syncline.storage.metadata.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** Makes the pools of connections, and says how each connection is set. */
final class Connections {
    /** How long a connection may take to be made, or to be had from the pool. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** How long a connection that was idle may take to show that it lives; then it is closed. */
    private static final Duration ALIVE_TIMEOUT = Duration.ofSeconds(2);

    /** Longest statement that writes, and how long its answer is waited for. */
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(60);

    /** Longest statement that reads: counting all rows of a large project. */
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(10);

    /** Longest statement of a move: counting the blocks of a large server. */
    private static final Duration ROWS_TIMEOUT = Duration.ofHours(2);

    /** How long the first work of a transaction waits for a lock. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

    /** After this long without a statement a transaction, and with it its locks, is given up. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    /** How long a statement's cancellation may take to be said; one thread says all of them. */
    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(2);

    /** The connection's answer may be late by so much beyond the statement's own bound. */
    private static final Duration SLACK = Duration.ofSeconds(15);

    /**
     * All questions are served by indexes, and all joins begin with few rows. Without statistics,
     * as in a table that has just grown, the planner would rather read whole tables. Compiling
     * plans costs more than it saves. A node that vanished is noticed, and its locks freed, within
     * a minute. A flush before the answer is promised, whatever the database is set to.
     */
    static final String SET =
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
                    + " SET jit = off; SET client_min_messages = error;"
                    + " SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;"
                    + " SET tcp_keepalives_count = 3;"
                    + " SELECT set_config('synchronous_commit', CASE"
                    + " current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE"
                    + " current_setting('synchronous_commit') END, false);";

    /** Else a connection would begin with the snapshot of this moment, and forget what was set. */
    private static final String COMMIT = " COMMIT";

    private Connections() {}

    /** For works that write: see {@link PostgresTransaction} for their isolation. */
    static HikariDataSource forWrites(PostgresAddress address) {
        HikariConfig config = config(address, "write", address.writers(), WRITE_TIMEOUT);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(
                SET
                        + set("statement_timeout", WRITE_TIMEOUT)
                        + set("lock_timeout", LOCK_TIMEOUT)
                        + set("idle_in_transaction_session_timeout", IDLE_TIMEOUT)
                        + COMMIT);
        return new HikariDataSource(config);
    }

    /** For works that look: each sees one snapshot (R14). */
    static HikariDataSource forReads(PostgresAddress address) {
        HikariConfig config = config(address, "read", address.readers(), READ_TIMEOUT);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setReadOnly(true);
        config.setConnectionInitSql(
                SET
                        + set("statement_timeout", READ_TIMEOUT)
                        + set("idle_in_transaction_session_timeout", READ_TIMEOUT)
                        + COMMIT);
        return new HikariDataSource(config);
    }

    /** For moving all rows: one connection, whose statements may take long. */
    static HikariDataSource forRows(PostgresAddress address) {
        HikariConfig config = config(address, "rows", 1, ROWS_TIMEOUT);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(SET + set("statement_timeout", ROWS_TIMEOUT) + COMMIT);
        return new HikariDataSource(config);
    }

    private static String set(String name, Duration time) {
        return " SET " + name + " = " + time.toMillis() + ";";
    }

    /** As text: the driver passes over numbers, in silence. */
    private static String seconds(Duration time) {
        return Long.toString(time.toSeconds());
    }

    private static HikariConfig config(
            PostgresAddress address, String name, int connections, Duration statement) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("metadata-" + name);
        config.setJdbcUrl(address.jdbcUrl());
        address.user().ifPresent(config::setUsername);
        address.password().ifPresent(password -> config.setPassword(password.value()));
        config.addDataSourceProperty("ApplicationName", "syncline");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", seconds(CONNECT_TIMEOUT));
        config.addDataSourceProperty("cancelSignalTimeout", seconds(CANCEL_TIMEOUT));
        config.addDataSourceProperty("socketTimeout", seconds(statement.plus(SLACK)));
        // All SQL is constant, about two hundred texts: prepared at first use, kept as long as the
        // connection.
        config.addDataSourceProperty("prepareThreshold", "1");
        config.addDataSourceProperty("preparedStatementCacheQueries", "512");
        address.options().forEach(config::addDataSourceProperty);
        config.setAutoCommit(false);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setValidationTimeout(ALIVE_TIMEOUT.toMillis());
        return config;
    }
}
