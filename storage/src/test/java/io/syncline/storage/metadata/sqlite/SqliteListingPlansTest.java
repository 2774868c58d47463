package io.syncline.storage.metadata.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How SQLite goes about listings and search. */
final class SqliteListingPlansTest {
    @TempDir private Path folder;

    @BeforeEach
    void makeSchema() {
        SqliteMetadataStore.open(folder.resolve("metadata.sqlite")).close();
    }

    private String plan(String query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("metadata.sqlite"));
                Statement sql = connection.createStatement();
                ResultSet rows =
                        sql.executeQuery("EXPLAIN QUERY PLAN " + query.replace("?", "1"))) {
            while (rows.next()) {
                plan.append(rows.getString("detail")).append('\n');
            }
        }
        return plan.toString();
    }

    @Test
    @DisplayName("L9 every page begins at its place in an index and is in its order")
    void pagesAreRangesOfAnIndex() throws SQLException {
        List<String> all = SqliteListings.allStatements(true);
        assertThat(all).hasSize(24).doesNotHaveDuplicates();
        for (String query : all) {
            // Value and name are compared as one: many rows of one value are no walk.
            String range =
                    !query.contains(" ? ORDER") && !query.contains("?) ORDER")
                            ? "project=? AND parent=?)"
                            : query.contains("(size, name)")
                                    ? "AND (size,name)"
                                    : query.contains("(mtime_ns, name)")
                                            ? "AND (mtime_ns,name)"
                                            : "AND name";
            assertThat(plan(query))
                    .as(query)
                    .startsWith("SEARCH node USING INDEX node_")
                    .contains(range)
                    .doesNotContain("TEMP B-TREE")
                    .doesNotContain("SCAN");
        }
    }

    @Test
    @DisplayName("L9 page maps and positions walk over an index and nothing else")
    void walksStayInTheIndex() throws SQLException {
        List<String> all = SqliteListings.allStatements(false);
        assertThat(all).hasSize(48).doesNotHaveDuplicates();
        for (String query : all) {
            assertThat(plan(query))
                    .as(query)
                    .startsWith("SEARCH node USING COVERING INDEX node_")
                    .doesNotContain("TEMP B-TREE")
                    .doesNotContain("SCAN");
        }
    }

    @Test
    @DisplayName("L9 a search reads lists of trigrams, in order, of its own project")
    void searchReadsLists() throws SQLException {
        assertThat(plan(SqliteNameIndex.CANDIDATES))
                .contains("VIRTUAL TABLE INDEX")
                .contains("M")
                .contains("<")
                .contains(">")
                .doesNotContain("TEMP B-TREE");
    }

    @Test
    void longTermsAskForFewTrigrams() {
        assertThat(SqliteNameIndex.expression("a")).isEqualTo("\"//a\"");
        assertThat(SqliteNameIndex.expression("ab")).isEqualTo("\"/ab\"");
        assertThat(SqliteNameIndex.expression("abc")).isEqualTo("\"abc\"");
        assertThat(SqliteNameIndex.expression("abcd")).isEqualTo("\"abc\" AND \"bcd\"");
        assertThat(SqliteNameIndex.expression("\"ab")).isEqualTo("\"\"\"ab\"");
        assertThat(SqliteNameIndex.expression("😀")).isEqualTo("\"//😀\"");
        String term = "abcdefghijklmnopqrstuvwxyz0123456789";
        assertThat(SqliteNameIndex.expression(term).split(" AND "))
                .hasSize(8)
                .contains("\"abc\"", "\"789\"");
    }
}
