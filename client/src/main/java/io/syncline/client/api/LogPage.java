package io.syncline.client.api;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A page of a project's history, newest first.
 *
 * @param before the sequence to ask before for the next page; absent on the last
 */
public record LogPage(List<Entry> entries, OptionalLong before) {
    public LogPage {
        entries = List.copyOf(entries);
    }

    /**
     * One applied change.
     *
     * @param node the node as the change left it
     */
    public record Entry(
            long sequence,
            Instant time,
            DeviceId device,
            String deviceName,
            Node node,
            Action action) {}

    /** What a change did to its node. */
    public enum Action {
        CREATE,
        UPDATE,
        MOVE,
        DELETE
    }
}
