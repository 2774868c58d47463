package io.syncline.client.daemon;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The status document. Its top-level members repeat those of the first folder, for scripts on a
 * device with one; {@code state} is the one of all folders that asks for the most attention.
 */
public final class StatusJson {
    /** Writes and reads the document. */
    public static final JsonCodec<DeviceStatus> CODEC =
            new JsonCodec<>(StatusJson::write, StatusJson::read);

    private static final int FOLDERS_MAX = 10_000;
    private static final int LIST_MAX = 1_000;

    private StatusJson() {}

    private static void write(JsonWriter out, DeviceStatus status) {
        out.beginObject()
                .member("home", status.home().toString())
                .member("limits", status.limits(), BandwidthLimitsJson.CODEC::write);
        if (status.folders().isEmpty()) {
            out.member("state", status.worst());
        } else {
            writeMembers(out, status.folders().getFirst(), status.worst());
        }
        out.array(
                "folders",
                status.folders(),
                (json, folder) -> {
                    json.beginObject();
                    writeMembers(json, folder, folder.status().state());
                    json.endObject();
                });
        out.endObject();
    }

    private static void writeMembers(
            JsonWriter out, DeviceStatus.Folder folder, FolderStatus.State state) {
        FolderStatus status = folder.status();
        out.member("device", folder.device())
                .member("folder", folder.folder().toString())
                .member("project", folder.project().value())
                .member("projectName", folder.projectName())
                .member("state", state)
                .optional("reason", status.reason(), JsonWriter::text)
                .optional("cursor", status.cursor(), StatusJson::writeCursor)
                .optional("digest", status.digest(), (json, digest) -> json.text(digest.toString()))
                .member("pending", status.pending())
                .member("conflicts", status.conflicts())
                .array("transfers", status.transfers(), StatusJson::writeTransfer)
                .array("problems", status.problems(), StatusJson::writeProblem)
                .member("sentBytes", status.sentBytes())
                .member("receivedBytes", status.receivedBytes())
                .optional("todo", status.todo(), JsonWriter::text)
                .array("notes", status.notes(), StatusJson::writeNote)
                .array(
                        "answers",
                        status.answers(),
                        (json, answer) -> json.text(answer.name().toLowerCase(Locale.ROOT)));
    }

    private static void writeCursor(JsonWriter out, Cursor cursor) {
        out.beginObject()
                .member("epoch", cursor.epoch().value())
                .member("sequence", cursor.sequence())
                .endObject();
    }

    private static void writeTransfer(JsonWriter out, FolderStatus.Transfer transfer) {
        out.beginObject()
                .member("direction", transfer.direction())
                .member("path", transfer.path())
                .member("done", transfer.doneBytes())
                .member("total", transfer.totalBytes())
                .member("rate", transfer.bytesPerSecond())
                .endObject();
    }

    private static void writeProblem(JsonWriter out, FolderStatus.Problem problem) {
        out.beginObject().member("path", problem.path()).member("text", problem.text());
        writeTodo(out, problem.todo());
        out.endObject();
    }

    private static void writeNote(JsonWriter out, FolderStatus.Note note) {
        out.beginObject()
                .member("time", Instant.ofEpochMilli(note.timeMillis()).toString())
                .member("text", note.text());
        writeTodo(out, note.todo());
        out.endObject();
    }

    private static void writeTodo(JsonWriter out, String todo) {
        if (!todo.isEmpty()) {
            out.member("todo", todo);
        }
    }

    private static DeviceStatus read(JsonReader in) {
        @Nullable Path home = null;
        BandwidthLimits limits = BandwidthLimits.NONE;
        List<DeviceStatus.Folder> folders = List.of();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "home" -> home = in.text(Spelling::path);
                case "limits" -> limits = BandwidthLimitsJson.CODEC.read(in);
                case "folders" -> folders = in.array(FOLDERS_MAX, StatusJson::readFolder);
                default -> in.unknown();
            }
        }
        return new DeviceStatus(in.required("home", home), limits, folders);
    }

    private static DeviceStatus.Folder readFolder(JsonReader in) {
        @Nullable String device = null;
        @Nullable Path folder = null;
        @Nullable ProjectId project = null;
        @Nullable String projectName = null;
        FolderStatus.@Nullable State state = null;
        Optional<String> reason = Optional.empty();
        Optional<Cursor> cursor = Optional.empty();
        Optional<TreeDigest> digest = Optional.empty();
        long pending = 0;
        long conflicts = 0;
        List<FolderStatus.Transfer> transfers = List.of();
        List<FolderStatus.Problem> problems = List.of();
        long sentBytes = 0;
        long receivedBytes = 0;
        Optional<String> todo = Optional.empty();
        List<FolderStatus.Note> notes = List.of();
        List<FolderStatus.Answer> answers = List.of();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "device" -> device = in.text();
                case "folder" -> folder = in.text(Spelling::path);
                case "project" -> project = in.text(ProjectId::new);
                case "projectName" -> projectName = in.text();
                case "state" -> state = in.word(FolderStatus.State.class);
                case "reason" -> reason = Optional.of(in.text());
                case "cursor" -> cursor = Optional.of(readCursor(in));
                case "digest" -> digest = Optional.of(new TreeDigest(in.text(Hash::parse)));
                case "pending" -> pending = in.number(0, Long.MAX_VALUE);
                case "conflicts" -> conflicts = in.number(0, Long.MAX_VALUE);
                case "transfers" -> transfers = in.array(LIST_MAX, StatusJson::readTransfer);
                case "problems" -> problems = in.array(LIST_MAX, StatusJson::readProblem);
                case "sentBytes" -> sentBytes = in.number(0, Long.MAX_VALUE);
                case "receivedBytes" -> receivedBytes = in.number(0, Long.MAX_VALUE);
                case "todo" -> todo = Optional.of(in.text());
                case "notes" -> notes = in.array(LIST_MAX, StatusJson::readNote);
                case "answers" ->
                        answers = in.array(LIST_MAX, json -> json.word(FolderStatus.Answer.class));
                default -> in.unknown();
            }
        }
        return new DeviceStatus.Folder(
                in.required("folder", folder),
                in.required("device", device),
                in.required("project", project),
                in.required("projectName", projectName),
                new FolderStatus(
                        in.required("state", state),
                        reason,
                        cursor,
                        digest,
                        pending,
                        conflicts,
                        transfers,
                        problems,
                        sentBytes,
                        receivedBytes,
                        todo,
                        notes,
                        answers));
    }

    private static Cursor readCursor(JsonReader in) {
        @Nullable Epoch epoch = null;
        @Nullable Long sequence = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "epoch" -> epoch = in.text(Epoch::new);
                case "sequence" -> sequence = in.number(0, Node.MAX_SEQUENCE);
                default -> in.unknown();
            }
        }
        return new Cursor(in.required("epoch", epoch), in.required("sequence", sequence));
    }

    private static FolderStatus.Transfer readTransfer(JsonReader in) {
        FolderStatus.@Nullable Direction direction = null;
        @Nullable String path = null;
        long done = 0;
        long total = 0;
        long rate = 0;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "direction" -> direction = in.word(FolderStatus.Direction.class);
                case "path" -> path = in.text();
                case "done" -> done = in.number(0, Long.MAX_VALUE);
                case "total" -> total = in.number(0, Long.MAX_VALUE);
                case "rate" -> rate = in.number(0, Long.MAX_VALUE);
                default -> in.unknown();
            }
        }
        return new FolderStatus.Transfer(
                in.required("direction", direction), in.required("path", path), done, total, rate);
    }

    private static FolderStatus.Problem readProblem(JsonReader in) {
        @Nullable String path = null;
        @Nullable String text = null;
        String todo = "";
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "path" -> path = in.text();
                case "text" -> text = in.text();
                case "todo" -> todo = in.text();
                default -> in.unknown();
            }
        }
        return new FolderStatus.Problem(in.required("path", path), in.required("text", text), todo);
    }

    private static FolderStatus.Note readNote(JsonReader in) {
        @Nullable Instant time = null;
        @Nullable String text = null;
        String todo = "";
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "time" -> time = in.text(StatusJson::time);
                case "text" -> text = in.text();
                case "todo" -> todo = in.text();
                default -> in.unknown();
            }
        }
        return new FolderStatus.Note(
                in.required("time", time).toEpochMilli(), in.required("text", text), todo);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new SynclineException(ErrorCode.INVALID, "not a time: " + text, e);
        }
    }
}
