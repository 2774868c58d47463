package io.syncline.storage.event;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Transfer;

/** How far a transfer of a device is. Coalescible: only the newest of one transfer matters. */
public record TransferHint(DeviceId device, Transfer transfer) {
    /** What coalesces: the hints of one transfer. */
    public record Key(DeviceId device, long transfer) {}

    /** Which transfer it is. */
    public Key key() {
        return new Key(device, transfer.id());
    }

    /** The project it is about. */
    public ProjectId project() {
        return transfer.project();
    }
}
