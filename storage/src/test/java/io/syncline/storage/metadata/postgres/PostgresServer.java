package io.syncline.storage.metadata.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for the tests of this JVM, stopped when it ends. It doesn't flush. Each test
 * has a database of its own, copied from one whose schema is up to date.
 */
final class PostgresServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final String TEMPLATE = "prepared";

    private static @Nullable EmbeddedPostgres running;

    private PostgresServer() {}

    private static synchronized EmbeddedPostgres running() {
        EmbeddedPostgres server = running;
        if (server == null) {
            try {
                server =
                        EmbeddedPostgres.builder()
                                .setOverrideWorkingDirectory(new File("target/postgres"))
                                .setServerConfig("max_connections", "200")
                                .setServerConfig("shared_buffers", "64MB")
                                .setServerConfig("deadlock_timeout", "100ms")
                                .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            running = server;
            execute("CREATE DATABASE " + TEMPLATE);
            PostgresMetadataStore.open(address(TEMPLATE, 4, 4)).close();
        }
        return server;
    }

    private static PostgresAddress address(String database, int readers, int writers) {
        return new PostgresAddress(
                "localhost:" + running().getPort(),
                database,
                Optional.of("postgres"),
                Optional.empty(),
                Map.of(),
                readers,
                writers);
    }

    /** Where a new store is, empty and up to date. */
    static PostgresAddress fresh() {
        return fresh(4, 4);
    }

    static PostgresAddress fresh(int readers, int writers) {
        running();
        String name = "test_" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        return address(name, readers, writers);
    }

    /** Where a database without anything in it is. */
    static PostgresAddress empty() {
        running();
        String name = "test_" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name + " TEMPLATE template0");
        return address(name, 4, 4);
    }

    /** Opens a new, empty store. */
    static PostgresMetadataStore open() {
        return PostgresMetadataStore.open(fresh());
    }

    /** A connection past the store. */
    static Connection connect(String database) {
        return connect(database, "");
    }

    /** Another one, whose statements aren't prepared. */
    static Connection connectPlainly(String database) {
        return connect(database, "?preferQueryMode=simple");
    }

    private static Connection connect(String database, String options) {
        String url = "jdbc:postgresql://localhost:" + running().getPort() + "/" + database;
        try {
            return DriverManager.getConnection(url + options, "postgres", "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(String sql) {
        execute("postgres", sql);
    }

    /** Runs statements past the store. */
    static void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
