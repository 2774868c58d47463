package io.syncline.storage.metadata.column;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.metadata.AuditEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An entry of the audit log as a row, which is the same in every SQL database. */
public final class AuditRow {
    private static final String COLUMNS =
            "id, at, action, account, device, peer, project, subject, detail";

    /** To be followed by what is selected; read by {@link #read}. */
    public static final String SELECT = "SELECT " + COLUMNS + " FROM audit";

    /** Takes {@link #values}. */
    public static final String INSERT =
            "INSERT INTO audit (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private AuditRow() {}

    /** The entry in a selected row. */
    public static AuditEntry read(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                Values.time(row, 2),
                row.getString(3),
                id(row, 4, AccountId::new),
                id(row, 5, DeviceId::new),
                Optional.ofNullable(row.getString(6)),
                id(row, 7, ProjectId::new),
                Optional.ofNullable(row.getString(8)),
                Optional.ofNullable(row.getString(9)));
    }

    private static <T> Optional<T> id(ResultSet row, int column, Function<String, T> of)
            throws SQLException {
        return row.getBytes(column) == null
                ? Optional.empty()
                : Optional.of(of.apply(Values.id(row, column)));
    }

    /** What is inserted for an entry. */
    public static @Nullable Object[] values(AuditEntry entry) {
        return new @Nullable Object[] {
            entry.id(),
            entry.time().toEpochMilli(),
            entry.action(),
            entry.account().map(id -> Values.id(id.value())).orElse(null),
            entry.device().map(id -> Values.id(id.value())).orElse(null),
            entry.peer().orElse(null),
            entry.project().map(id -> Values.id(id.value())).orElse(null),
            entry.subject().orElse(null),
            entry.detail().orElse(null)
        };
    }
}
