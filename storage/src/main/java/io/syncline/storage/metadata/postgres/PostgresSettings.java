package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.Settings;
import io.syncline.storage.metadata.column.Values;
import java.nio.ByteBuffer;
import java.util.Optional;

final class PostgresSettings implements Settings.Writable {
    private final PostgresTransaction transaction;

    PostgresSettings(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<ByteBuffer> find(String name) {
        return transaction.one(
                row -> ByteBuffer.wrap(row.getBytes(1)).asReadOnlyBuffer(),
                "SELECT value FROM setting WHERE name = ?",
                name);
    }

    @Override
    public void put(String name, ByteBuffer value) {
        transaction.need(Lock.INSTALLATION);
        transaction.update(
                "INSERT INTO setting (name, value) VALUES (?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                name,
                Values.bytes(value));
    }

    @Override
    public ByteBuffer putIfAbsent(String name, ByteBuffer value) {
        transaction.update(
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                name,
                Values.bytes(value));
        return find(name).orElseThrow();
    }

    @Override
    public boolean delete(String name) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update("DELETE FROM setting WHERE name = ?", name) > 0;
    }
}
