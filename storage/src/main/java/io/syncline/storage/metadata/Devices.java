package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Devices and their tokens. */
public interface Devices {
    /** The device with this id, revoked or not. */
    Optional<Device> find(DeviceId id);

    /** The devices with these ids; unknown ones are left out. */
    Map<DeviceId, Device> find(Collection<DeviceId> ids);

    /**
     * The device whose token has this SHA-256, revoked or not: the caller looks. Absent while its
     * account is disabled.
     */
    Optional<Device> byToken(Hash token);

    /** An account's devices, revoked ones included, oldest first (then by id). */
    List<Device> ofAccount(AccountId account);

    /** The devices of all members of a project, oldest first (then by id). */
    List<Device> ofProject(ProjectKey project);

    /** With the mutations. */
    interface Writable extends Devices {
        /** Adds a device; {@code STALE} when its id or token is taken. */
        void add(Device device);

        /** Moves {@code seen} forward to this time, never backwards. */
        void touch(DeviceId id, Instant seen);

        /** Gives a device another name; false when there is no such device. */
        boolean rename(DeviceId id, String name);

        /**
         * Marks as revoked; keeps an earlier time. False when there is no such device or it was
         * revoked before.
         */
        boolean revoke(DeviceId id, Instant revoked);
    }
}
