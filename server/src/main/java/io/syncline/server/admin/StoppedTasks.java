package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.collect.Collector;
import io.syncline.server.verify.Verifier;
import io.syncline.server.verify.VerifyReport;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.backup.BackupFolder;
import io.syncline.storage.backup.TakeBackup;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.rebuild.BlockRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The tasks that need a server's data for themselves: {@code rebuild-index} and {@code restore}.
 * Interrupted, they leave a folder that no server serves until they were run again to their end.
 */
public final class StoppedTasks {
    private static final String REBUILD = "rebuild-index";
    private static final String RESTORE = "restore";

    private final Path data;
    private final Opener opener;
    private final RandomGenerator random;
    private final CollectSettings collecting;

    /** Opens the stores in a data folder. */
    public interface Opener {
        /** All of them, bringing the schema up to date. */
        Opened all(Path data);

        /** The packs alone. */
        OpenedPacks packs(Path data);

        /** Makes the folder, for its owner alone. */
        void make(Path data);
    }

    /** Open stores. */
    public interface Opened extends AutoCloseable {
        /** What tasks work on. */
        AdminTasks.Parts parts();

        @Override
        void close();
    }

    /** An open store of packs. */
    public interface OpenedPacks extends AutoCloseable {
        /** Its files. */
        PackFiles files();

        @Override
        void close();
    }

    /** Tasks on this data folder. */
    public StoppedTasks(
            Path data, Opener opener, RandomGenerator random, CollectSettings collecting) {
        this.collecting = collecting;
        this.data = data;
        this.opener = opener;
        this.random = random;
    }

    /** Runs any task to its end; see {@link AdminTasks#run} for those that aren't named here. */
    public AdminAnswer run(AdminRequest request, AdminProgress progress) {
        if (request.task().equals(RESTORE)) {
            return restore(request, progress);
        }
        if (!Files.exists(data.resolve("metadata.sqlite"))) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    data
                            + " isn't a server's data folder; say with --data which is, or with"
                            + " --config where the server keeps its data");
        }
        Optional<String> unfinished = Unfinished.task(data);
        if (!request.task().equals(REBUILD) || unfinished.filter(RESTORE::equals).isPresent()) {
            Unfinished.check(data);
        }
        try (Opened opened = opener.all(data)) {
            return request.task().equals(REBUILD)
                    ? rebuild(opened.parts(), request, progress)
                    : new AdminTasks(opened.parts(), collector(opened.parts()))
                            .run(request, progress);
        }
    }

    private Collector collector(AdminTasks.Parts parts) {
        return new Collector(parts.metadata(), parts.blocks(), parts.clock(), collecting);
    }

    // Rebuilding rows of blocks.

    private AdminAnswer rebuild(
            AdminTasks.Parts parts, AdminRequest request, AdminProgress progress) {
        Optional<Project> only =
                request.text("project").map(name -> AdminTasks.project(parts.metadata(), name));
        Unfinished.begin(data, REBUILD);
        Rebuilt rebuilt = rebuild(parts, only, progress);
        VerifyReport report = look(parts, only, progress);
        Unfinished.end(data);
        List<String> lines = new ArrayList<>();
        lines.add(rebuilt.told());
        AdminAnswer verified = AdminTasks.told(report, true, 1);
        lines.addAll(verified.lines());
        JsonWriter document = new JsonWriter().beginObject();
        rebuilt.write(document);
        document.member("sound", report.isSound())
                .member("damage", report.count(Count.DAMAGE))
                .endObject();
        return AdminAnswer.of(verified.failure(), document, lines);
    }

    /** What was read of packs. */
    private record Rebuilt(
            long packs, long rows, long corruptFrames, long unreadableBytes, long nanos) {
        String told() {
            return Units.count(rows, "block")
                    + " found in "
                    + Units.count(packs, "pack")
                    + (corruptFrames + unreadableBytes == 0
                            ? ""
                            : "; "
                                    + Units.count(corruptFrames, "frame")
                                    + " not right, "
                                    + Units.bytes(unreadableBytes)
                                    + " no frame");
        }

        void write(JsonWriter out) {
            out.member("packs", packs)
                    .member("blocks", rows)
                    .member("corruptFrames", corruptFrames)
                    .member("unreadableBytes", unreadableBytes)
                    .member("millis", nanos / 1_000_000);
        }
    }

    private static Rebuilt rebuild(
            AdminTasks.Parts parts, Optional<Project> only, AdminProgress progress) {
        long began = System.nanoTime();
        long packs = 0;
        long rows = 0;
        long corrupt = 0;
        long unreadable = 0;
        for (Project project : projects(parts, only)) {
            BlockRows.Result result =
                    BlockRows.rebuild(
                            parts.metadata(),
                            parts.blocks(),
                            project.id(),
                            parts.clock().instant(),
                            (done, total) ->
                                    progress.at("packs of " + project.name(), done, total, false));
            packs += result.packs();
            rows += result.rows();
            corrupt += result.damage().corruptFrames();
            unreadable += result.damage().unreadableBytes();
        }
        return new Rebuilt(packs, rows, corrupt, unreadable, System.nanoTime() - began);
    }

    private static List<Project> projects(AdminTasks.Parts parts, Optional<Project> only) {
        return only.map(List::of).orElseGet(() -> AdminTasks.projects(parts.metadata()));
    }

    /** The blocks were all hashed just now: what is left is whether they are all that is needed. */
    private static VerifyReport look(
            AdminTasks.Parts parts, Optional<Project> only, AdminProgress progress) {
        Optional<ProjectId> project = only.map(Project::id);
        return new Verifier(parts.metadata(), parts.blocks(), parts.packs(), parts.clock())
                .run(new Verifier.Wishes(project, true, true, 1), progress::at);
    }

    // Restoring.

    private AdminAnswer restore(AdminRequest request, AdminProgress progress) {
        Path from =
                Path.of(
                        request.text("from")
                                .orElseThrow(() -> SynclineException.invalid("restore what?")));
        try (BackupFolder folder = BackupFolder.open(from)) {
            BackupFolder.Backup backup = folder.find(request.text("backup"));
            checkEmpty();
            opener.make(data);
            Unfinished.begin(data, RESTORE);
            TakeBackup take =
                    new TakeBackup(
                            folder,
                            backup,
                            (what, done, total) -> progress.at(what, done, total, true));
            clearMetadata();
            take.metadata(data.resolve("metadata.sqlite"));
            take.settings(data);
            long lacking;
            try (OpenedPacks packs = opener.packs(data)) {
                lacking = take.packs(packs.files(), !request.flag("no-links"));
            }
            try (Opened opened = opener.all(data)) {
                return finish(opened.parts(), backup, lacking, request, progress);
            }
        }
    }

    /** What an interrupted restore left may be there, and nothing else. */
    private void checkEmpty() {
        if (!Files.isDirectory(data) || Unfinished.task(data).filter(RESTORE::equals).isPresent()) {
            return;
        }
        try (Stream<Path> there = Files.list(data)) {
            if (there.findAny().isPresent()) {
                throw SynclineException.invalid(
                        data
                                + " isn't empty: restore into an empty folder, and keep the old one"
                                + " until all is well");
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot look into " + data + ": " + e.getMessage(), e);
        }
    }

    private void clearMetadata() {
        try {
            for (String ending : Set.of("", "-wal", "-shm", "-journal")) {
                Files.deleteIfExists(data.resolve("metadata.sqlite" + ending));
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "cannot remove what an interrupted restore left: " + e.getMessage(),
                    e);
        }
    }

    private AdminAnswer finish(
            AdminTasks.Parts parts,
            BackupFolder.Backup backup,
            long lacking,
            AdminRequest request,
            AdminProgress progress) {
        int epochs = NewEpoch.ofAll(parts.metadata(), random, parts.clock().instant());
        Rebuilt rebuilt = rebuild(parts, Optional.empty(), progress);
        VerifyReport report = look(parts, Optional.empty(), progress);
        boolean sound = report.isSound();
        boolean served = sound || request.flag("accept-damage");
        if (served) {
            Unfinished.end(data);
        }
        List<String> lines = new ArrayList<>();
        lines.add("Backup " + backup.name() + " of " + backup.manifest().made());
        if (lacking > 0) {
            lines.add("! the backup lacks " + Units.count(lacking, "pack"));
        }
        lines.add(rebuilt.told());
        AdminAnswer verified = AdminTasks.told(report, true, 1);
        lines.addAll(verified.lines());
        if (served) {
            lines.add(
                    Units.count(epochs, "project")
                            + (epochs == 1 ? " goes" : " go")
                            + " on in a new epoch: devices merge what they have since"
                            + " when the server starts.");
            lines.add(
                    "Whoever was removed, and each device that was revoked, after the backup"
                            + " has access again: look at 'syncline devices' and the members.");
        } else {
            lines.add(
                    "The server won't start on this. Restore another backup, or run this again with"
                            + " --accept-damage: devices that still have the files send them again"
                            + " when they are touched.");
        }
        JsonWriter document =
                new JsonWriter()
                        .beginObject()
                        .member("backup", backup.name())
                        .member("made", backup.manifest().made())
                        .member("data", data.toString())
                        .member("epochs", epochs)
                        .member("packsLacking", lacking);
        rebuilt.write(document);
        document.member("sound", sound)
                .member("damage", report.count(Count.DAMAGE))
                .member("finished", served)
                .endObject();
        return AdminAnswer.of(
                sound ? Optional.empty() : Optional.of(ErrorCode.CORRUPT), document, lines);
    }
}
