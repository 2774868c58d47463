package io.syncline.cli;

import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.WireJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How versions are told by the commands that list them. */
final class VersionLine {
    private VersionLine() {}

    /** The members of a document about a version. */
    static JsonWriter write(JsonWriter out, LogEntry entry) {
        return out.member("version", entry.sequence())
                .member("time", entry.time())
                .member("device", entry.device().value())
                .member("deviceName", entry.deviceName())
                .member("action", entry.action())
                .member("node", entry.node(), WireJson.NODE::write);
    }

    /** When it was made, to the second. */
    static Instant time(LogEntry entry) {
        return entry.time().truncatedTo(ChronoUnit.SECONDS);
    }

    static String action(LogEntry entry) {
        return entry.action().name().toLowerCase(Locale.ROOT);
    }

    /** Its size, what it is called, and who made it. */
    static String what(LogEntry entry, String name) {
        boolean directory = entry.node().item().isDirectory();
        return "%8s  %s%s  by %s"
                .formatted(
                        directory ? "" : Console.bytes(entry.node().item().sizeBytes()),
                        name,
                        directory ? "/" : "",
                        entry.deviceName());
    }
}
