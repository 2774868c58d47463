package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.collect.Collector;
import io.syncline.server.verify.Finding;
import io.syncline.server.verify.Verifier;
import io.syncline.server.verify.VerifyReport;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.backup.BackupFolder;
import io.syncline.storage.backup.MakeBackup;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.metadata.MetadataCopy;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.MetadataTables;
import io.syncline.storage.metadata.Project;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The tasks that work on a running server as on a stopped one. Thread-safe; of those that take
 * long, one runs at a time.
 */
public final class AdminTasks {
    private static final int THREADS_MAX = 64;

    /** Projects in a page of their list. */
    private static final int PROJECTS = 1_000;

    private final Parts parts;
    private final Collector collector;
    private final Consumer<Project> wanted;
    private final ReentrantLock busy = new ReentrantLock();

    /**
     * What the tasks work on.
     *
     * @param place where all of it is, for people to read
     * @param data the folder of this machine that holds all of it, or what isn't held elsewhere
     * @param copy what backups are made by; absent where the data isn't all in the folder
     * @param program the program's version
     */
    public record Parts(
            String place,
            Path data,
            MetadataStore metadata,
            Optional<MetadataCopy> copy,
            MetadataTables tables,
            BlockStore blocks,
            PackFiles packs,
            InstantSource clock,
            String program) {}

    /** Tasks on these; {@code collector} is the one that works in the background, if one does. */
    public AdminTasks(Parts parts, Collector collector) {
        this(parts, collector, _ -> {});
    }

    /**
     * As above, on a running server.
     *
     * @param wanted told of each project of which damaged blocks were set aside
     */
    public AdminTasks(Parts parts, Collector collector, Consumer<Project> wanted) {
        this.parts = parts;
        this.collector = collector;
        this.wanted = wanted;
    }

    /**
     * Runs a task to its end.
     *
     * @throws SynclineException LIMITED where another one that takes long is running; what the task
     *     fails with
     */
    public AdminAnswer run(AdminRequest request, AdminProgress progress) {
        return switch (request.task()) {
            case "stats" -> new Stats(parts).run(request);
            case "quota" -> new QuotaTask(parts.metadata(), parts.clock()).run(request);
            case "audit" -> new AuditTask(parts.metadata()).run(request);
            case "accounts" -> new AccountsTask(parts.metadata()).run(request);
            case "operator" -> new OperatorTask(parts.metadata(), parts.clock()).run(request);
            case "verify", "backup", "gc" -> runLong(request, progress);
            default ->
                    throw new SynclineException(
                            ErrorCode.NOT_FOUND, "the server has no task " + request.task());
        };
    }

    private AdminAnswer runLong(AdminRequest request, AdminProgress progress) {
        if (!busy.tryLock()) {
            throw new SynclineException(
                    ErrorCode.LIMITED, "another verification, collection or backup is running");
        }
        try {
            return switch (request.task()) {
                case "verify" -> verify(request, progress);
                case "gc" -> new CollectTask(parts.metadata(), collector).run(request, progress);
                default -> backup(request, progress);
            };
        } finally {
            busy.unlock();
        }
    }

    /** All projects, in order of key. */
    static List<Project> projects(MetadataStore metadata) {
        return metadata.read(read -> {
            List<Project> all = new ArrayList<>();
            List<Project> page = read.projects().page(0, PROJECTS);
            while (!page.isEmpty()) {
                all.addAll(page);
                page = read.projects().page(page.getLast().key().value(), PROJECTS);
            }
            return all;
        });
    }

    /** The project of this id or name. */
    static Project project(MetadataStore metadata, String wanted) {
        List<Project> found =
                projects(metadata).stream()
                        .filter(one -> one.id().value().equals(wanted) || one.name().equals(wanted))
                        .toList();
        if (found.size() > 1) {
            throw SynclineException.invalid(
                    "several projects are called "
                            + wanted
                            + "; give the id that 'syncline admin stats' shows");
        }
        if (found.isEmpty()) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    "there is no project " + wanted + "; see 'syncline admin stats'");
        }
        return found.getFirst();
    }

    private AdminAnswer verify(AdminRequest request, AdminProgress progress) {
        long began = System.nanoTime();
        long cores = Runtime.getRuntime().availableProcessors();
        long threads = request.number("threads").orElse(cores);
        VerifyReport report =
                new Verifier(parts.metadata(), parts.blocks(), parts.packs(), parts.clock())
                        .run(
                                new Verifier.Wishes(
                                        request.text("project")
                                                .map(name -> project(parts.metadata(), name).id()),
                                        request.flag("quick"),
                                        request.flag("repair"),
                                        Math.clamp(threads, 1, THREADS_MAX)),
                                progress::at);
        if (report.count(Count.QUARANTINED) > 0) {
            projects(parts.metadata()).stream().filter(this::isWanting).forEach(wanted);
        }
        return told(report, request.flag("quick"), System.nanoTime() - began);
    }

    private boolean isWanting(Project project) {
        return parts.metadata().<Boolean>read(read -> read.quarantine(project.key()).any());
    }

    /** A report as an answer. */
    public static AdminAnswer told(VerifyReport report, boolean quick, long nanos) {
        double seconds = Math.max(1, nanos) / 1e9;
        JsonWriter document =
                new JsonWriter()
                        .beginObject()
                        .member("sound", report.isSound())
                        .member("quick", quick)
                        .member("projects", report.count(Count.PROJECTS))
                        .member("nodes", report.count(Count.NODES))
                        .member("versions", report.count(Count.VERSIONS))
                        .member("blocks", report.count(Count.BLOCKS))
                        .member("packs", report.count(Count.PACKS))
                        .member("packBytes", report.count(Count.PACK_BYTES))
                        .member("millis", nanos / 1_000_000)
                        .member("damage", report.count(Count.DAMAGE))
                        .member("repaired", report.count(Count.REPAIRED))
                        .member("quarantined", report.count(Count.QUARANTINED))
                        .member("findingCount", report.count(Count.FINDINGS))
                        .array("findings", report.findings(), AdminTasks::write)
                        .member("fileCount", report.count(Count.FILES))
                        .array("files", report.files(), AdminTasks::write)
                        .endObject();
        List<String> lines = new ArrayList<>();
        for (Finding finding : report.findings()) {
            lines.add(
                    (finding.kind().damage() ? "! " : "- ")
                            + finding.kind()
                            + " in project "
                            + finding.project()
                            + ": "
                            + finding.text());
        }
        more(lines, report.count(Count.FINDINGS) - report.findings().size(), "finding");
        for (VerifyReport.File file : report.files()) {
            lines.add("  affected: " + file.path() + " (node " + file.node() + ")");
        }
        more(lines, report.count(Count.FILES) - report.files().size(), "affected file");
        report.kinds().stream()
                .sorted()
                .forEach(kind -> lines.add("What to do about " + kind + ": " + kind.advice()));
        lines.add(
                Units.count(report.count(Count.PROJECTS), "project")
                        + ", "
                        + Units.count(report.count(Count.NODES), "node")
                        + ", "
                        + Units.count(report.count(Count.VERSIONS), "version")
                        + ", "
                        + Units.count(report.count(Count.BLOCKS), "block")
                        + (quick
                                ? ", none of them read"
                                : " in "
                                        + Units.bytes(report.count(Count.PACK_BYTES))
                                        + " read at "
                                        + Units.bytes(
                                                (long) (report.count(Count.PACK_BYTES) / seconds))
                                        + "/s"));
        if (report.count(Count.QUARANTINED) > 0) {
            lines.add(
                    Units.count(report.count(Count.QUARANTINED), "block")
                            + " set aside now; devices that have an affected file send it again");
        }
        lines.add(
                report.isSound()
                        ? report.count(Count.REPAIRED) > 0
                                ? "Repaired; all is sound."
                                : "All is sound."
                        : Units.count(report.count(Count.DAMAGE), "fault") + " found.");
        return AdminAnswer.of(
                report.isSound() ? Optional.empty() : Optional.of(ErrorCode.CORRUPT),
                document,
                lines);
    }

    private static void more(List<String> lines, long count, String noun) {
        if (count > 0) {
            lines.add("  and " + Units.count(count, noun) + " more");
        }
    }

    private static void write(JsonWriter out, Finding finding) {
        out.beginObject()
                .member("project", finding.project().value())
                .member("kind", finding.kind().name())
                .member("damage", finding.kind().damage())
                .member("text", finding.text())
                .member("advice", finding.kind().advice())
                .endObject();
    }

    private static void write(JsonWriter out, VerifyReport.File file) {
        out.beginObject()
                .member("project", file.project().value())
                .member("node", file.node())
                .member("path", file.path())
                .endObject();
    }

    private AdminAnswer backup(AdminRequest request, AdminProgress progress) {
        Path target =
                Path.of(
                        request.text("to")
                                .orElseThrow(() -> SynclineException.invalid("backup where?")));
        MetadataCopy copy =
                parts.copy()
                        .orElseThrow(() ->
                                SynclineException.invalid(
                                        parts.place()
                                                + " is backed up by the tools of the database, and"
                                                + " then the bucket by versions or a copy; see"
                                                + " 'Back up a cluster' in docs/operations.md"));
        if (target.startsWith(parts.data()) || parts.data().startsWith(target)) {
            throw SynclineException.invalid(
                    "a backup can't be inside the data folder " + parts.data());
        }
        try (BackupFolder folder = BackupFolder.create(target)) {
            MakeBackup.Made made =
                    new MakeBackup(
                                    folder,
                                    copy,
                                    parts.packs(),
                                    new MakeBackup.Wishes(
                                            !request.flag("no-links"),
                                            request.flag("check"),
                                            (int)
                                                    Math.min(
                                                            request.number("keep").orElse(0),
                                                            Integer.MAX_VALUE),
                                            List.of(parts.data().resolve("listen")),
                                            parts.program()),
                                    (what, done, total) -> progress.at(what, done, total, true))
                            .run(parts.clock().instant());
            return told(target, made);
        }
    }

    private static AdminAnswer told(Path target, MakeBackup.Made made) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "Backup "
                        + made.name()
                        + " in "
                        + target
                        + ": metadata "
                        + Units.bytes(made.manifest().metadataBytes())
                        + ", "
                        + Units.count(made.manifest().packs(), "pack")
                        + " of "
                        + Units.bytes(made.manifest().packBytes()));
        lines.add(
                Units.count(made.copiedPacks(), "pack")
                        + " copied ("
                        + Units.bytes(made.copiedBytes())
                        + "), "
                        + made.linkedPacks()
                        + " linked, "
                        + made.keptPacks()
                        + " there already");
        if (made.linkedPacks() > 0) {
            lines.add(
                    "Linked packs share their bytes with the server's: a failing disk takes both."
                            + " Back up to another disk, too.");
        }
        if (made.damagedPacks() > 0) {
            lines.add(
                    "! something in "
                            + Units.count(made.damagedPacks(), "pack")
                            + " isn't right; 'syncline admin verify' says what");
        }
        if (!made.forgotten().isEmpty()) {
            lines.add(
                    "Removed "
                            + Units.count(made.forgotten().size(), "old backup")
                            + " and "
                            + Units.count(made.freedPacks(), "pack")
                            + " that only they needed");
        }
        return AdminAnswer.of(
                made.damagedPacks() == 0 ? Optional.empty() : Optional.of(ErrorCode.CORRUPT),
                new JsonWriter()
                        .beginObject()
                        .member("backup", made.name())
                        .member("folder", target.toString())
                        .member("made", made.manifest().made())
                        .member("metadataBytes", made.manifest().metadataBytes())
                        .member("packs", made.manifest().packs())
                        .member("packBytes", made.manifest().packBytes())
                        .member("copiedPacks", made.copiedPacks())
                        .member("copiedBytes", made.copiedBytes())
                        .member("linkedPacks", made.linkedPacks())
                        .member("keptPacks", made.keptPacks())
                        .member("damagedPacks", made.damagedPacks())
                        .array("forgotten", made.forgotten(), JsonWriter::text)
                        .member("freedPacks", made.freedPacks())
                        .endObject(),
                lines);
    }
}
