package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.collect.CollectReport;
import io.syncline.server.collect.CollectRequest;
import io.syncline.server.collect.Collector;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects unused blocks now. Options: {@code project}, {@code dry-run}, {@code limit}. */
public final class CollectTask {
    private final MetadataStore metadata;
    private final Collector collector;

    /** Collects in this store. */
    public CollectTask(MetadataStore metadata, Collector collector) {
        this.metadata = metadata;
        this.collector = collector;
    }

    /** One project that couldn't be collected, and why. */
    private record Refusal(Project project, SynclineException why) {}

    /** Collects to the end; projects that can't be collected are refused one by one. */
    public AdminAnswer run(AdminRequest request, AdminProgress progress) {
        List<Project> projects =
                request.text("project")
                        .map(name -> List.of(AdminTasks.project(metadata, name)))
                        .orElseGet(() -> AdminTasks.projects(metadata));
        List<CollectReport> reports = new ArrayList<>();
        List<Refusal> refusals = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Project project : projects) {
            CollectRequest wanted = request(request, report -> tell(project, report, progress));
            try {
                CollectReport report = collector.collect(project.id(), wanted);
                reports.add(report);
                lines.addAll(told(project, report));
            } catch (SynclineException e) {
                if (e.code() != ErrorCode.CORRUPT) {
                    throw e;
                }
                // Nothing of this project is deleted; the others can be collected all the same.
                refusals.add(new Refusal(project, e));
                lines.add("! " + project.name() + ": nothing collected: " + e.getMessage());
                lines.add("  'syncline admin verify' says more");
            }
        }
        JsonWriter document =
                new JsonWriter()
                        .beginObject()
                        .array("projects", reports, CollectTask::write)
                        .array("refused", refusals, CollectTask::write)
                        .endObject();
        return AdminAnswer.of(
                refusals.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.CORRUPT),
                document,
                lines);
    }

    private static CollectRequest request(AdminRequest request, Consumer<CollectReport> progress) {
        return new CollectRequest(request.flag("dry-run"), request.number("limit"), progress);
    }

    private static void tell(Project project, CollectReport report, AdminProgress progress) {
        long done =
                switch (report.phase()) {
                    case MARKING -> report.reachable();
                    case CONDEMNING, DONE -> report.condemned() + report.deleted();
                    case COMPACTING -> report.copiedBytes();
                };
        String phase = report.phase().name().toLowerCase(Locale.ROOT);
        progress.at(
                phase + " in " + project.name(),
                done,
                0,
                report.phase() == CollectReport.Phase.COMPACTING);
    }

    private static List<String> told(Project project, CollectReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(
                project.name()
                        + (report.dryRun() ? " (dry run: nothing was changed)" : "")
                        + ": "
                        + Units.count(report.blocks(), "block")
                        + ", "
                        + Units.count(report.reachable())
                        + " needed, "
                        + Units.count(report.young())
                        + " too young to judge");
        lines.add(
                "  "
                        + Units.count(report.condemned())
                        + " condemned, "
                        + Units.count(report.revived())
                        + " revived, "
                        + Units.count(report.waiting())
                        + " wait for the backup horizon; "
                        + Units.count(report.deleted())
                        + " deleted ("
                        + Units.bytes(report.deletedBytes())
                        + ")");
        lines.add(
                "  "
                        + Units.count(report.packs(), "pack")
                        + " of "
                        + Units.bytes(report.packBytes())
                        + ": "
                        + Units.count(report.packsRewritten())
                        + " rewritten, "
                        + Units.count(report.packsSuperseded())
                        + " wait, "
                        + Units.count(report.packsDeleted())
                        + " deleted ("
                        + Units.bytes(report.freedBytes())
                        + " freed)");
        if (report.quarantined() > 0) {
            lines.add(
                    "! "
                            + Units.count(report.quarantined(), "block")
                            + " damaged; see 'syncline admin verify'");
        }
        if (report.capped()) {
            lines.add("  more is left for the next run: the limit was reached");
        }
        report.stopped().ifPresent(why -> lines.add("  ended early: " + why));
        return lines;
    }

    private static void write(JsonWriter out, CollectReport report) {
        out.beginObject()
                .member("project", report.project().value())
                .member("dryRun", report.dryRun())
                .member("millis", report.took().toMillis())
                .member("blocks", report.blocks())
                .member("reachable", report.reachable())
                .member("young", report.young())
                .member("condemned", report.condemned())
                .member("revived", report.revived())
                .member("waiting", report.waiting())
                .member("deleted", report.deleted())
                .member("deletedBytes", report.deletedBytes())
                .member("quarantined", report.quarantined())
                .member("healed", report.healed())
                .member("packs", report.packs())
                .member("packBytes", report.packBytes())
                .member("packsRewritten", report.packsRewritten())
                .member("copiedBytes", report.copiedBytes())
                .member("packsSuperseded", report.packsSuperseded())
                .member("packsDeleted", report.packsDeleted())
                .member("freedBytes", report.freedBytes())
                .member("capped", report.capped());
        report.stopped().ifPresent(why -> out.member("stopped", why));
        out.endObject();
    }

    private static void write(JsonWriter out, Refusal refusal) {
        out.beginObject()
                .member("project", refusal.project().id().value())
                .member("detail", String.valueOf(refusal.why().getMessage()))
                .endObject();
    }
}
