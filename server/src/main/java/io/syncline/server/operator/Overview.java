package io.syncline.server.operator;

import io.syncline.core.wire.JsonWriter;
import io.syncline.server.background.LiveNodes;
import io.syncline.server.collect.CollectRuns;
import io.syncline.server.event.EventHub;
import io.syncline.server.setting.RuntimeSettings;
import io.syncline.server.setting.Setting;
import io.syncline.storage.metadata.MetadataStore;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server holds and is doing, as one document. Thread-safe. */
public final class Overview {
    private static final Logger log = LoggerFactory.getLogger(Overview.class);

    private final MetadataStore store;
    private final EventHub events;
    private final RuntimeSettings settings;
    private final Collecting collecting;
    private final Measurements measurements;
    private final LiveNodes nodes;
    private volatile IntSupplier connections = () -> 0;
    private volatile IntSupplier requests = () -> 0;

    /** Of these. */
    public Overview(
            MetadataStore store,
            EventHub events,
            RuntimeSettings settings,
            Collecting collecting,
            Measurements measurements,
            LiveNodes nodes) {
        this.nodes = nodes;
        this.store = store;
        this.events = events;
        this.settings = settings;
        this.collecting = collecting;
        this.measurements = measurements;
    }

    /** Shows also how many connections are open and how many requests are handled. */
    public void watch(IntSupplier openConnections, IntSupplier handledRequests) {
        connections = openConnections;
        requests = handledRequests;
    }

    private record Kept(List<LiveNodes.Node> nodes, List<CollectRuns.Run> runs) {}

    byte[] toJson() {
        LiveNodes.Node self = nodes.self();
        Totals measured = measurements.last();
        Kept kept = store.read(read -> new Kept(nodes.list(read), CollectRuns.list(read)));
        JsonWriter out = new JsonWriter().beginObject();
        out.member("node", self, Overview::writeNode);
        out.array("nodes", kept.nodes(), LiveNodes::write);
        out.member("storage", measured, this::writeStorage);
        out.member("connections", events, this::writeConnections);
        out.member("devices", measured, this::writeDevices);
        out.member("collector", kept.runs(), this::writeCollector);
        return out.endObject().toBytes();
    }

    private static void writeNode(JsonWriter out, LiveNodes.Node self) {
        Runtime runtime = Runtime.getRuntime();
        Instant now = self.seen();
        out.beginObject()
                .member("name", self.name())
                .member("version", self.version())
                .member("started", self.started())
                .member("now", now)
                .member(
                        "uptimeSeconds",
                        Math.max(0, Duration.between(self.started(), now).toSeconds()))
                .member("processors", runtime.availableProcessors())
                .member("heapUsedBytes", runtime.totalMemory() - runtime.freeMemory())
                .member("heapMaxBytes", runtime.maxMemory())
                .endObject();
    }

    private void writeStorage(JsonWriter out, Totals measured) {
        out.beginObject()
                .member("measuredAt", measured.at())
                .member("measuredMillis", Math.max(0, measured.took().toMillis()))
                .member("projects", measured.projects())
                .member("nodes", measured.nodes())
                .member("contentBytes", measured.contentBytes())
                .member("blocks", measured.blocks())
                .member("blockBytes", measured.blockBytes())
                .member("storedBytes", measured.storedBytes());
        measured.packs().ifPresent(packs -> out.member("packs", packs));
        out.member("packBytes", measured.packBytes().orElse(measured.storedBytes()));
        measured.packBytes()
                .ifPresent(bytes ->
                        out.member("garbageBytes", Math.max(0, bytes - measured.storedBytes())));
        out.member("estimated", measured.packBytes().isEmpty());
        measurements.files().ifPresent(files -> writeDisk(out, files.data()));
        out.endObject();
    }

    private static void writeDisk(JsonWriter out, Path data) {
        long free;
        long whole;
        try {
            FileStore disk = Files.getFileStore(data);
            free = disk.getUsableSpace();
            whole = disk.getTotalSpace();
        } catch (IOException e) {
            log.atWarn().setCause(e).log("the room on the disk isn't known");
            return;
        }
        out.member("freeBytes", free).member("diskBytes", whole);
    }

    private void writeConnections(JsonWriter out, EventHub hub) {
        out.beginObject()
                .member("connections", connections.getAsInt())
                .member("sockets", hub.sockets())
                .member("requests", requests.getAsInt())
                .member("transfers", hub.transfers().size())
                .endObject();
    }

    private void writeDevices(JsonWriter out, Totals measured) {
        out.beginObject()
                .member("accounts", measured.accounts())
                .member("devices", measured.devices())
                .member("connected", events.connectedDevices())
                .member("seenWithinDay", measured.seen())
                .endObject();
    }

    private void writeCollector(JsonWriter out, List<CollectRuns.Run> runs) {
        out.beginObject()
                .member("enabled", settings.value(Setting.COLLECTOR_ENABLED) == 1)
                .member("running", collecting.isRunning())
                .array("runs", runs, CollectRuns::write)
                .endObject();
    }
}
