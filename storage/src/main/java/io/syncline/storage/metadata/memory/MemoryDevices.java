package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.Devices;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

final class MemoryDevices implements Devices.Writable {
    private final MemoryTransaction transaction;

    MemoryDevices(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Device> find(DeviceId id) {
        return transaction.tables().devices.get(id);
    }

    @Override
    public Map<DeviceId, Device> find(Collection<DeviceId> ids) {
        Map<DeviceId, Device> found = new HashMap<>();
        ids.forEach(id -> find(id).ifPresent(device -> found.put(id, device)));
        return found;
    }

    @Override
    public Optional<Device> byToken(Hash token) {
        return transaction
                .tables()
                .deviceTokens
                .get(token)
                .flatMap(this::find)
                .filter(device -> !MemoryAccounts.isDisabled(transaction, device.account()));
    }

    @Override
    public List<Device> ofAccount(AccountId account) {
        return matching(device -> device.account().equals(account));
    }

    @Override
    public List<Device> ofProject(ProjectKey project) {
        PersistentMap<AccountId, ?> members = transaction.project(project).members;
        return matching(device -> members.has(device.account()));
    }

    private List<Device> matching(Predicate<Device> wanted) {
        List<Device> found = new ArrayList<>();
        transaction
                .tables()
                .devices
                .all((_, device) -> {
                    if (wanted.test(device)) {
                        found.add(device);
                    }
                    return true;
                });
        found.sort(
                Comparator.comparing(Device::created).thenComparing(device -> device.id().value()));
        return found;
    }

    @Override
    public void add(Device device) {
        Tables tables = transaction.tables();
        if (tables.devices.has(device.id()) || tables.deviceTokens.has(device.token())) {
            throw transaction.taken("the device");
        }
        put(device);
        tables.deviceTokens = tables.deviceTokens.put(device.token(), device.id());
    }

    @Override
    public void touch(DeviceId id, Instant seen) {
        find(id).filter(device -> device.seen().isBefore(seen))
                .ifPresent(device -> put(with(device, seen, device.revoked())));
    }

    @Override
    public boolean rename(DeviceId id, String name) {
        Optional<Device> device = find(id);
        device.ifPresent(found ->
                put(
                        new Device(
                                id,
                                found.account(),
                                name,
                                found.token(),
                                found.created(),
                                found.seen(),
                                found.revoked())));
        return device.isPresent();
    }

    @Override
    public boolean revoke(DeviceId id, Instant revoked) {
        Optional<Device> device = find(id).filter(found -> found.revoked().isEmpty());
        device.ifPresent(found -> put(with(found, found.seen(), Optional.of(revoked))));
        return device.isPresent();
    }

    private void put(Device device) {
        Tables tables = transaction.tables();
        tables.devices = tables.devices.put(device.id(), device);
    }

    private static Device with(Device device, Instant seen, Optional<Instant> revoked) {
        return new Device(
                device.id(),
                device.account(),
                device.name(),
                device.token(),
                device.created(),
                seen,
                revoked);
    }
}
