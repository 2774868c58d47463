package io.syncline.storage.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What moves when a server changes its kind of metadata store: tables and columns by the names that
 * all adapters know, in the order in which they are filled. What isn't here is derived from what is
 * (indexes of names, snapshots), or belongs to running nodes (leases).
 */
public enum MovedTable {
    /** With the sums that are kept beside it. */
    PROJECT(
            "key! id:bytes name:text format portable_names:flag epoch:bytes parent_epoch:bytes"
                    + " fork_sequence head digest:bytes nodes floor next_block content_bytes"
                    + " created"),
    ACCOUNT("id:bytes! name:text password_hash:text created operator:flag disabled:flag"),
    SESSION("token:bytes! account:bytes created expires"),
    DEVICE("id:bytes! account:bytes name:text token:bytes created seen revoked"),
    MEMBER("project! account:bytes! role"),
    JOIN_LINK("id:bytes! secret:bytes project role uses_left expires"),
    SETTING("name:text! value:bytes"),
    QUOTA("kind! holder:bytes! content_bytes nodes frame_bytes"),
    AUDIT(
            "id! at action:text account:bytes device:bytes peer:text project:bytes subject:text"
                    + " detail:text"),
    ATTEMPT("network:text! failures:real at"),
    ANCESTOR("project! epoch:bytes! fork shared"),
    RETENTION("project! millis trimmed"),
    COLLECTOR("project! finished"),
    QUARANTINE("project! hash:bytes! since"),
    UPLOAD("project! device:bytes! started expires"),
    REPLICA(
            "project! id:bytes! device:bytes received_epoch:bytes received_sequence digest:bytes"
                    + " agreed_epoch:bytes agreed_sequence held_back folder:text seen"),
    COMMIT_DIGEST("project! sequence! digest:bytes time"),
    ANSWER("project! commit_id:bytes! body:bytes answer:bytes time"),
    NODE(
            "project! id! parent name:text name_key:text kind executable:flag mtime_ns level"
                    + " hash:bytes size sequence deleted:flag device:bytes"),
    LISTING("project! directory! version directories others"),
    HISTORY(
            "project! sequence! id parent name:text kind executable:flag mtime_ns level hash:bytes"
                    + " size deleted:flag device:bytes action origin previous time"),
    /** Not copied: blocks get other places. */
    PACK("project! key! id:bytes superseded"),
    /** Copied with the blocks themselves. */
    BLOCK("project! hash:bytes! pack place length size level number arrived condemned");

    /** What a column holds. */
    public enum Kind {
        /** A {@code Long}. */
        NUMBER,
        /** A {@code Boolean}. */
        FLAG,
        /** A {@code Double}. */
        REAL,
        /** A {@code String}. */
        TEXT,
        /** A {@code byte[]}. */
        BYTES
    }

    /**
     * A column.
     *
     * @param key whether it is part of what rows are ordered by and told apart by
     */
    public record Column(String name, Kind kind, boolean key) {}

    @SuppressWarnings("ImmutableEnumChecker") // List.copyOf
    private final List<Column> columns;

    MovedTable(String columns) {
        List<Column> read = new ArrayList<>();
        for (String word : columns.split(" ", -1)) {
            boolean key = word.endsWith("!");
            String[] parts = (key ? word.substring(0, word.length() - 1) : word).split(":", -1);
            Kind kind =
                    parts.length == 1
                            ? Kind.NUMBER
                            : Kind.valueOf(parts[1].toUpperCase(Locale.ROOT));
            read.add(new Column(parts[0], kind, key));
        }
        this.columns = List.copyOf(read);
    }

    /** Its columns, the order of every row's values. */
    public List<Column> columns() {
        return columns;
    }

    /** Those that rows are ordered by, in this order. */
    public List<Column> keys() {
        return columns.stream().filter(Column::key).toList();
    }

    /** The table's name in every adapter. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where among a row's values a column's is. */
    public int index(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException(this + " has no column " + column);
    }
}
