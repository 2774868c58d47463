package io.syncline.server.collect;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last {@value #RUNS_MAX} runs of the collector on any node, kept as one setting of the
 * metadata: a document of a few kilobytes, which only whoever holds the collector's lease writes.
 */
public final class CollectRuns {
    /** How many are kept. */
    public static final int RUNS_MAX = 20;

    private static final String SETTING = "collector.runs";
    private static final int ERROR_CHARS_MAX = 300;
    private static final Logger log = LoggerFactory.getLogger(CollectRuns.class);

    /**
     * One run.
     *
     * @param node that made it
     * @param stopped why it ended early, where nothing was wrong
     * @param error why it failed; then the figures are 0
     */
    public record Run(
            ProjectId project,
            String projectName,
            String node,
            Instant started,
            Duration took,
            boolean dryRun,
            long blocks,
            long condemned,
            long deleted,
            long deletedBytes,
            long freedBytes,
            long packBytes,
            Optional<String> stopped,
            Optional<String> error) {}

    private static final JsonCodec<List<Run>> CODEC =
            new JsonCodec<>(CollectRuns::writeAll, CollectRuns::readAll);

    private CollectRuns() {}

    static Run of(String name, String node, CollectReport report) {
        return new Run(
                report.project(),
                name,
                node,
                report.started(),
                report.took(),
                report.dryRun(),
                report.blocks(),
                report.condemned(),
                report.deleted(),
                report.deletedBytes(),
                report.freedBytes(),
                report.packBytes(),
                report.stopped().map(CollectRuns::cut),
                Optional.empty());
    }

    static Run failed(
            ProjectId project,
            String name,
            String node,
            Instant started,
            Duration took,
            String why) {
        return new Run(
                project,
                name,
                node,
                started,
                took,
                false,
                0,
                0,
                0,
                0,
                0,
                0,
                Optional.empty(),
                Optional.of(cut(why)));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), ERROR_CHARS_MAX));
    }

    /** Remembers a run; where that fails only that is lost. */
    static void add(MetadataStore store, Run run) {
        try {
            store.writeBehind(write -> {
                List<Run> runs = new ArrayList<>(list(write));
                runs.addFirst(run);
                List<Run> kept = runs.subList(0, Math.min(runs.size(), RUNS_MAX));
                write.settings().put(SETTING, ByteBuffer.wrap(CODEC.toBytes(kept)));
                return true;
            });
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("a run of the collector couldn't be noted");
        }
    }

    /** The last runs, the newest first. */
    public static List<Run> list(ReadTransaction read) {
        return read.settings()
                .find(SETTING)
                .map(bytes -> {
                    byte[] copy = new byte[bytes.remaining()];
                    bytes.get(copy);
                    return parse(copy);
                })
                .orElse(List.of());
    }

    /** What another version wrote and this one can't read counts as none. */
    private static List<Run> parse(byte[] document) {
        try {
            return CODEC.fromBytes(document);
        } catch (SynclineException e) {
            log.atDebug().setCause(e).log("the last runs of the collector can't be read");
            return List.of();
        }
    }

    private static void writeAll(JsonWriter out, List<Run> runs) {
        out.beginObject().array("runs", runs, CollectRuns::write).endObject();
    }

    /** One run as an element of an array. */
    public static void write(JsonWriter out, Run run) {
        out.beginObject()
                .member("project", run.project().value())
                .member("projectName", run.projectName())
                .member("node", run.node())
                .member("started", run.started())
                .member("millis", run.took().toMillis())
                .member("dryRun", run.dryRun())
                .member("blocks", run.blocks())
                .member("condemned", run.condemned())
                .member("deleted", run.deleted())
                .member("deletedBytes", run.deletedBytes())
                .member("freedBytes", run.freedBytes())
                .member("packBytes", run.packBytes())
                .optional("stopped", run.stopped(), JsonWriter::text)
                .optional("error", run.error(), JsonWriter::text)
                .endObject();
    }

    private static List<Run> readAll(JsonReader in) {
        List<Run> runs = List.of();
        in.beginObject();
        while (in.nextMember()) {
            if (in.member().equals("runs")) {
                runs = in.array(RUNS_MAX, CollectRuns::read);
            } else {
                in.unknown();
            }
        }
        return runs;
    }

    private static Run read(JsonReader in) {
        ProjectId project = null;
        String projectName = null;
        String node = null;
        Instant started = null;
        long millis = 0;
        boolean dryRun = false;
        long blocks = 0;
        long condemned = 0;
        long deleted = 0;
        long deletedBytes = 0;
        long freedBytes = 0;
        long packBytes = 0;
        Optional<String> stopped = Optional.empty();
        Optional<String> error = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "project" -> project = in.text(ProjectId::new);
                case "projectName" -> projectName = in.text();
                case "node" -> node = in.text();
                case "started" -> started = in.instant();
                case "millis" -> millis = in.number();
                case "dryRun" -> dryRun = in.bool();
                case "blocks" -> blocks = in.number();
                case "condemned" -> condemned = in.number();
                case "deleted" -> deleted = in.number();
                case "deletedBytes" -> deletedBytes = in.number();
                case "freedBytes" -> freedBytes = in.number();
                case "packBytes" -> packBytes = in.number();
                case "stopped" -> stopped = Optional.of(in.text());
                case "error" -> error = Optional.of(in.text());
                default -> in.unknown();
            }
        }
        return new Run(
                in.required("project", project),
                in.required("projectName", projectName),
                in.required("node", node),
                in.required("started", started),
                Duration.ofMillis(millis),
                dryRun,
                blocks,
                condemned,
                deleted,
                deletedBytes,
                freedBytes,
                packBytes,
                stopped,
                error);
    }
}
