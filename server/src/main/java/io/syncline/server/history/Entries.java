package io.syncline.server.history;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.wire.LogEntry;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Versions as members see them: with the names of the devices. */
final class Entries {
    private Entries() {}

    static List<LogEntry> of(ReadTransaction read, List<Version> versions) {
        Set<DeviceId> devices = new HashSet<>();
        versions.forEach(version -> devices.add(version.node().device()));
        Map<DeviceId, Device> names = read.devices().find(devices);
        return versions.stream().map(version -> entry(version, names)).toList();
    }

    private static LogEntry entry(Version version, Map<DeviceId, Device> names) {
        Node node = version.node();
        Device device = names.get(node.device());
        return new LogEntry(
                node.sequence(),
                version.time(),
                node.device(),
                device == null ? "" : device.name(),
                node,
                switch (version.action()) {
                    case CREATE -> LogEntry.Action.CREATE;
                    case UPDATE -> LogEntry.Action.UPDATE;
                    case MOVE -> LogEntry.Action.MOVE;
                    case DELETE -> LogEntry.Action.DELETE;
                });
    }
}
