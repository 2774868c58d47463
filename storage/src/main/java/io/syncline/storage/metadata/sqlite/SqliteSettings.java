package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.Settings;
import io.syncline.storage.metadata.column.Values;
import java.nio.ByteBuffer;
import java.util.Optional;

final class SqliteSettings implements Settings.Writable {
    private final SqliteTransaction transaction;

    SqliteSettings(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<ByteBuffer> find(String name) {
        return transaction
                .sql()
                .one(
                        row -> ByteBuffer.wrap(row.getBytes(1)).asReadOnlyBuffer(),
                        "SELECT value FROM setting WHERE name = ?",
                        name);
    }

    @Override
    public void put(String name, ByteBuffer value) {
        transaction.update(
                "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
                name,
                Values.bytes(value));
    }

    @Override
    public ByteBuffer putIfAbsent(String name, ByteBuffer value) {
        transaction.update(
                "INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)",
                name,
                Values.bytes(value));
        return find(name).orElseThrow();
    }

    @Override
    public boolean delete(String name) {
        return transaction.update("DELETE FROM setting WHERE name = ?", name) > 0;
    }
}
