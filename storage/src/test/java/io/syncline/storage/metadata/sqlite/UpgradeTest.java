package io.syncline.storage.metadata.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What migrations make of data that older programs wrote. */
final class UpgradeTest {
    /** The schema of V007 as far as V008 changed it. */
    private static final List<String> BACK_TO_7 =
            List.of(
                    "CREATE INDEX node_size ON node (project, parent, size, name, kind)"
                            + " WHERE deleted = 0 AND kind <> 2",
                    "CREATE INDEX node_time ON node (project, parent, mtime_ns, name, kind)"
                            + " WHERE deleted = 0 AND kind <> 2",
                    "CREATE INDEX history_node ON history (project, id, sequence)",
                    "DROP INDEX history_gone",
                    "DROP TABLE listing_row",
                    "ALTER TABLE listing DROP COLUMN ordered",
                    "DROP TABLE lease",
                    "DROP TABLE right_change",
                    "DROP TABLE attempt",
                    "DROP TABLE audit",
                    "DROP INDEX account_folded_name",
                    "ALTER TABLE account DROP COLUMN operator",
                    "ALTER TABLE account DROP COLUMN disabled",
                    "INSERT INTO account VALUES (x'000102030405060708090a0b0c0d0e0f', 'admin',"
                            + " NULL, 0)",
                    "DELETE FROM schema_version WHERE number >= 8");

    private static final NodeId LARGE = new NodeId(1);
    private static final NodeId SMALL = new NodeId(2);

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("metadata.sqlite");
    }

    @Test
    void largeDirectoriesArePutInOrderByV008() throws SQLException {
        int large = SqliteListingRows.KEPT_ROWS_MIN + 1;
        int small = SqliteListingRows.KEPT_ROWS_MIN;
        Project project;
        List<List<Node>> before;
        List<String> rows;
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            project = store.write(write -> write.projects().add(new Samples(1).newProject()));
            fill(store, project, large, small);
            before = listings(store, project);
            assertThat(before).allSatisfy(page -> assertThat(page).hasSize(small));
            rows = rows();
            assertThat(rows).hasSize(2 * large);
        }
        try (Connection connection = connect();
                Statement sql = connection.createStatement()) {
            for (String statement : BACK_TO_7) {
                sql.execute(statement);
            }
        }

        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            assertThat(listings(store, project)).isEqualTo(before);
            assertThat(rows()).isEqualTo(rows);
            // Whoever was the first account may operate the server from V010 on.
            assertThat(
                            store.<Boolean>read(read ->
                                    read.accounts().byName("admin").orElseThrow().operator()))
                    .isTrue();
            List<Version> twice =
                    store.read(read -> read.nodes(project.key()).history(new NodeId(3), 99_999, 9));
            assertThat(twice).hasSize(2);
            // What is in order by the migration is kept so.
            Samples.commit(
                    store,
                    project.id(),
                    List.of(
                            Samples.changed(
                                    Samples.deleted(before.getFirst().getFirst(), 99_999),
                                    Action.DELETE)));
            assertThat(rows()).hasSize(2 * large - 2);
        }
    }

    private static void fill(MetadataStore store, Project project, int large, int small) {
        List<Version> versions = new ArrayList<>();
        versions.add(Samples.created(Samples.directory(1, 0, "large")));
        versions.add(Samples.created(Samples.directory(2, 0, "small")));
        for (int i = 0; i < large + small; i++) {
            long id = 3L + i;
            NodeId parent = i < large ? LARGE : SMALL;
            String name = Long.toHexString(id * 0x9E3779B97F4A7C15L);
            versions.add(Samples.created(Samples.file(id, parent.value(), name)));
        }
        long next = 3L + large + small;
        Node first = versions.get(2).node();
        versions.add(
                Samples.changed(
                        Samples.moved(first, 1, first.place().name().value(), next),
                        Action.UPDATE));
        Samples.commit(store, project.id(), versions);
    }

    private static List<List<Node>> listings(MetadataStore store, Project project) {
        List<List<Node>> listings = new ArrayList<>();
        for (NodeId directory : List.of(LARGE, SMALL)) {
            for (Sort sort : Sort.values()) {
                listings.add(
                        store.read(read ->
                                read.listings(project.key())
                                        .forward(
                                                directory,
                                                new ListingOrder(sort, true),
                                                Optional.empty(),
                                                SqliteListingRows.KEPT_ROWS_MIN)));
            }
        }
        return listings;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    /** All that is kept in order. */
    private List<String> rows() throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet rows =
                        sql.executeQuery(
                                "SELECT concat_ws('|', project, directory, sort, value, row_name,"
                                        + " node) FROM listing_row")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
