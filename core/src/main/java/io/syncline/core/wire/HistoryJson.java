package io.syncline.core.wire;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is said about history, deletions and putting things back, with its codecs. */
public final class HistoryJson {
    /** {@code GET …/deleted}. */
    public static final JsonCodec<DeletedPage> DELETED_PAGE =
            new JsonCodec<>(HistoryJson::writeDeleted, HistoryJson::readDeleted);

    /** {@code GET, PUT …/retention}. */
    public static final JsonCodec<Retention> RETENTION =
            new JsonCodec<>(HistoryJson::writeRetention, HistoryJson::readRetention);

    /** {@code POST …/restore}. */
    public static final JsonCodec<RestoreRequest> RESTORE_REQUEST =
            new JsonCodec<>(HistoryJson::writeRequest, HistoryJson::readRequest);

    /** The answer to it. */
    public static final JsonCodec<RestoreAnswer> RESTORE_ANSWER =
            new JsonCodec<>(HistoryJson::writeAnswer, HistoryJson::readAnswer);

    /** Results in one answer; more than any server sends. */
    private static final int RESULTS_MAX = 10_000;

    private HistoryJson() {}

    private static void writeDeleted(JsonWriter out, DeletedPage page) {
        out.beginObject()
                .array("entries", page.entries(), HistoryJson::writeDeletion)
                .optional("after", page.after(), JsonWriter::text)
                .endObject();
    }

    private static DeletedPage readDeleted(JsonReader in) {
        List<Deletion> entries = null;
        Optional<String> after = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "entries" ->
                        entries =
                                in.array(
                                        Limits.HISTORY_PAGE_ENTRIES_MAX, HistoryJson::readDeletion);
                case "after" -> after = Optional.of(in.text());
                default -> in.unknown();
            }
        }
        return new DeletedPage(in.required("entries", entries), after);
    }

    private static void writeDeletion(JsonWriter out, Deletion deletion) {
        out.beginObject()
                .member("entry", deletion.entry(), TreeJson::writeLogEntry)
                .member("path", deletion.path())
                .endObject();
    }

    private static Deletion readDeletion(JsonReader in) {
        LogEntry entry = null;
        String path = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "entry" -> entry = TreeJson.readLogEntry(in);
                case "path" -> path = in.text();
                default -> in.unknown();
            }
        }
        return new Deletion(in.required("entry", entry), in.required("path", path));
    }

    private static void writeRetention(JsonWriter out, Retention retention) {
        out.beginObject().member("seconds", retention.duration().toSeconds()).endObject();
    }

    private static Retention readRetention(JsonReader in) {
        Long seconds = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "seconds" -> seconds = in.number(0, Retention.MAX.toSeconds());
                default -> in.unknown();
            }
        }
        long given = in.required("seconds", seconds);
        return in.make(() -> new Retention(Duration.ofSeconds(given)));
    }

    private static void writeRequest(JsonWriter out, RestoreRequest request) {
        out.beginObject().member("id", request.id().value());
        if (request.dryRun()) {
            out.member("dryRun", true);
        }
        switch (request.what()) {
            case RestoreRequest.Versions(var wishes) ->
                    out.array("versions", wishes, HistoryJson::writeWish);
            case RestoreRequest.Rewind(var since, var scope, var until, var before) -> {
                out.member("since", since);
                switch (scope) {
                    case RestoreRequest.Device(var device) -> out.member("device", device.value());
                    case RestoreRequest.Directory(var directory) ->
                            out.member("directory", directory.value());
                }
                until.ifPresent(sequence -> out.member("until", sequence));
                before.ifPresent(sequence -> out.member("before", sequence));
            }
        }
        out.endObject();
    }

    private static RestoreRequest readRequest(JsonReader in) {
        CommitId id = null;
        boolean dryRun = false;
        List<RestoreRequest.Wish> versions = null;
        Instant since = null;
        DeviceId device = null;
        NodeId directory = null;
        OptionalLong until = OptionalLong.empty();
        OptionalLong before = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.text(CommitId::new);
                case "dryRun" -> dryRun = in.bool();
                case "versions" ->
                        versions = in.array(Limits.RESTORE_WISHES_MAX, HistoryJson::readWish);
                case "since" -> since = in.instant();
                case "device" -> device = in.device();
                case "directory" -> directory = new NodeId(in.number(0, Node.MAX_SEQUENCE));
                case "until" -> until = OptionalLong.of(Members.readSequence(in));
                case "before" -> before = OptionalLong.of(Members.readSequence(in));
                default -> in.unknown();
            }
        }
        if ((versions == null) == (since == null)) {
            throw in.invalid("expected one of versions and since");
        }
        CommitId commit = in.required("id", id);
        boolean dry = dryRun;
        if (versions != null) {
            List<RestoreRequest.Wish> wishes = versions;
            return in.make(
                    () -> new RestoreRequest(commit, dry, new RestoreRequest.Versions(wishes)));
        }
        return new RestoreRequest(
                commit,
                dry,
                new RestoreRequest.Rewind(
                        in.required("since", since), scope(in, device, directory), until, before));
    }

    private static RestoreRequest.Scope scope(
            JsonReader in, @Nullable DeviceId device, @Nullable NodeId directory) {
        if ((device == null) == (directory == null)) {
            throw in.invalid("expected one of device and directory");
        }
        return device != null
                ? new RestoreRequest.Device(device)
                : new RestoreRequest.Directory(in.required("directory", directory));
    }

    private static void writeWish(JsonWriter out, RestoreRequest.Wish wish) {
        out.beginObject().member("node", wish.node().value()).member("sequence", wish.sequence());
        wish.copy().ifPresent(place -> ItemMembers.writePlace(out, place));
        out.endObject();
    }

    private static RestoreRequest.Wish readWish(JsonReader in) {
        NodeId node = null;
        Long sequence = null;
        NodeId parent = null;
        Name name = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "node" -> node = new NodeId(in.number(1, Node.MAX_SEQUENCE));
                case "sequence" -> sequence = Members.readSequence(in);
                case "parent" -> parent = new NodeId(in.number(0, Node.MAX_SEQUENCE));
                case "name" -> name = in.text(Name::new);
                default -> in.unknown();
            }
        }
        if ((parent == null) != (name == null)) {
            throw in.invalid("a place has a parent and a name");
        }
        Optional<Place> copy =
                parent == null
                        ? Optional.empty()
                        : Optional.of(new Place(parent, in.required("name", name)));
        return new RestoreRequest.Wish(
                in.required("node", node), in.required("sequence", sequence), copy);
    }

    private static void writeAnswer(JsonWriter out, RestoreAnswer answer) {
        out.beginObject().member("epoch", answer.epoch().value()).member("head", answer.head());
        answer.until().ifPresent(sequence -> out.member("until", sequence));
        answer.before().ifPresent(sequence -> out.member("before", sequence));
        out.array("results", answer.results(), HistoryJson::writeRestored).endObject();
    }

    private static RestoreAnswer readAnswer(JsonReader in) {
        Epoch epoch = null;
        Long head = null;
        OptionalLong until = OptionalLong.empty();
        OptionalLong before = OptionalLong.empty();
        List<Restored> results = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "epoch" -> epoch = in.text(Epoch::new);
                case "head" -> head = Members.readSequence(in);
                case "until" -> until = OptionalLong.of(Members.readSequence(in));
                case "before" -> before = OptionalLong.of(Members.readSequence(in));
                case "results" -> results = in.array(RESULTS_MAX, HistoryJson::readRestored);
                default -> in.unknown();
            }
        }
        return new RestoreAnswer(
                in.required("epoch", epoch),
                in.required("head", head),
                until,
                before,
                in.required("results", results));
    }

    private static void writeRestored(JsonWriter out, Restored restored) {
        out.beginObject()
                .member("id", restored.id().value())
                .member("path", restored.path())
                .member("outcome", restored.outcome())
                .optional("now", restored.now(), TreeJson::writeNode)
                .optional("reason", restored.reason(), (o, reason) -> o.text(reason.name()))
                .endObject();
    }

    private static Restored readRestored(JsonReader in) {
        NodeId id = null;
        String path = null;
        Restored.Outcome outcome = null;
        Optional<Node> now = Optional.empty();
        Optional<ChangeResult.Reason> reason = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = Members.readNodeId(in);
                case "path" -> path = in.text();
                case "outcome" -> outcome = in.word(Restored.Outcome.class);
                case "now" -> now = Optional.of(TreeJson.readNode(in));
                case "reason" -> reason = Optional.of(in.code(ChangeResult.Reason.class));
                default -> in.unknown();
            }
        }
        return new Restored(
                in.required("id", id),
                in.required("path", path),
                in.required("outcome", outcome),
                now,
                reason);
    }
}
