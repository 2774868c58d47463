package io.syncline.server;

import static io.syncline.server.Contract.list;
import static io.syncline.server.Contract.map;
import static io.syncline.server.TestServer.chunk;
import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static io.syncline.server.TestServer.name;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinRequest;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Restored;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.RoleRequest;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.WireJson;
import io.syncline.server.Contract.Operation;
import io.syncline.server.event.EventHub;
import io.syncline.server.snapshot.GrowingProject;
import io.syncline.server.snapshot.SnapshotKeeper;
import io.syncline.storage.metadata.Quota;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The OpenAPI document against itself and against the running server. */
class OpenApiTest {
    private static final String NOBODY = "";

    /** Shorter addresses are never refused for their length. */
    private static final int ADDRESS_CHARS_MAX = 4_096;

    private final Contract contract = new Contract();
    private TestServer t;
    private String owner = "";
    private String session = "";
    private String person = "";
    private String viewer = "";
    private String stranger = "";

    /** What the addresses' variables hold, by their names. */
    private final Map<String, String> at = new HashMap<>();

    @BeforeEach
    void start() {
        t = new TestServer();
        owner = t.token;
        stranger = t.stranger();
        at.put("p", t.project.value());
    }

    @AfterEach
    void stop() {
        t.close();
    }

    @Test
    void theDocumentHasExactlyTheRequestsThatTheServerAnswers() {
        Set<String> documented = new TreeSet<>();
        contract.operations().forEach(o -> documented.add(shape(o.method() + " " + o.path())));
        Set<String> answered = new TreeSet<>();
        t.server.addresses().forEach(address -> answered.add(shape(address)));
        answered.add("GET " + EventHub.PATH);
        assertThat(documented).isEqualTo(answered);
    }

    /** Without the names of variables. */
    private static String shape(String address) {
        return address.replaceAll("\\{[^}]*}", "{}");
    }

    @Test
    void theDocumentIsWholeAndHasNothingUnused() {
        Set<String> used = new HashSet<>();
        references(contract.document(), used);
        Map<String, Object> components = map(contract.document().get("components"));
        Set<String> there = new HashSet<>();
        components.forEach((kind, entries) -> {
            if (!kind.equals("securitySchemes")) {
                map(entries).keySet().forEach(n -> there.add("#/components/" + kind + "/" + n));
            }
        });
        assertThat(used).isEqualTo(there);

        assertThat(contract.operations().stream().map(Operation::id)).doesNotHaveDuplicates();
        for (Operation operation : contract.operations()) {
            assertThat(operation.body())
                    .as(operation.id())
                    .containsKeys("operationId", "tags", "summary", "responses");
            assertThat(operation.responses()).as(operation.id()).containsKey("default");
            Set<String> variables = new TreeSet<>();
            for (String segment : operation.path().split("/", -1)) {
                if (segment.startsWith("{")) {
                    variables.add(segment.substring(1, segment.length() - 1));
                }
            }
            assertThat(operation.parameters("path"))
                    .as(operation.id())
                    .allMatch(parameter -> Boolean.TRUE.equals(parameter.get("required")))
                    .extracting(parameter -> parameter.get("name"))
                    .containsExactlyInAnyOrderElementsOf(variables);
            if (!operation.requestBody().isEmpty()) {
                assertThat(operation.requestBody())
                        .as(operation.id())
                        .containsKeys("required", "content", "x-body-bytes-max");
                assertThat(operation.responses()).as(operation.id()).containsKeys("400", "413");
            }
            boolean inProject = variables.contains("p");
            assertThat(operation.role().isPresent()).as(operation.id()).isEqualTo(inProject);
        }
        contract.schemas().forEach((name, schema) -> checkObject(name, map(schema)));
    }

    private static void references(Object value, Set<String> into) {
        switch (value) {
            case Map<?, ?> members ->
                    members.forEach((key, member) -> {
                        if (key.equals("$ref")) {
                            into.add((String) member);
                        } else {
                            references(member, into);
                        }
                    });
            case List<?> elements -> elements.forEach(element -> references(element, into));
            default -> {}
        }
    }

    private static void checkObject(String name, Map<String, Object> schema) {
        if (schema.containsKey("properties")) {
            Set<String> properties = map(schema.get("properties")).keySet();
            assertThat(schema.get("type")).as(name).isEqualTo("object");
            for (Object required : list(schema.getOrDefault("required", List.of()))) {
                assertThat(properties).as(name).contains((String) required);
            }
        }
    }

    @Test
    void examplesAreWhatTheirSchemasSay() {
        List<String> withoutExample = new ArrayList<>();
        for (Operation operation : contract.operations()) {
            if (operation.takesJson()) {
                Map<String, Object> media = json(operation);
                if (media.containsKey("example")) {
                    String example = Contract.json(media.get("example"));
                    Object schema = Objects.requireNonNull(media.get("schema"));
                    assertThat(contract.faults(schema, example)).as(operation.id()).isEmpty();
                    String more = "{\"undocumented\":1," + example.substring(1);
                    assertThat(contract.faults(schema, more)).as(operation.id()).isNotEmpty();
                } else {
                    withoutExample.add(operation.id());
                }
            }
        }
        assertThat(withoutExample).isEmpty();
    }

    private static Map<String, Object> json(Operation operation) {
        return map(map(operation.requestBody().get("content")).get("application/json"));
    }

    @Test
    @DisplayName("every answer is as documented, and every documented answer is given")
    void everyRequestIsAnsweredAsDocumented() throws Exception {
        accounts();
        projects();
        trees();
        listings();
        blocks();
        checkpoints();
        events();
        histories();
        restores();
        snapshots();
        quotas();
        wanted();
        operators();
        for (Operation operation : contract.operations()) {
            if (!operation.path().equals(EventHub.PATH)) {
                refusals(operation);
            }
        }
        assertThat(contract.unseen()).isEmpty();
    }

    // Sending.

    private TestServer.Reply send(
            String id, String query, String bearer, byte[] body, String... headers) {
        Operation operation = contract.operation(id);
        String path = operation.path();
        for (Map<String, Object> parameter : operation.parameters("path")) {
            String variable = String.valueOf(parameter.get("name"));
            String value = Objects.requireNonNull(at.get(variable), "no value for " + variable);
            path = path.replace("{" + variable + "}", value);
        }
        String address = query.isEmpty() ? path : path + "?" + query;
        return contract.check(
                operation, t.send(operation.method(), address, bearer, body, headers));
    }

    private TestServer.Reply send(String id, String query, String bearer) {
        return send(id, query, bearer, new byte[0]);
    }

    private TestServer.Reply send(String id, String bearer, byte[] body) {
        return send(id, "", bearer, body);
    }

    private TestServer.Reply send(String id) {
        return send(id, "", owner);
    }

    /** The same with one variable of the address changed for this request alone. */
    private TestServer.Reply sendTo(String variable, String value, String id, String bearer) {
        return sendTo(variable, value, id, bearer, new byte[0]);
    }

    private TestServer.Reply sendTo(
            String variable, String value, String id, String bearer, byte[] body) {
        String before = at.put(variable, value);
        try {
            return send(id, bearer, body);
        } finally {
            if (before != null) {
                at.put(variable, before);
            }
        }
    }

    // What succeeds, and what is refused for a reason of its own.

    private void accounts() {
        TestServer.Reply document = send("getApiDocument", "", NOBODY).expect(200);
        String tag = document.headers().firstValue("ETag").orElseThrow();
        send("getApiDocument", "", NOBODY, new byte[0], "If-None-Match", tag).expect(304);
        send("getHello", "", NOBODY).expect(200);
        send("getLive", "", NOBODY).expect(200);
        send("getReady", "", NOBODY).expect(200);
        session =
                send(
                                "logIn",
                                NOBODY,
                                WireJson.SESSION_REQUEST.toBytes(
                                        new SessionRequest("admin", TestServer.PASSWORD)))
                        .as(WireJson.SESSION_ANSWER)
                        .token()
                        .value();
        send(
                        "logIn",
                        NOBODY,
                        WireJson.SESSION_REQUEST.toBytes(
                                new SessionRequest("admin", new Secret("wrong"))))
                .expect(401);
        send("getSession", "", session).expect(200);
        send("getSession").expect(204);
        send("getSession", "", NOBODY).expect(204);
        String gone =
                send(
                                "logIn",
                                NOBODY,
                                WireJson.SESSION_REQUEST.toBytes(
                                        new SessionRequest("admin", TestServer.PASSWORD)))
                        .as(WireJson.SESSION_ANSWER)
                        .token()
                        .value();
        send("logOut", "", gone).expect(204);
        send("logOut", "", gone).expect(204);

        byte[] name = "{\"name\":\"another\"}".getBytes(UTF_8);
        DeviceAnswer device = send("addDevice", session, name).as(WireJson.DEVICE_ANSWER);
        send("addDevice", owner, name).expect(403);
        at.put("device", device.device().value());
        send("renameDevice", stranger, name).expect(404);
        send("renameDevice", owner, example("renameDevice")).expect(204);
        send("revokeDevice", "", stranger).expect(404);
        send("revokeDevice").expect(204);

        LinkAnswer link =
                send(
                                "createLink",
                                owner,
                                WireJson.LINK_REQUEST.toBytes(new LinkRequest(Role.VIEWER, 3, 600)))
                        .as(WireJson.LINK_ANSWER);
        at.put("link", link.id());
        send("listLinks").expect(200);
        JoinAnswer joined = join(link.secret(), NOBODY).as(WireJson.JOIN_ANSWER);
        viewer = joined.token().value();
        at.put("account", joined.account().value());
        join(new Secret("unknown"), NOBODY).expect(404);
        join(link.secret(), "sld_wrong").expect(401);
        send("withdrawLink").expect(204);

        send("listDevices", "project=" + t.project, owner).expect(200);
        send("listDevices", "project=" + t.project, viewer).expect(403);
        send("listDevices", "project=" + t.project, stranger).expect(404);
        send("listDevices", "project=x", owner).expect(400);
    }

    private TestServer.Reply join(Secret secret, String bearer) {
        return send(
                "join", bearer, WireJson.JOIN_REQUEST.toBytes(new JoinRequest(secret, "phone")));
    }

    private void projects() {
        send("createProject", owner, example("createProject")).expect(200);
        send("listProjects").expect(200);
        send("getProject").expect(200);
        send("listMembers").expect(200);
        send("getQuota").expect(200);
        send("addMember", owner, example("addMember")).expect(200);
        send("addMember", owner, "{\"name\":\"nobody\",\"role\":\"owner\"}".getBytes(UTF_8))
                .expect(404);
        byte[] role = WireJson.ROLE_REQUEST.toBytes(new RoleRequest(Role.VIEWER));
        send("setMemberRole", owner, role).expect(204);
        sendTo("account", t.admin.value(), "setMemberRole", owner, role).expect(403);
        sendTo("account", t.admin.value(), "removeMember", owner).expect(403);
        String leaving = t.device(t.admin);
        LinkAnswer link = send("createLink", owner, example("createLink")).as(WireJson.LINK_ANSWER);
        String other = join(link.secret(), NOBODY).as(WireJson.JOIN_ANSWER).account().value();
        sendTo("account", other, "removeMember", leaving).expect(204);
    }

    private byte[] example(String id) {
        return Contract.json(json(contract.operation(id)).get("example")).getBytes(UTF_8);
    }

    private long file;

    private void trees() {
        Content content = t.upload(t.randomBytes(300_000));
        byte[] commit =
                WireJson.COMMIT.toBytes(
                        t.commitOf(
                                false,
                                List.of(
                                        directory(-1, 0, "d"),
                                        file(-2, -1, "f.bin", content),
                                        directory(-3, 0, "d"),
                                        file(-4, 0, "lost", missing()),
                                        file(-5, 0, "empty", Content.EMPTY))));
        TestServer.Reply first = send("commit", owner, commit).expect(200);
        assertThat(first.text()).contains("NAME_TAKEN", "MISSING_BLOCKS");
        assertThat(send("commit", owner, commit).bytes()).isEqualTo(first.bytes());
        var results = WireJson.COMMIT_ANSWER.fromBytes(first.bytes()).results();
        long directory = idOf(results.getFirst());
        file = idOf(results.get(1));
        var moves = new ArrayList<Change>();
        moves.add(new Change.Delete(new NodeId(directory), directory));
        moves.add(new Change.Delete(new NodeId(idOf(results.get(4))), idOf(results.get(4))));
        moves.add(new Change.Check(new NodeId(file), file));
        TestServer.Reply second =
                send("commit", owner, WireJson.COMMIT.toBytes(t.commitOf(false, moves)));
        assertThat(second.expect(200).text()).contains("NOT_EMPTY", "\"deleted\":true");
        Proof unknown =
                new Proof(
                        new Cursor(new Epoch(RandomId.next(t.random)), 5),
                        new TreeDigest(Contract.nothing()),
                        RandomId.next(t.random));
        Commit lost =
                new Commit(
                        t.commitOf(false, moves).id(),
                        new ReplicaId(RandomId.next(t.random)),
                        unknown,
                        false,
                        moves);
        send("commit", owner, WireJson.COMMIT.toBytes(lost)).expect(410);

        at.put("id", Long.toString(file));
        send("getNode").expect(200);
        assertThat(send("listAncestors").expect(200).text()).contains("\"name\":\"d\"");
        sendTo("id", Long.toString(idOf(results.get(4))), "getNode", owner).expect(200);
        send("getArchive", "nodes=" + file, owner).expect(200);
        send("getArchive", "nodes=99999", owner).expect(404);
        TestServer.Reply whole = send("getContent").expect(200);
        String tag = whole.headers().firstValue("ETag").orElseThrow();
        send("getContent", "", owner, new byte[0], "Range", "bytes=5-9").expect(206);
        send("getContent", "", owner, new byte[0], "Range", "bytes=900000-").expect(416);
        send("getContent", "", owner, new byte[0], "If-None-Match", tag).expect(304);
        sendTo("id", Long.toString(directory), "getContent", owner).expect(400);
        send("headContent").expect(200);
        send("headContent", "", owner, new byte[0], "If-None-Match", tag).expect(304);
        send("resolvePath", "path=d/f.bin", owner).expect(200);
        send("resolvePath").expect(200);
        send("resolvePath", "path=d/none", owner).expect(404);
        send("resolvePath", "path=..", owner).expect(400);
        send("listChanges", "limit=1", owner).expect(200);
        send("listChanges", "since=1&proof=" + t.view().proof(), owner).expect(200);
        send("listChanges", "since=1&proof=" + unknown, owner).expect(410);
        send("listChanges", "since=1", owner).expect(410);
        String reader = "replica=" + RandomId.next(t.random);
        send("listChanges", reader + "&limit=1", owner).expect(200);
        send("listLog", "limit=1", owner).expect(200);
        send("listLog", "before=3", owner).expect(200);
    }

    private static Content missing() {
        return new Content(0, Contract.nothing(), 10);
    }

    private static long idOf(io.syncline.core.wire.ChangeResult result) {
        return ((io.syncline.core.wire.ChangeResult.Applied) result).node().id().value();
    }

    private void listings() {
        at.put("id", "0");
        String after =
                send("listChildren", "limit=1", owner)
                        .as(WireJson.CHILDREN_PAGE)
                        .after()
                        .orElse("");
        t.applied(directory(-1, 0, "e"), file(-2, 0, "g", Content.EMPTY));
        after =
                after.isEmpty()
                        ? send("listChildren", "limit=1", owner)
                                .as(WireJson.CHILDREN_PAGE)
                                .after()
                                .orElseThrow()
                        : after;
        send("listChildren", "after=" + after, owner).expect(200);
        send("listChildren", "before=" + after, owner).expect(200);
        send("listChildren", "from=" + after + "&after=" + after, owner).expect(400);
        TestServer.Reply json = send("listChildren", "sort=size&order=desc", owner).expect(200);
        ListingForm columns = ListingForm.COLUMNS;
        byte[] page =
                send(
                                "listChildren",
                                "sort=size&order=desc",
                                owner,
                                new byte[0],
                                "Accept",
                                columns.mediaType())
                        .bytes();
        assertThat(columns.read(page)).isEqualTo(json.as(WireJson.CHILDREN_PAGE));
        for (String each : List.of("listChildren", "getPageMap")) {
            String tag = send(each).expect(200).headers().firstValue("ETag").orElseThrow();
            send(each, "", owner, new byte[0], "If-None-Match", tag).expect(304);
        }
        send("findPosition", "prefix=e", owner).expect(200);
        send("findPosition", "prefix=zzz", owner).expect(200);
        send("searchNames", "q=f.b", owner).expect(200);
        send("searchNames", "q=none", owner).expect(200);
        at.put("id", Long.toString(file));
    }

    private void blocks() {
        List<Block> made = new ArrayList<>();
        Content content = TestServer.cut(t.randomBytes(600_000), made);
        assertThat(content.level()).isEqualTo(1);
        ByteBuffer trees = chunk(List.of(made.getLast()));
        at.put("name", name(trees).toHex());
        send("putChunk", owner, bytes(trees)).expect(409);
        ByteBuffer all = chunk(made);
        at.put("name", name(all).toHex());
        send("putChunk", owner, bytes(all)).expect(200);

        byte[] hashes = hashes(made.getFirst().hash(), Contract.nothing());
        assertThat(send("findMissingBlocks", owner, hashes).expect(200).bytes())
                .isEqualTo(new byte[] {2});
        send("readBlocks", owner, hashes).expect(404);
        send("readBlocks", owner, hashes(made.getFirst().hash())).expect(200);
        var request = new SignatureRequest(content, List.of(new SignatureRequest.Span(0, 1)));
        send("signBlocks", owner, bytes(request.write())).expect(200);
        send("signBlocks", owner, new byte[5]).expect(400);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] hashes(Hash... hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.length * Hash.BYTES);
        for (Hash hash : hashes) {
            hash.write(bytes);
        }
        return bytes.array();
    }

    private void checkpoints() {
        var view = t.view();
        var replica = new ReplicaId(RandomId.next(t.random));
        var head = new Cursor(view.epoch(), view.head());
        byte[] right = checkpoint(replica, head, view.digest());
        send("putCheckpoint", owner, right).expect(204);
        send("putCheckpoint", t.device(t.admin), right).expect(409);
        send("putCheckpoint", session, right).expect(403);
        byte[] wrong = checkpoint(replica, head, new TreeDigest(Contract.nothing()));
        assertThat(send("putCheckpoint", owner, wrong).expect(410).text()).contains("reconcile");
        assertThat(send("listReplicas").expect(200).text()).contains("\"differs\":true");
        send("putCheckpoint", owner, right).expect(204);
        assertThat(send("listReplicas").expect(200).text()).doesNotContain("differs");
    }

    private static byte[] checkpoint(ReplicaId replica, Cursor received, TreeDigest digest) {
        return WireJson.CHECKPOINT.toBytes(
                new Checkpoint(replica, received, digest, Optional.of(received), 0, "/home/ann"));
    }

    private void histories() {
        Content content = t.upload(t.randomBytes(5_000));
        long first = t.applied(directory(-1, 0, "folder"), file(-2, -1, "old.txt", content));
        long folder = first - 1;
        t.applied(edit(first, first, Content.EMPTY));
        t.applied(delete(first, first + 1));
        at.put("id", Long.toString(first));
        at.put("sequence", Long.toString(first));
        TestServer.Reply log = send("listLog", "limit=1", owner).expect(200);
        LogEntry newest = log.as(WireJson.LOG_PAGE).entries().getFirst();
        send("listLog", "before=" + newest.sequence(), owner).expect(200);
        send("listLog", "device=" + newest.device(), owner).expect(200);
        assertThat(log("device=" + RandomId.next(t.random))).isEmpty();
        assertThat(log("since=" + newest.time())).contains(newest);
        assertThat(log("until=" + newest.time())).doesNotContain(newest);
        for (String wrong : List.of("device=x", "since=yesterday", "until=2026-02-30T00:00:00Z")) {
            send("listLog", wrong, owner).expect(400);
        }

        long next =
                send("listNodeHistory", "limit=1", owner)
                        .as(WireJson.LOG_PAGE)
                        .before()
                        .orElseThrow();
        send("listNodeHistory", "before=" + next, owner).expect(200);
        sendTo("id", "99999", "listNodeHistory", owner).expect(404);

        for (String id : List.of("getVersionContent", "headVersionContent")) {
            String tag = send(id).expect(200).headers().firstValue("ETag").orElseThrow();
            send(id, "", owner, new byte[0], "If-None-Match", tag).expect(304);
            sendTo("sequence", Long.toString(first + 2), id, owner).expect(200);
            sendTo("sequence", Long.toString(folder), id, owner).expect(404);
        }
        send("getVersionContent", "", owner, new byte[0], "Range", "bytes=5-9").expect(206);
        send("getVersionContent", "", owner, new byte[0], "Range", "bytes=5000-").expect(416);
        at.put("id", Long.toString(folder));
        sendTo("sequence", Long.toString(folder), "getVersionContent", owner).expect(400);
        at.put("id", Long.toString(file));

        for (String where : List.of("", "dir=0&")) {
            String after =
                    send("listDeleted", where + "limit=1", owner)
                            .as(HistoryJson.DELETED_PAGE)
                            .after()
                            .orElseThrow();
            send("listDeleted", where + "after=" + after, owner).expect(200);
            send("listDeleted", where + "after=nonsense", owner).expect(400);
        }
        assertThat(send("listDeleted", "path=folder/old.txt", owner).expect(200).text())
                .contains("\"path\":\"folder/old.txt\"");
        send("listDeleted", "path=none", owner).expect(200);
        send("listDeleted", "path=..", owner).expect(400);

        send("getRetention").expect(200);
        byte[] quarter = example("setRetention");
        assertThat(send("setRetention", owner, quarter).expect(200).bytes()).isEqualTo(quarter);
        for (long days : new long[] {0, 3_654}) {
            byte[] wrong = "{\"seconds\":%d}".formatted(days * 86_400).getBytes(UTF_8);
            send("setRetention", owner, wrong).expect(400);
        }
    }

    private List<LogEntry> log(String query) {
        return send("listLog", query, owner).as(WireJson.LOG_PAGE).entries();
    }

    private static Change edit(long id, long expected, Content content) {
        return new Change.Update(
                new NodeId(id),
                expected,
                Optional.empty(),
                Optional.of(Item.file(content, false, 2)));
    }

    private static Change delete(long id, long expected) {
        return new Change.Delete(new NodeId(id), expected);
    }

    private void restores() {
        apart(() -> {
            Set<Restored.Outcome> outcomes = EnumSet.noneOf(Restored.Outcome.class);
            versions(outcomes);
            rewinds(outcomes);
            assertThat(outcomes).containsExactlyInAnyOrder(Restored.Outcome.values());
        });
        apart(this::tooManyVersions);
    }

    private void versions(Set<Restored.Outcome> outcomes) {
        long id = t.applied(file(-1, 0, "a.txt", t.upload(t.randomBytes(50))));
        long version = id + 1;
        t.applied(edit(id, id, Content.EMPTY));
        RestoreRequest.Wish old = new RestoreRequest.Wish(new NodeId(id), id, Optional.empty());
        RestoreRequest.Wish copy =
                new RestoreRequest.Wish(
                        old.node(),
                        version,
                        Optional.of(new Place(NodeId.ROOT, new Name("copy of a.txt"))));
        RestoreRequest.Wish unknown =
                new RestoreRequest.Wish(new NodeId(id), 99_999, Optional.empty());
        restore(versionsOf(true, old, copy), outcomes);
        byte[] both = versionsOf(false, old, copy, unknown);
        TestServer.Reply done = restore(both, outcomes);
        assertThat(restore(both, outcomes).bytes()).isEqualTo(done.bytes());
        send("restore", owner, (new String(both, UTF_8) + " ").getBytes(UTF_8)).expect(400);
        restore(versionsOf(false, old), outcomes);

        String start = "{\"id\":\"%s\",".formatted(RandomId.next(t.random));
        for (String wrong :
                List.of(
                        "\"versions\":[]}",
                        "\"versions\":[{\"node\":0,\"sequence\":1}]}",
                        "\"versions\":[{\"node\":1,\"sequence\":1,\"parent\":0}]}",
                        "\"since\":\"2026-01-01T00:00:00Z\"}",
                        "\"since\":\"2026-01-01\",\"directory\":0}",
                        "\"device\":\"x\",\"since\":\"2026-01-01T00:00:00Z\"}")) {
            assertThat(contract.faults("RestoreRequest", start + wrong)).as(wrong).isNotEmpty();
            send("restore", owner, (start + wrong).getBytes(UTF_8)).expect(400);
        }
    }

    private byte[] versionsOf(boolean dryRun, RestoreRequest.Wish... wishes) {
        return request(dryRun, new RestoreRequest.Versions(List.of(wishes)));
    }

    private byte[] request(boolean dryRun, RestoreRequest.What what) {
        return HistoryJson.RESTORE_REQUEST.toBytes(
                new RestoreRequest(new CommitId(RandomId.next(t.random)), dryRun, what));
    }

    /** Sends what is well-formed by the document and notes what came of it. */
    private TestServer.Reply restore(byte[] request, Set<Restored.Outcome> outcomes) {
        assertThat(contract.faults("RestoreRequest", new String(request, UTF_8))).isEmpty();
        TestServer.Reply reply = send("restore", owner, request);
        reply.as(HistoryJson.RESTORE_ANSWER).results().forEach(one -> outcomes.add(one.outcome()));
        return reply;
    }

    /** One device works on what another made; all that it did is taken back, in pages. */
    private void rewinds(Set<Restored.Outcome> outcomes) {
        long last =
                t.applied(
                        file(-1, 0, "edited", Content.EMPTY),
                        file(-2, 0, "moved", Content.EMPTY),
                        file(-3, 0, "deleted", Content.EMPTY),
                        file(-4, 0, "edited by both", Content.EMPTY));
        Content content = t.upload(t.randomBytes(60));
        String mine = t.token;
        t.token = t.device(t.admin);
        long both =
                t.applied(
                        edit(last - 3, last - 3, content),
                        new Change.Update(
                                new NodeId(last - 2),
                                last - 2,
                                Optional.of(new Place(NodeId.ROOT, new Name("away"))),
                                Optional.empty()),
                        delete(last - 1, last - 1),
                        directory(-1, 0, "full"),
                        edit(last, last, content));
        assertThat(both).isEqualTo(last);
        List<Change> many = new ArrayList<>();
        for (int i = 1; i <= 250; i++) {
            many.add(directory(-i, 0, "new " + i));
        }
        t.applied(many.toArray(Change[]::new));
        LogEntry newest = log("limit=1").getFirst();
        t.token = mine;
        t.applied(edit(last, last + 5, Content.EMPTY), directory(-1, last + 4, "in it"));

        Instant since = Instant.parse("2020-01-01T00:00:00Z");
        RestoreRequest.Scope device = new RestoreRequest.Device(newest.device());
        OptionalLong until = OptionalLong.empty();
        OptionalLong before = OptionalLong.empty();
        int pages = 0;
        do {
            RestoreRequest.What page = new RestoreRequest.Rewind(since, device, until, before);
            RestoreAnswer answer =
                    restore(request(false, page), outcomes).as(HistoryJson.RESTORE_ANSWER);
            until = answer.until();
            before = answer.before();
            pages++;
        } while (before.isPresent());
        assertThat(pages).isGreaterThan(1);
        RestoreRequest.Scope root = new RestoreRequest.Directory(NodeId.ROOT);
        var all = new RestoreRequest.Rewind(since, root, OptionalLong.empty(), before);
        restore(request(true, all), outcomes);
    }

    /** With their directories they are more changes than a commit has. */
    private void tooManyVersions() {
        List<RestoreRequest.Wish> wishes = new ArrayList<>();
        for (int part = 0; part < 2; part++) {
            List<Change> creates = new ArrayList<>();
            for (int i = 1; i <= 300; i += 3) {
                creates.add(directory(-i, 0, "part %d of %d".formatted(i, part)));
                creates.add(directory(-i - 1, -i, "inner"));
                creates.add(file(-i - 2, -i - 1, "f", Content.EMPTY));
            }
            long last = t.applied(creates.toArray(Change[]::new));
            List<Change> deletes = new ArrayList<>();
            for (long id = last; id > last - creates.size(); id--) {
                deletes.add(delete(id, id));
            }
            t.applied(deletes.toArray(Change[]::new));
            for (long id = last; id > last - creates.size(); id -= 3) {
                wishes.add(new RestoreRequest.Wish(new NodeId(id), id, Optional.empty()));
            }
        }
        byte[] request = request(true, new RestoreRequest.Versions(wishes));
        assertThat(send("restore", owner, request).expect(413).text()).contains("one commit");
    }

    /** In a new project, of the same owner. */
    private void apart(Runnable exchanges) {
        String before = Objects.requireNonNull(at.get("p"));
        t.startAfresh();
        at.put("p", t.project.value());
        exchanges.run();
        at.put("p", before);
    }

    private void quotas() {
        apart(() -> {
            Content content = t.upload(t.randomBytes(3_000));
            var limits =
                    new Quota(OptionalLong.of(2_000), OptionalLong.of(10), OptionalLong.of(1_000));
            t.metadata.write(write -> {
                write.quotas().put(t.project, limits);
                return limits;
            });
            assertThat(send("getQuota").expect(200).text())
                    .contains("\"bytesMax\"", "\"nodesMax\"", "\"storedBytesMax\"");
            Commit large = t.commitOf(false, List.of(file(-1, 0, "large", content)));
            assertThat(send("commit", owner, WireJson.COMMIT.toBytes(large)).expect(200).text())
                    .contains("\"QUOTA\"");
            List<Block> made = new ArrayList<>();
            TestServer.cut(t.randomBytes(100), made);
            ByteBuffer chunk = chunk(made);
            at.put("name", name(chunk).toHex());
            assertThat(send("putChunk", owner, bytes(chunk)).expect(413).text())
                    .contains("over quota");
        });
    }

    private void wanted() {
        apart(() -> {
            Content content = t.upload(t.randomBytes(3_000));
            t.applied(file(-1, 0, "damaged", content));
            t.metadata.write(write -> {
                var key = write.projects().find(t.project).orElseThrow().key();
                var row =
                        write.blocks(key).find(List.of(content.hash())).values().iterator().next();
                return write.quarantine(key).add(content.hash(), row.location(), Instant.now());
            });
            assertThat(send("getWantedFiles", "after=0", owner).expect(200).text())
                    .contains(content.hash().toHex());
        });
    }

    private void snapshots() {
        apart(this::snapshotsOfNewProject);
    }

    private void snapshotsOfNewProject() {
        String other = t.device(t.admin);
        String replica = "replica=" + RandomId.next(t.random);
        send("getNewestSnapshot").expect(404);
        new GrowingProject(t.metadata, 1, t.project).grow(10_001);
        try (var keeper =
                new SnapshotKeeper(
                        t.metadata, t.blocks, t.snapshots, InstantSource.system(), t.random)) {
            keeper.sweep();
        }
        for (String method : List.of("get", "head")) {
            String id = method + "NewestSnapshot";
            String own =
                    send(id, replica, owner)
                            .expect(200)
                            .headers()
                            .firstValue("Content-Location")
                            .orElseThrow();
            at.put("snapshot", own.substring(own.lastIndexOf('/') + 1));
            send(id, replica, other).expect(409);
            send(id, replica, session).expect(403);
            send(id, "replica=x", owner).expect(400);
            for (String each : List.of(id, method + "Snapshot")) {
                String tag = send(each).headers().firstValue("ETag").orElseThrow();
                send(each, "", owner, new byte[0], "If-None-Match", tag).expect(304);
            }
        }
        for (String id : List.of("getNewestSnapshot", "getSnapshot")) {
            send(id, "", owner, new byte[0], "Range", "bytes=5-9").expect(206);
            send(id, "", owner, new byte[0], "Range", "bytes=99999999-").expect(416);
        }
    }

    private void events() throws Exception {
        Operation open = contract.operation("openEvents");
        send("openEvents").expect(400);
        send("openEvents", "", NOBODY).expect(401);
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        var listener =
                new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                            WebSocket socket, CharSequence data, boolean last) {
                        messages.add(data.toString());
                        return WebSocket.Listener.super.onText(socket, data, last);
                    }
                };
        try (HttpClient client = HttpClient.newHttpClient()) {
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .header("Authorization", "Bearer " + owner)
                            .connectTimeout(Duration.ofSeconds(20))
                            .buildAsync(
                                    URI.create(
                                            t.server.url().toString().replace("http", "ws")
                                                    + EventHub.PATH),
                                    listener)
                            .get(20, TimeUnit.SECONDS);
            contract.opened(open);
            String subscribe =
                    "{\"type\":\"subscribe\",\"projects\":[\"%s\",\"%s\"],\"transfers\":true}"
                            .formatted(t.project, RandomId.next(t.random));
            assertThat(checkMessage(open, "client", subscribe)).isEqualTo("SubscribeEvent");
            socket.sendText(subscribe, true).get(20, TimeUnit.SECONDS);
            Set<String> types = new TreeSet<>();
            while (types.size() < 2) {
                types.add(checkMessage(open, "server", next(messages)));
            }
            assertThat(types).containsExactly("HeadEvent", "UnsubscribedEvent");

            var amount = new Transfer.Amount(1, Node.MAX_SEQUENCE);
            for (boolean ended : new boolean[] {false, true}) {
                Transfer transfer =
                        new Transfer(
                                t.project,
                                ended ? 0 : 5,
                                Optional.empty(),
                                Optional.empty(),
                                ended ? Transfer.Direction.DOWNLOAD : Transfer.Direction.UPLOAD,
                                amount,
                                amount,
                                0,
                                ended ? Optional.empty() : Optional.of("d/f.bin"),
                                false);
                tell(open, socket, transfer);
                assertThat(checkMessage(open, "server", next(messages))).isEqualTo("TransferEvent");
                assertThat(send("listTransfers").expect(200).text())
                        .contains("\"transfer\":" + transfer.id());
                if (ended) {
                    tell(open, socket, transfer.over());
                    String end = next(messages);
                    assertThat(checkMessage(open, "server", end)).isEqualTo("TransferEvent");
                    assertThat(end).contains("\"ended\":true");
                }
            }
            socket.abort();
        }
    }

    private static String next(BlockingQueue<String> messages) throws InterruptedException {
        return Objects.requireNonNull(messages.poll(20, TimeUnit.SECONDS), "no message");
    }

    private void tell(Operation open, WebSocket socket, Transfer transfer) throws Exception {
        byte[] report = WireJson.EVENT.toBytes(new Event.Progress(transfer));
        String text = new String(report, UTF_8);
        assertThat(checkMessage(open, "client", text)).isEqualTo("TransferReport");
        socket.sendText(text, true).get(20, TimeUnit.SECONDS);
    }

    /** The name of the one schema of a sender's messages that this one has. */
    private String checkMessage(Operation open, String sender, String message) {
        List<String> fitting = new ArrayList<>();
        for (Object schema : list(map(open.body().get("x-messages")).get(sender))) {
            if (contract.faults(schema, message).isEmpty()) {
                String reference = String.valueOf(map(schema).get("$ref"));
                fitting.add(reference.substring(reference.lastIndexOf('/') + 1));
            }
        }
        assertThat(fitting).as(message).hasSize(1);
        return fitting.getFirst();
    }

    // What every request refuses, by what the document says of it.

    /** Who may ask for this. */
    private String asker(Operation operation) {
        return operation.body().containsKey("x-operator") ? session : owner;
    }

    private void operators() {
        send("getSession", "", session).expect(200);
        person = logIn(made("carla", false));
        send("getOverview", "", session).expect(200);
        t.server.tick();
        send("getSeries", "minutes=5", session).expect(200);
        send("getSeries", "minutes=1440", session).expect(200);
        for (String sort : List.of("slowest", "largest", "busiest")) {
            Map<String, Object> page =
                    map(
                            new Yaml()
                                    .load(
                                            send("listBusyProjects", "sort=" + sort, session)
                                                    .expect(200)
                                                    .text()));
            assertThat(list(page.get("projects"))).as(sort).isNotEmpty();
        }
        send("listErrors", "", session).expect(200);
        send("listAccounts", "limit=1", session).expect(200);
        at.put("project", t.project.value());
        send("putProjectQuota", session, example("putProjectQuota")).expect(200);
        sendTo(
                        "project",
                        "00112233445566778899aabbccddeeff",
                        "putProjectQuota",
                        session,
                        "{}".getBytes(UTF_8))
                .expect(404);
        send("putProjectQuota", session, "{}".getBytes(UTF_8)).expect(200);
        String account = at.put("account", made("dora", true));
        send("putAccountQuota", session, example("putAccountQuota")).expect(200);
        send("putAccountQuota", session, "{\"storedBytesMax\":1}".getBytes(UTF_8)).expect(400);
        send("changeAccount", session, example("changeAccount")).expect(200);
        send("changeAccount", session, "{\"resetPassword\":true}".getBytes(UTF_8)).expect(200);
        for (String id : List.of("changeAccount", "putAccountQuota")) {
            sendTo("account", "00112233445566778899aabbccddeeff", id, session, "{}".getBytes(UTF_8))
                    .expect(404);
        }
        at.put("account", Objects.requireNonNull(account));
        send("createAccount", session, example("createAccount")).expect(200);
        send("createAccount", session, example("createAccount")).expect(409);
        send("listSettings", "", session).expect(200);
        send("putSettings", session, example("putSettings")).expect(200);
        send("putSettings", session, "{\"changes\":[{\"name\":\"no\"}]}".getBytes(UTF_8))
                .expect(400);
        send("listAudit", "", session).expect(200);
        send("listAudit", "limit=2&before=5&account=" + t.admin, session).expect(200);
        send(
                        "collect",
                        session,
                        "{\"project\":\"00112233445566778899aabbccddeeff\"}".getBytes(UTF_8))
                .expect(404);
        send("collect", session, example("collect")).expect(204);
        // What that comes to is shown, too.
        send("getOverview", "", session).expect(200);
    }

    /** A new account's id. */
    private String made(String name, boolean asked) {
        byte[] body =
                (asked ? "{\"name\":\"%s\"}" : "{\"name\":\"%s\",\"password\":\"pw\"}")
                        .formatted(name)
                        .getBytes(UTF_8);
        Map<String, Object> answer =
                map(new Yaml().load(send("createAccount", session, body).expect(200).text()));
        assertThat(answer.containsKey("password")).isEqualTo(asked);
        return String.valueOf(map(answer.get("account")).get("id"));
    }

    private String logIn(String account) {
        assertThat(account).isNotEmpty();
        return send(
                        "logIn",
                        NOBODY,
                        WireJson.SESSION_REQUEST.toBytes(
                                new SessionRequest("carla", new Secret("pw"))))
                .as(WireJson.SESSION_ANSWER)
                .token()
                .value();
    }

    private void refusals(Operation operation) {
        String id = operation.id();
        String asker = asker(operation);
        byte[] body = validBody(operation);
        send(id, "", asker, body, "Syncline-Protocol", "0").expect(426);
        Object security = operation.body().get("security");
        if (operation.body().containsKey("x-operator")) {
            // An operator's device, and somebody else's session.
            send(id, owner, body).expect(403);
            send(id, person, body).expect(403);
        }
        if (security == null || operation.body().containsKey("x-operator")) {
            send(id, NOBODY, body).expect(401);
            send(id, "sld_unknown", body).expect(401);
        }
        operation
                .role()
                .ifPresent(role -> {
                    send(id, stranger, body).expect(404);
                    sendTo("p", "unknown", id, owner, body).expect(404);
                    if (!role.equals("viewer")) {
                        // Themselves they might remove.
                        sendTo("account", t.admin.value(), id, viewer, body).expect(403);
                    }
                });
        queries(operation, body);
        variables(operation, body);
        if (operation.requestBody().isEmpty()) {
            return;
        }
        send(id, asker, "{".getBytes(UTF_8)).expect(400);
        int most = (int) Objects.requireNonNull(operation.requestBody().get("x-body-bytes-max"));
        send(id, asker, new byte[most + 1]).expect(413);
    }

    private byte[] validBody(Operation operation) {
        return operation.takesJson()
                ? Contract.json(json(operation).get("example")).getBytes(UTF_8)
                : new byte[0];
    }

    private void queries(Operation operation, byte[] body) {
        for (Map<String, Object> parameter : operation.parameters("query")) {
            String name = parameter.get("name") + "=";
            Map<String, Object> schema = contract.resolved(map(parameter.get("schema")));
            List<String> wrong = new ArrayList<>();
            if (schema.get("minimum") instanceof Number min) {
                wrong.add(Long.toString(min.longValue() - 1));
            }
            if (schema.get("maximum") instanceof Number max) {
                wrong.add(Long.toString(max.longValue() + 1));
            }
            if (schema.containsKey("enum")) {
                wrong.add("17");
            }
            if (schema.get("maxLength") instanceof Integer max) {
                wrong.add("x".repeat(max + 1));
            }
            if (Boolean.TRUE.equals(parameter.get("required"))) {
                assertThat(send(operation.id(), asker(operation), body).status()).isEqualTo(400);
            }
            for (String value : wrong) {
                int status = send(operation.id(), name + value, asker(operation), body).status();
                // The library's own bound on addresses may come first.
                boolean tooLong = status == 413 && value.length() > ADDRESS_CHARS_MAX;
                assertThat(status == 400 || tooLong)
                        .as("%s %s%s: %d", operation.id(), name, value, status)
                        .isTrue();
            }
        }
    }

    private void variables(Operation operation, byte[] body) {
        for (Map<String, Object> parameter : operation.parameters("path")) {
            String name = String.valueOf(parameter.get("name"));
            if (!name.equals("p")) {
                sendTo(name, "x", operation.id(), asker(operation), body).expect(400);
            }
        }
    }
}
