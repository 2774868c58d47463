package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes, pages of them, the log and checkpoints. */
final class TreeJson {
    /** Entries in a page of the log; more than any server sends. */
    private static final int LOG_ENTRIES_MAX = 1_000;

    private TreeJson() {}

    static void writeNode(JsonWriter out, Node node) {
        out.beginObject().member("id", node.id().value());
        ItemMembers.writePlace(out, node.place());
        ItemMembers.writeItem(out, node.item());
        out.member("sequence", node.sequence());
        if (node.deleted()) {
            out.member("deleted", true);
        }
        out.member("device", node.device().value()).endObject();
    }

    static Node readNode(JsonReader in) {
        NodeId id = null;
        Long sequence = null;
        boolean deleted = false;
        DeviceId device = null;
        ItemMembers members = new ItemMembers();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = Members.readNodeId(in);
                case "sequence" -> sequence = Members.readSequence(in);
                case "deleted" -> deleted = in.bool();
                case "device" -> device = in.device();
                default -> {
                    if (!members.take(in)) {
                        in.unknown();
                    }
                }
            }
        }
        return node(in, in.required("id", id), members, sequence, deleted, device);
    }

    private static Node node(
            JsonReader in,
            NodeId id,
            ItemMembers members,
            @Nullable Long sequence,
            boolean deleted,
            @Nullable DeviceId device) {
        long version = in.required("sequence", sequence);
        DeviceId author = in.required("device", device);
        if (members.place(in).parent().isLocalOnly()) {
            throw in.invalid("a node of the server has a parent that the server knows");
        }
        return in.make(
                () -> new Node(id, members.place(in), members.item(in), version, deleted, author));
    }

    static void writeChangesPage(JsonWriter out, ChangesPage page) {
        out.beginObject()
                .member("epoch", page.epoch().value())
                .member("from", page.from())
                .member("to", page.to())
                .member("head", page.head())
                .member("more", page.more())
                .member("floor", page.floor())
                .member("proof", page.proof().toString())
                .optional("fork", page.fork(), Members::writeCursor)
                .array("changes", page.changes(), TreeJson::writeNode)
                .endObject();
    }

    static ChangesPage readChangesPage(JsonReader in) {
        Long from = null;
        Long to = null;
        Boolean more = null;
        Long floor = null;
        Proof proof = null;
        Optional<Cursor> fork = Optional.empty();
        List<Node> changes = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "from" -> from = Members.readSequence(in);
                case "to" -> to = Members.readSequence(in);
                case "more" -> more = in.bool();
                case "floor" -> floor = Members.readSequence(in);
                case "proof" -> proof = in.text(Proof::parse);
                case "fork" -> fork = Optional.of(Members.readCursor(in));
                case "changes" ->
                        changes = in.array(Limits.CHANGES_PAGE_ENTRIES_MAX, TreeJson::readNode);
                default -> in.unknown();
            }
        }
        ChangesPage page =
                new ChangesPage(
                        in.required("proof", proof),
                        in.required("from", from),
                        in.required("to", to),
                        in.required("more", more),
                        in.required("floor", floor),
                        fork,
                        in.required("changes", changes));
        checkOrder(in, page);
        return page;
    }

    /** A page is refused unless it is what {@link ChangesPage} promises (L1). */
    private static void checkOrder(JsonReader in, ChangesPage page) {
        if (page.from() > page.to() || page.to() > page.head()) {
            throw in.invalid("expected from <= to <= head");
        }
        if (!page.more() && page.to() != page.head()) {
            throw in.invalid("expected the last page to end at the head");
        }
        long last = page.from();
        for (Node node : page.changes()) {
            if (node.sequence() <= last || node.sequence() > page.to()) {
                throw in.invalid("expected rising sequences in (from, to]");
            }
            last = node.sequence();
        }
    }

    static void writeResolved(JsonWriter out, Resolved resolved) {
        resolved.node()
                .ifPresentOrElse(
                        node -> writeNode(out, node),
                        () ->
                                out.beginObject()
                                        .member("id", 0)
                                        .member("kind", "directory")
                                        .endObject());
    }

    static Resolved readResolved(JsonReader in) {
        NodeId id = null;
        Long sequence = null;
        DeviceId device = null;
        ItemMembers members = new ItemMembers();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = Members.readNodeId(in);
                case "sequence" -> sequence = Members.readSequence(in);
                case "device" -> device = in.device();
                default -> {
                    if (!members.take(in)) {
                        in.unknown();
                    }
                }
            }
        }
        NodeId found = in.required("id", id);
        return new Resolved(
                found.isRoot()
                        ? Optional.empty()
                        : Optional.of(node(in, found, members, sequence, false, device)));
    }

    static void writeLogPage(JsonWriter out, LogPage page) {
        out.beginObject()
                .array("entries", page.entries(), TreeJson::writeLogEntry)
                .optional("before", page.before(), JsonWriter::number)
                .endObject();
    }

    static LogPage readLogPage(JsonReader in) {
        List<LogEntry> entries = null;
        Optional<Long> before = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "entries" -> entries = in.array(LOG_ENTRIES_MAX, TreeJson::readLogEntry);
                case "before" -> before = Optional.of(Members.readSequence(in));
                default -> in.unknown();
            }
        }
        return new LogPage(in.required("entries", entries), before);
    }

    static void writeLogEntry(JsonWriter out, LogEntry entry) {
        out.beginObject()
                .member("sequence", entry.sequence())
                .member("time", entry.time())
                .member("device", entry.device().value())
                .member("deviceName", entry.deviceName())
                .member("node", entry.node(), TreeJson::writeNode)
                .member("action", entry.action())
                .endObject();
    }

    static LogEntry readLogEntry(JsonReader in) {
        Long sequence = null;
        Instant time = null;
        DeviceId device = null;
        String deviceName = null;
        Node node = null;
        LogEntry.Action action = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "sequence" -> sequence = Members.readSequence(in);
                case "time" -> time = in.instant();
                case "device" -> device = in.device();
                case "deviceName" -> deviceName = in.text();
                case "node" -> node = readNode(in);
                case "action" -> action = in.word(LogEntry.Action.class);
                default -> in.unknown();
            }
        }
        return new LogEntry(
                in.required("sequence", sequence),
                in.required("time", time),
                in.required("device", device),
                in.required("deviceName", deviceName),
                in.required("node", node),
                in.required("action", action));
    }

    static void writeCheckpoint(JsonWriter out, Checkpoint checkpoint) {
        out.beginObject()
                .member("replica", checkpoint.replica().value())
                .member("epoch", checkpoint.received().epoch().value())
                .member("received", checkpoint.received().sequence())
                .member("digest", checkpoint.digest().value())
                .optional("agreed", checkpoint.agreed(), Members::writeCursor)
                .member("heldBack", checkpoint.heldBack())
                .member("folder", checkpoint.folder())
                .endObject();
    }

    static Checkpoint readCheckpoint(JsonReader in) {
        ReplicaId replica = null;
        Epoch epoch = null;
        Long received = null;
        TreeDigest digest = null;
        Optional<Cursor> agreed = Optional.empty();
        Long heldBack = null;
        String folder = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "replica" -> replica = in.text(ReplicaId::new);
                case "epoch" -> epoch = in.text(Epoch::new);
                case "received" -> received = Members.readSequence(in);
                case "digest" -> digest = new TreeDigest(Members.readHash(in));
                case "agreed" -> agreed = Optional.of(Members.readCursor(in));
                case "heldBack" -> heldBack = Members.readSequence(in);
                case "folder" -> folder = in.text();
                default -> in.unknown();
            }
        }
        return new Checkpoint(
                in.required("replica", replica),
                new Cursor(in.required("epoch", epoch), in.required("received", received)),
                in.required("digest", digest),
                agreed,
                in.required("heldBack", heldBack),
                in.required("folder", folder));
    }
}
