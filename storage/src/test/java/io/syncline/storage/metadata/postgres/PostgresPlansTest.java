package io.syncline.storage.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.storage.metadata.postgres.PostgresListings.Part;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That no question about one project reads all of it, or sorts it. */
final class PostgresPlansTest {
    private static final String ROWS =
            """
            INSERT INTO node SELECT i % 3 + 1, i, i % 50, i, i * 7 % 1000, i, 1 + (i % 9 = 0)::int,
                0, false, i % 5 = 0, 'name ' || i, '\\x00', '\\x00', NULL
                FROM generate_series(1, 40000) AS i;
            INSERT INTO history SELECT i % 3 + 1, i, i / 2, i % 50, i, i, i, NULL, i - 2, 1, 0, 1,
                false, i % 5 = 0, 'name ' || i, '\\x00', '\\x00'
                FROM generate_series(1, 40000) AS i;
            INSERT INTO block SELECT i % 3 + 1, i % 100, i, i, i, 0, 1, 1, (i % 99 = 0)::int,
                sha256(i::text::bytea) FROM generate_series(1, 40000) AS i;
            INSERT INTO pack (project, id) SELECT i % 3 + 1, sha256(i::text::bytea)
                FROM generate_series(1, 5000) AS i;
            ANALYZE\
            """;

    /** Questions for a page, or for the rows of some keys, in the order of an index. */
    private static final List<String> QUESTIONS =
            List.of(
                    PostgresNodes.BY_IDS,
                    PostgresNodes.BY_PLACES,
                    PostgresNodes.CHILDREN_PAGE,
                    PostgresNodes.CHANGES,
                    PostgresNodes.HISTORY_PAGE,
                    PostgresHistory.SLICE_END,
                    PostgresHistory.OLDER,
                    PostgresHistory.NEWEST,
                    PostgresHistory.BELOW,
                    PostgresHistory.DELETED,
                    PostgresHistory.DELETED_IN,
                    PostgresHistory.DELETED_AT,
                    PostgresHistory.ENDS,
                    PostgresBlocks.FIND,
                    PostgresBlocks.PRESENT,
                    PostgresCollecting.LIVE,
                    PostgresCollecting.HISTORY,
                    PostgresCollecting.CHANGED,
                    PostgresCollecting.MARKS,
                    PostgresCollecting.TREES,
                    PostgresCollecting.PAGE,
                    PostgresPacks.PAGE);

    /** Steps that read all rows, or all that are asked for before the first is had. */
    private static final Pattern WALKS = Pattern.compile("Seq Scan|Sort$");

    @Test
    @DisplayName("every question has its index, whatever its values are")
    void everyQuestionHasItsIndex() throws SQLException {
        PostgresAddress address = PostgresServer.fresh();
        PostgresServer.execute(address.database(), ROWS);
        List<String> questions = new ArrayList<>(QUESTIONS);
        for (Part part : Part.values()) {
            questions.addAll(PostgresListings.allStatements(part, true));
            questions.addAll(PostgresListings.allStatements(part, false));
        }
        try (Connection connection = PostgresServer.connectPlainly(address.database());
                Statement statement = connection.createStatement()) {
            statement.execute(Connections.SET);
            for (String question : questions) {
                List<String> plan = new ArrayList<>();
                try (ResultSet rows =
                        statement.executeQuery(
                                "EXPLAIN (GENERIC_PLAN, COSTS OFF) " + numbered(question))) {
                    while (rows.next()) {
                        plan.add(rows.getString(1));
                    }
                }
                assertThat(plan)
                        .as(question)
                        .noneMatch(line -> WALKS.matcher(line).find())
                        .anyMatch(line -> line.contains("Index Cond"));
            }
        }
    }

    /** As the driver would send it. */
    private static String numbered(String question) {
        StringBuilder numbered = new StringBuilder();
        int count = 0;
        for (int i = 0; i < question.length(); i++) {
            char c = question.charAt(i);
            numbered.append(c == '?' ? "$" + ++count : String.valueOf(c));
        }
        return numbered.toString();
    }
}
