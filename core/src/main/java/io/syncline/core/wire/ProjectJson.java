package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import java.time.Instant;
import java.util.Optional;

/** Projects, their links, members and replicas, and what became of a chunk. */
final class ProjectJson {
    private ProjectJson() {}

    static void writeRequest(JsonWriter out, ProjectRequest request) {
        out.beginObject()
                .member("name", request.name())
                .member("portableNames", request.portableNames())
                .endObject();
    }

    static ProjectRequest readRequest(JsonReader in) {
        String name = null;
        boolean portableNames = false;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                case "portableNames" -> portableNames = in.bool();
                default -> in.unknown();
            }
        }
        String theName = in.required("name", name);
        boolean thePortableNames = portableNames;
        return in.make(() -> new ProjectRequest(theName, thePortableNames));
    }

    static void writeProject(JsonWriter out, ProjectView view) {
        out.beginObject()
                .member("id", view.id().value())
                .member("name", view.name())
                .member("role", view.role())
                .member("format", view.format())
                .member("epoch", view.epoch().value())
                .member("head", view.head())
                .member("digest", view.digest().value())
                .member("proof", view.proof().toString())
                .member("nodes", view.nodes())
                .member("created", view.created())
                .endObject();
    }

    static ProjectView readProject(JsonReader in) {
        ProjectId id = null;
        String name = null;
        Role role = null;
        Integer format = null;
        Proof proof = null;
        Long nodes = null;
        Instant created = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.text(ProjectId::new);
                case "name" -> name = in.text();
                case "role" -> role = in.word(Role.class);
                case "format" -> format = in.integer(0, Integer.MAX_VALUE);
                case "proof" -> proof = in.text(Proof::parse);
                case "nodes" -> nodes = Members.readSequence(in);
                case "created" -> created = in.instant();
                default -> in.unknown();
            }
        }
        return new ProjectView(
                in.required("id", id),
                in.required("name", name),
                in.required("role", role),
                in.required("format", format),
                in.required("proof", proof),
                in.required("nodes", nodes),
                in.required("created", created));
    }

    static void writeLinkRequest(JsonWriter out, LinkRequest request) {
        out.beginObject()
                .member("role", request.role())
                .member("uses", request.uses())
                .member("expiresSeconds", request.expiresSeconds())
                .endObject();
    }

    static LinkRequest readLinkRequest(JsonReader in) {
        Role role = null;
        Integer uses = null;
        Long expiresSeconds = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "role" -> role = in.word(Role.class);
                case "uses" -> uses = in.integer(0, Integer.MAX_VALUE);
                case "expiresSeconds" -> expiresSeconds = Members.readSequence(in);
                default -> in.unknown();
            }
        }
        Role theRole = in.required("role", role);
        int theUses = in.required("uses", uses);
        long theExpiresSeconds = in.required("expiresSeconds", expiresSeconds);
        return in.make(() -> new LinkRequest(theRole, theUses, theExpiresSeconds));
    }

    static void writeLinkAnswer(JsonWriter out, LinkAnswer answer) {
        out.beginObject()
                .member("id", answer.id())
                .member("secret", answer.secret().value())
                .member("link", answer.link().value())
                .member("role", answer.role())
                .member("uses", answer.uses())
                .member("expires", answer.expires())
                .endObject();
    }

    static LinkAnswer readLinkAnswer(JsonReader in) {
        String id = null;
        Secret secret = null;
        Secret link = null;
        Role role = null;
        Integer uses = null;
        Instant expires = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.text();
                case "secret" -> secret = in.text(Secret::new);
                case "link" -> link = in.text(Secret::new);
                case "role" -> role = in.word(Role.class);
                case "uses" -> uses = in.integer(0, Integer.MAX_VALUE);
                case "expires" -> expires = in.instant();
                default -> in.unknown();
            }
        }
        return new LinkAnswer(
                in.required("id", id),
                in.required("secret", secret),
                in.required("link", link),
                in.required("role", role),
                in.required("uses", uses),
                in.required("expires", expires));
    }

    static void writeLink(JsonWriter out, LinkView view) {
        out.beginObject()
                .member("id", view.id())
                .member("role", view.role())
                .member("usesLeft", view.usesLeft())
                .member("expires", view.expires())
                .endObject();
    }

    static LinkView readLink(JsonReader in) {
        String id = null;
        Role role = null;
        Integer usesLeft = null;
        Instant expires = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.text();
                case "role" -> role = in.word(Role.class);
                case "usesLeft" -> usesLeft = in.integer(0, Integer.MAX_VALUE);
                case "expires" -> expires = in.instant();
                default -> in.unknown();
            }
        }
        return new LinkView(
                in.required("id", id),
                in.required("role", role),
                in.required("usesLeft", usesLeft),
                in.required("expires", expires));
    }

    static void writeMember(JsonWriter out, MemberView view) {
        out.beginObject()
                .member("account", view.account().value())
                .member("name", view.name())
                .member("role", view.role())
                .endObject();
    }

    static MemberView readMember(JsonReader in) {
        AccountId account = null;
        String name = null;
        Role role = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "account" -> account = in.text(AccountId::new);
                case "name" -> name = in.text();
                case "role" -> role = in.word(Role.class);
                default -> in.unknown();
            }
        }
        return new MemberView(
                in.required("account", account),
                in.required("name", name),
                in.required("role", role));
    }

    static void writeRole(JsonWriter out, RoleRequest request) {
        out.beginObject().member("role", request.role()).endObject();
    }

    static RoleRequest readRole(JsonReader in) {
        Role role = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "role" -> role = in.word(Role.class);
                default -> in.unknown();
            }
        }
        return new RoleRequest(in.required("role", role));
    }

    static void writeReplica(JsonWriter out, ReplicaView view) {
        out.beginObject()
                .member("replica", view.replica().value())
                .member("device", view.device().value())
                .member("deviceName", view.deviceName())
                .member("folder", view.folder())
                .optional("received", view.received(), Members::writeCursor)
                .optional("agreed", view.agreed(), Members::writeCursor)
                .member("heldBack", view.heldBack())
                .member("inStep", view.inStep());
        if (view.differs()) {
            out.member("differs", true);
        }
        out.member("seen", view.seen()).endObject();
    }

    static ReplicaView readReplica(JsonReader in) {
        ReplicaId replica = null;
        DeviceId device = null;
        String deviceName = null;
        String folder = null;
        Optional<Cursor> received = Optional.empty();
        Optional<Cursor> agreed = Optional.empty();
        Long heldBack = null;
        Boolean inStep = null;
        boolean differs = false;
        Instant seen = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "replica" -> replica = in.text(ReplicaId::new);
                case "device" -> device = in.device();
                case "deviceName" -> deviceName = in.text();
                case "folder" -> folder = in.text();
                case "received" -> received = Optional.of(Members.readCursor(in));
                case "agreed" -> agreed = Optional.of(Members.readCursor(in));
                case "heldBack" -> heldBack = Members.readSequence(in);
                case "inStep" -> inStep = in.bool();
                case "differs" -> differs = in.bool();
                case "seen" -> seen = in.instant();
                default -> in.unknown();
            }
        }
        return new ReplicaView(
                in.required("replica", replica),
                in.required("device", device),
                in.required("deviceName", deviceName),
                in.required("folder", folder),
                received,
                agreed,
                in.required("heldBack", heldBack),
                in.required("inStep", inStep),
                differs,
                in.required("seen", seen));
    }

    static void writeChunkAnswer(JsonWriter out, ChunkAnswer answer) {
        out.beginObject()
                .member("stored", answer.stored())
                .member("known", answer.known())
                .endObject();
    }

    static ChunkAnswer readChunkAnswer(JsonReader in) {
        Integer stored = null;
        Integer known = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "stored" -> stored = in.integer(0, Integer.MAX_VALUE);
                case "known" -> known = in.integer(0, Integer.MAX_VALUE);
                default -> in.unknown();
            }
        }
        return new ChunkAnswer(in.required("stored", stored), in.required("known", known));
    }
}
