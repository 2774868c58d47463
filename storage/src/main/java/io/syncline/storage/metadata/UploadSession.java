package io.syncline.storage.metadata;

import io.syncline.core.tree.DeviceId;
import java.time.Instant;

/** A device's upload in progress: nothing that arrived since {@code started} is collected (R26). */
public record UploadSession(DeviceId device, Instant started, Instant expires) {
    public UploadSession {
        started = Millis.of(started);
        expires = Millis.of(expires);
    }
}
