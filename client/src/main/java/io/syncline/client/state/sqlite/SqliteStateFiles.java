package io.syncline.client.state.sqlite;

import io.syncline.client.state.StateFiles;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.SynclineException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The files of {@link SqliteStateStore}. */
public final class SqliteStateFiles implements StateFiles {
    /** More faults of one file aren't told. */
    private static final int FAULTS_MAX = 5;

    /** The files; there is nothing to be kept open. */
    public SqliteStateFiles() {}

    @Override
    public List<String> faults(Path file) {
        List<String> faults = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                var answer = statement.executeQuery("PRAGMA integrity_check(" + FAULTS_MAX + ")")) {
            while (answer.next() && faults.size() < FAULTS_MAX) {
                String line = answer.getString(1);
                if (!line.equals("ok")) {
                    faults.add(line);
                }
            }
        } catch (SQLException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        if (faults.isEmpty()) {
            try (StateStore store = open(file)) {
                store.agreedCount();
            } catch (SynclineException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(faults);
    }

    @Override
    public StateStore open(Path file) {
        return SqliteStateStore.open(file);
    }

    @Override
    public List<Path> parts(Path file) {
        return List.of(
                file,
                file.resolveSibling(file.getFileName() + "-wal"),
                file.resolveSibling(file.getFileName() + "-shm"),
                file.resolveSibling(file.getFileName() + "-journal"));
    }
}
