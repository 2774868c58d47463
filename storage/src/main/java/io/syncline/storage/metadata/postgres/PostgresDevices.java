package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.Devices;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class PostgresDevices implements Devices.Writable {
    private static final String COLUMNS =
            "SELECT id, account, name, token, created, seen, revoked FROM device";

    private final PostgresTransaction transaction;

    PostgresDevices(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    private static Device read(ResultSet row) throws SQLException {
        return new Device(
                new DeviceId(Values.id(row, 1)),
                new AccountId(Values.id(row, 2)),
                row.getString(3),
                Values.hash(row, 4),
                Values.time(row, 5),
                Values.time(row, 6),
                Values.optionalTime(row, 7));
    }

    @Override
    public Optional<Device> find(DeviceId id) {
        return transaction.one(
                PostgresDevices::read, COLUMNS + " WHERE id = ?", Values.id(id.value()));
    }

    @Override
    public Map<DeviceId, Device> find(Collection<DeviceId> ids) {
        Map<DeviceId, Device> found = new HashMap<>();
        transaction
                .lookUp(
                        PostgresDevices::read,
                        COLUMNS + " WHERE id = ANY (?)",
                        ids.stream().distinct().map(id -> Values.id(id.value())).toList())
                .forEach(device -> found.put(device.id(), device));
        return found;
    }

    @Override
    public Optional<Device> byToken(Hash token) {
        return transaction.one(
                PostgresDevices::read,
                COLUMNS
                        + " WHERE token = ? AND NOT EXISTS (SELECT 1 FROM account"
                        + " WHERE account.id = device.account AND disabled)",
                token.toBytes());
    }

    @Override
    public List<Device> ofAccount(AccountId account) {
        return transaction.list(
                PostgresDevices::read,
                COLUMNS + " WHERE account = ? ORDER BY created, id",
                Values.id(account.value()));
    }

    @Override
    public List<Device> ofProject(ProjectKey project) {
        return transaction.list(
                PostgresDevices::read,
                COLUMNS
                        + " WHERE account IN (SELECT account FROM member WHERE project = ?)"
                        + " ORDER BY created, id",
                project.value());
    }

    @Override
    public void add(Device device) {
        transaction.need(Lock.INSTALLATION);
        transaction.update(
                "INSERT INTO device (id, account, name, token, created, seen, revoked)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                Values.id(device.id().value()),
                Values.id(device.account().value()),
                device.name(),
                device.token().toBytes(),
                device.created().toEpochMilli(),
                device.seen().toEpochMilli(),
                Values.time(device.revoked()));
    }

    @Override
    public void touch(DeviceId id, Instant seen) {
        transaction.update(
                "UPDATE device SET seen = greatest(seen, ?) WHERE id = ?",
                seen.toEpochMilli(),
                Values.id(id.value()));
    }

    @Override
    public boolean rename(DeviceId id, String name) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update(
                        "UPDATE device SET name = ? WHERE id = ?", name, Values.id(id.value()))
                > 0;
    }

    @Override
    public boolean revoke(DeviceId id, Instant revoked) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update(
                        "UPDATE device SET revoked = ? WHERE id = ? AND revoked IS NULL",
                        revoked.toEpochMilli(),
                        Values.id(id.value()))
                > 0;
    }
}
