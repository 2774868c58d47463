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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @DisplayName("L9 every page begins at its place in an index and is in its order")
    @CsvSource(
            delimiter = '|',
            value = {
                "DIRECTORIES|node USING INDEX node_directory (project=? AND parent=?|name",
                "NAME|node USING INDEX node_name (project=? AND parent=?|name",
                "KEPT_SIZE|r USING PRIMARY KEY (project=? AND directory=? AND"
                        + " sort=?|(value,row_name)",
                "KEPT_TIME|r USING PRIMARY KEY (project=? AND directory=? AND"
                        + " sort=?|(value,row_name)"
            })
    void pagesAreRangesOfAnIndex(SqliteListings.Part part, String index, String key)
            throws SQLException {
        List<String> all = SqliteListings.allStatements(part, true);
        assertThat(all).hasSize(6).doesNotHaveDuplicates();
        for (String query : all) {
            boolean whole = !query.contains("? ORDER") && !query.contains("?) ORDER");
            // Value and name are compared as one: many rows of one value are no walk.
            assertThat(plan(query))
                    .as(query)
                    .startsWith("SEARCH " + index + (whole ? ")" : " AND " + key))
                    .doesNotContain("TEMP B-TREE")
                    .doesNotContain("SCAN");
        }
    }

    @ParameterizedTest
    @DisplayName("L9 page maps and positions walk over an index and nothing else")
    @CsvSource({
        "DIRECTORIES, node USING COVERING INDEX node_directory",
        "NAME, node USING COVERING INDEX node_name",
        "KEPT_SIZE, r USING PRIMARY KEY",
        "KEPT_TIME, r USING PRIMARY KEY"
    })
    void walksStayInTheIndex(SqliteListings.Part part, String index) throws SQLException {
        List<String> all = SqliteListings.allStatements(part, false);
        assertThat(all).hasSize(12).doesNotHaveDuplicates();
        for (String query : all) {
            assertThat(plan(query))
                    .as(query)
                    .startsWith("SEARCH " + index)
                    .doesNotContain("SEARCH n ")
                    .doesNotContain("TEMP B-TREE")
                    .doesNotContain("SCAN");
        }
    }

    @ParameterizedTest
    @DisplayName("a small directory's rows by size and time are found by its names, and sorted")
    @EnumSource(names = {"SIZE", "TIME"})
    void smallDirectoriesAreSorted(SqliteListings.Part part) throws SQLException {
        List<String> all = SqliteListings.allStatements(part, true);
        all.addAll(SqliteListings.allStatements(part, false));
        assertThat(all).hasSize(20).doesNotHaveDuplicates();
        for (String query : all) {
            assertThat(plan(query))
                    .as(query)
                    .startsWith("SEARCH node USING INDEX node_name (project=? AND parent=?)")
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
