package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Commits and their answers. */
final class CommitJson {
    private CommitJson() {}

    static void writeCommit(JsonWriter out, Commit commit) {
        out.beginObject()
                .member("id", commit.id().value())
                .member("replica", commit.replica().value())
                .member("base", commit.base().toString())
                .member("atomic", commit.atomic())
                .array("changes", commit.changes(), CommitJson::writeChange)
                .endObject();
    }

    static Commit readCommit(JsonReader in) {
        CommitId id = null;
        ReplicaId replica = null;
        Proof base = null;
        boolean atomic = false;
        List<Change> changes = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.text(CommitId::new);
                case "replica" -> replica = in.text(ReplicaId::new);
                case "base" -> base = in.text(Proof::parse);
                case "atomic" -> atomic = in.bool();
                case "changes" ->
                        changes = in.array(Limits.COMMIT_CHANGES_MAX, CommitJson::readChange);
                default -> in.unknown();
            }
        }
        CommitId commitId = in.required("id", id);
        ReplicaId sender = in.required("replica", replica);
        Proof seen = in.required("base", base);
        boolean allOrNone = atomic;
        List<Change> wishes = in.required("changes", changes);
        return in.make(() -> new Commit(commitId, sender, seen, allOrNone, wishes));
    }

    private static void writeChange(JsonWriter out, Change change) {
        out.beginObject();
        switch (change) {
            case Change.Create(var id, var place, var item, var origin) -> {
                out.member("create", id.value());
                ItemMembers.writePlace(out, place);
                ItemMembers.writeItem(out, item);
                origin.ifPresent(old -> out.member("origin", old.value()));
            }
            case Change.Update(var id, var expected, var place, var item) -> {
                out.member("update", id.value()).member("expected", expected);
                place.ifPresent(there -> ItemMembers.writePlace(out, there));
                item.ifPresent(what -> ItemMembers.writeItem(out, what));
            }
            case Change.Delete(var id, var expected) ->
                    out.member("delete", id.value()).member("expected", expected);
            case Change.Check(var id, var expected) ->
                    out.member("check", id.value()).member("expected", expected);
        }
        out.endObject();
    }

    private static Change readChange(JsonReader in) {
        String verb = "";
        NodeId id = null;
        Long expected = null;
        NodeId origin = null;
        ItemMembers members = new ItemMembers();
        in.beginObject();
        while (in.nextMember()) {
            String member = in.member();
            switch (member) {
                case "create", "update", "delete", "check" -> {
                    if (!verb.isEmpty()) {
                        throw in.invalid("expected one of create, update, delete and check");
                    }
                    verb = member;
                    id = Members.readNodeId(in);
                }
                case "expected" -> expected = Members.readSequence(in);
                case "origin" -> origin = new NodeId(in.number(1, Node.MAX_SEQUENCE));
                default -> {
                    if (!members.take(in)) {
                        in.unknown();
                    }
                }
            }
        }
        NodeId node = in.required("create, update, delete or check", id);
        return verb.equals("create")
                ? create(in, node, members, expected, origin)
                : change(in, verb, node, members, expected, origin);
    }

    private static Change create(
            JsonReader in,
            NodeId id,
            ItemMembers members,
            @Nullable Long expected,
            @Nullable NodeId origin) {
        if (!id.isLocalOnly() || expected != null) {
            throw in.invalid("a node is created under a negative id and without 'expected'");
        }
        return new Change.Create(
                id, members.place(in), members.item(in), Optional.ofNullable(origin));
    }

    private static Change change(
            JsonReader in,
            String verb,
            NodeId id,
            ItemMembers members,
            @Nullable Long expected,
            @Nullable NodeId origin) {
        if (id.value() <= 0 || origin != null) {
            throw in.invalid("only a known node can be changed, and only a new one has an origin");
        }
        long version = in.required("expected", expected);
        if (verb.equals("update")) {
            if (members.isEmpty()) {
                throw in.invalid("an update has a place, an item or both");
            }
            return new Change.Update(id, version, members.placeIfAny(in), members.itemIfAny(in));
        }
        if (!members.isEmpty()) {
            throw in.invalid("a " + verb + " has neither a place nor an item");
        }
        return verb.equals("delete")
                ? new Change.Delete(id, version)
                : new Change.Check(id, version);
    }

    static void writeAnswer(JsonWriter out, CommitAnswer answer) {
        out.beginObject()
                .member("epoch", answer.epoch().value())
                .member("head", answer.head())
                .member("proof", answer.proof().toString())
                .array("results", answer.results(), CommitJson::writeResult)
                .endObject();
    }

    static CommitAnswer readAnswer(JsonReader in) {
        Proof proof = null;
        List<ChangeResult> results = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "proof" -> proof = in.text(Proof::parse);
                case "results" ->
                        results = in.array(Limits.COMMIT_CHANGES_MAX, CommitJson::readResult);
                default -> in.unknown();
            }
        }
        return new CommitAnswer(in.required("proof", proof), in.required("results", results));
    }

    private static void writeResult(JsonWriter out, ChangeResult result) {
        out.beginObject();
        switch (result) {
            case ChangeResult.Applied(var node) -> out.member("applied", node, TreeJson::writeNode);
            case ChangeResult.Refused(var reason, var current, var rival, var missing) -> {
                out.member("refused", reason.name())
                        .optional("current", current, TreeJson::writeNode)
                        .optional("rival", rival, TreeJson::writeNode);
                if (!missing.isEmpty()) {
                    out.array("missing", missing, Members::writeHash);
                }
            }
        }
        out.endObject();
    }

    private static ChangeResult readResult(JsonReader in) {
        Node applied = null;
        ChangeResult.Reason refused = null;
        Optional<Node> current = Optional.empty();
        Optional<Node> rival = Optional.empty();
        List<Hash> missing = List.of();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "applied" -> applied = TreeJson.readNode(in);
                case "refused" -> refused = in.code(ChangeResult.Reason.class);
                case "current" -> current = Optional.of(TreeJson.readNode(in));
                case "rival" -> rival = Optional.of(TreeJson.readNode(in));
                case "missing" ->
                        missing = in.array(ProblemJson.MISSING_HASHES_MAX, Members::readHash);
                default -> in.unknown();
            }
        }
        if (applied != null) {
            if (refused != null) {
                throw in.invalid("a change is applied or refused, not both");
            }
            return new ChangeResult.Applied(applied);
        }
        return new ChangeResult.Refused(
                in.required("applied or refused", refused), current, rival, missing);
    }
}
