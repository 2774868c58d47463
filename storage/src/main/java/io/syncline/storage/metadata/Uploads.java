package io.syncline.storage.metadata;

import io.syncline.core.tree.DeviceId;
import java.time.Instant;
import java.util.Optional;

/** Uploads in progress in one project: expiring rows, never history. */
public interface Uploads {
    /** The device's upload, unless expired. */
    Optional<UploadSession> find(DeviceId device, Instant now);

    /** When the oldest upload that isn't expired began (R26); absent when there is none. */
    Optional<Instant> oldestStart(Instant now);

    /** With the mutations. */
    interface Writable extends Uploads {
        /** Begins the device's upload, or prolongs the one that isn't expired. */
        UploadSession touch(DeviceId device, Instant now, Instant expires);

        /** Ends the device's upload; false when there was none. */
        boolean end(DeviceId device);
    }
}
