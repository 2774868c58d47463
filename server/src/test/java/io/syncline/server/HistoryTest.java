package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.Deletion;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Restored;
import io.syncline.core.wire.Restored.Outcome;
import io.syncline.core.wire.Retention;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** History, deletions, restoring and undoing, asked over HTTP. */
class HistoryTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
    }

    // ---- Asking.

    private static LogPage history(long id, String query) {
        return server.get(server.at("/nodes/" + id + "/history" + query)).as(WireJson.LOG_PAGE);
    }

    private static List<Deletion> deleted(String query) {
        return server.get(server.at("/deleted" + query)).as(HistoryJson.DELETED_PAGE).entries();
    }

    private static TestServer.Reply send(RestoreRequest request) {
        return server.send(
                "POST",
                server.at("/restore"),
                server.token,
                HistoryJson.RESTORE_REQUEST.toBytes(request));
    }

    private static CommitId commitId() {
        return new CommitId(RandomId.next(server.random));
    }

    private static Restored restore(long node, long sequence, Optional<Place> copy) {
        RestoreRequest request =
                new RestoreRequest(
                        commitId(),
                        false,
                        new RestoreRequest.Versions(
                                List.of(
                                        new RestoreRequest.Wish(
                                                new NodeId(node), sequence, copy))));
        return send(request).as(HistoryJson.RESTORE_ANSWER).results().getLast();
    }

    private static Restored restore(long node, long sequence) {
        return restore(node, sequence, Optional.empty());
    }

    /**
     * Rewinds page by page, walk by walk, until a walk does nothing more; the first walk's words.
     */
    private static List<Restored> rewind(Instant since, RestoreRequest.Scope scope, boolean dry) {
        List<Restored> first = new ArrayList<>();
        OptionalLong until = OptionalLong.empty();
        boolean progress = true;
        for (int walk = 0; progress; walk++) {
            assertThat(walk).as("walks").isLessThan(20);
            progress = false;
            OptionalLong before = OptionalLong.empty();
            do {
                RestoreAnswer page =
                        send(new RestoreRequest(
                                        commitId(),
                                        dry,
                                        new RestoreRequest.Rewind(since, scope, until, before)))
                                .as(HistoryJson.RESTORE_ANSWER);
                until = page.until();
                before = page.before();
                progress |=
                        page.results().stream().anyMatch(r -> r.now().isPresent() && !isRefused(r));
                if (walk == 0) {
                    first.addAll(page.results());
                }
            } while (before.isPresent());
        }
        return first;
    }

    private static boolean isRefused(Restored restored) {
        return restored.outcome() == Outcome.REFUSED;
    }

    private static Map<NodeId, Node> nodes() {
        Map<NodeId, Node> all = new HashMap<>();
        server.changes(0, Limits.CHANGES_PAGE_ENTRIES_MAX)
                .changes()
                .forEach(node -> all.put(node.id(), node));
        return all;
    }

    private static Node node(long id) {
        return known(nodes(), new NodeId(id));
    }

    private static Node known(Map<NodeId, Node> nodes, NodeId id) {
        return requireNonNull(nodes.get(id), () -> "no node " + id);
    }

    /** Live nodes by path. */
    private static Map<String, Item> tree() {
        Map<NodeId, Node> all = nodes();
        Map<String, Item> tree = new TreeMap<>();
        for (Node node : all.values()) {
            if (!node.deleted()) {
                StringBuilder path = new StringBuilder(node.place().name().value());
                NodeId above = node.place().parent();
                while (!above.isRoot()) {
                    Node parent = known(all, above);
                    path.insert(0, parent.place().name() + "/");
                    above = parent.place().parent();
                }
                tree.put(path.toString(), node.item());
            }
        }
        return tree;
    }

    private static Content text(String text) {
        return server.upload(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Change edit(long id, long expected, Content content) {
        return new Change.Update(
                new NodeId(id),
                expected,
                Optional.empty(),
                Optional.of(Item.file(content, false, 2)));
    }

    private static Change move(long id, long expected, long parent, String name) {
        return new Change.Update(
                new NodeId(id),
                expected,
                Optional.of(new Place(new NodeId(parent), new Name(name))),
                Optional.empty());
    }

    private static Change delete(long id, long expected) {
        return new Change.Delete(new NodeId(id), expected);
    }

    private static long head() {
        return server.view().head();
    }

    /** A time that is later than every commit so far and no later than any to come. */
    private static Instant now() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Instant now = before;
        while (!now.isAfter(before)) {
            Thread.onSpinWait();
            now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        }
        return now;
    }

    private static DeviceId deviceOf(String token) {
        String mine = server.token;
        server.token = token;
        long id = server.applied(directory(-1, 0, "probe " + server.random.nextLong()));
        Node node = node(id);
        server.applied(delete(id, id));
        server.token = mine;
        return node.device();
    }

    // ---- Histories.

    @Test
    @DisplayName("R34 the history of something re-created goes on from that of what was deleted")
    void historyFollowsOrigin() {
        long old = server.applied(file(-1, 0, "a", text("one")));
        server.applied(edit(old, old, text("two")));
        server.applied(delete(old, old + 1));
        Restored again = restore(old, old);

        assertThat(again.outcome()).isEqualTo(Outcome.RECREATED);
        long now = again.now().orElseThrow().id().value();
        assertThat(history(now, "").entries())
                .extracting(LogEntry::action)
                .containsExactly(
                        LogEntry.Action.CREATE,
                        LogEntry.Action.DELETE,
                        LogEntry.Action.UPDATE,
                        LogEntry.Action.CREATE);
        LogPage page = history(now, "?limit=2");
        LogPage next = history(now, "?limit=2&before=" + page.before().orElseThrow());
        assertThat(next.entries()).extracting(LogEntry::sequence).containsExactly(old + 1, old);
        assertThat(next.before()).isEmpty();
    }

    @Test
    void oldVersionsContentIsServed() {
        long id = server.applied(file(-1, 0, "a", text("first words")));
        server.applied(edit(id, id, text("second")));
        server.applied(delete(id, id + 1));

        String at = "/nodes/" + id + "/versions/";
        assertThat(server.get(server.at(at + id + "/content")).expect(200).text())
                .isEqualTo("first words");
        assertThat(
                        server.get(
                                        server.at(at + id + "/content"),
                                        server.token,
                                        "Range",
                                        "bytes=6-10")
                                .expect(206)
                                .text())
                .isEqualTo("words");
        assertThat(server.get(server.at(at + (id + 2) + "/content")).expect(200).text())
                .isEqualTo("second");
        server.get(server.at("/nodes/" + (id + 1) + "/versions/" + id + "/content"))
                .expect(ErrorCode.NOT_FOUND);
    }

    @Test
    void logIsFilteredByDeviceAndTime() {
        String other = server.device(server.admin);
        server.applied(directory(-1, 0, "before"));
        Instant since = now();
        server.applied(directory(-1, 0, "mine"));
        String mine = server.token;
        server.token = other;
        long theirs = server.applied(directory(-1, 0, "theirs"));
        server.token = mine;
        Instant until = now();
        server.applied(directory(-1, 0, "after"));

        String query = "?since=" + since + "&until=" + until;
        assertThat(server.get(server.at("/log" + query)).as(WireJson.LOG_PAGE).entries())
                .extracting(entry -> entry.node().place().name().value())
                .containsExactly("theirs", "mine");
        DeviceId device = node(theirs).device();
        assertThat(server.get(server.at("/log?device=" + device)).as(WireJson.LOG_PAGE).entries())
                .extracting(entry -> entry.node().place().name().value())
                .containsExactly("theirs");
        server.get(server.at("/log?since=yesterday")).expect(ErrorCode.INVALID);
    }

    @Test
    @DisplayName("L7 strangers learn nothing of a project's past")
    void strangersSeeNoHistory() {
        long id = server.applied(file(-1, 0, "a", text("secret")));
        String stranger = server.stranger();

        for (String path :
                List.of(
                        "/nodes/" + id + "/history",
                        "/nodes/" + id + "/versions/" + id + "/content",
                        "/deleted",
                        "/log",
                        "/retention")) {
            server.get(server.at(path), stranger).expect(ErrorCode.NOT_FOUND);
        }
        server.send("POST", server.at("/restore"), stranger, new byte[0])
                .expect(ErrorCode.NOT_FOUND);
    }

    @Test
    void retentionIsTheOwnersToSet() {
        assertThat(server.get(server.at("/retention")).as(HistoryJson.RETENTION).duration())
                .isEqualTo(Duration.ofDays(30));
        byte[] week = HistoryJson.RETENTION.toBytes(new Retention(Duration.ofDays(7)));
        server.send("PUT", server.at("/retention"), server.token, week).expect(200);
        assertThat(server.get(server.at("/retention")).as(HistoryJson.RETENTION).duration())
                .isEqualTo(Duration.ofDays(7));
        byte[] hour = "{\"seconds\":3600}".getBytes(StandardCharsets.US_ASCII);
        server.send("PUT", server.at("/retention"), server.token, hour).expect(ErrorCode.INVALID);
    }

    // ---- Deletions.

    @Test
    void deletionsAreListedByDirectoryByPathAndForTheWholeProject() {
        long folder = server.applied(directory(-1, 0, "d"));
        List<Long> files = new ArrayList<>();
        for (String name : List.of("c", "a", "b")) {
            files.add(server.applied(file(-1, folder, name, text(name))));
        }
        for (long id : files) {
            server.applied(delete(id, id));
        }
        server.applied(delete(folder, folder));

        assertThat(deleted(""))
                .extracting(Deletion::path)
                .containsExactly("d", "d/b", "d/a", "d/c");
        assertThat(deleted("?dir=" + folder))
                .extracting(Deletion::path)
                .containsExactly("d/a", "d/b", "d/c");
        DeletedPage page =
                server.get(server.at("/deleted?limit=2&dir=" + folder))
                        .as(HistoryJson.DELETED_PAGE);
        assertThat(deleted("?limit=2&dir=" + folder + "&after=" + page.after().orElseThrow()))
                .extracting(Deletion::path)
                .containsExactly("d/c");
        assertThat(deleted("?path=d/b")).extracting(Deletion::path).containsExactly("d/b");
        assertThat(deleted("?path=d/x")).isEmpty();

        restore(files.get(2), files.get(2));
        assertThat(deleted("")).extracting(Deletion::path).containsExactly("d/a", "d/c");
        server.get(server.at("/deleted?dir=0&after=nonsense")).expect(ErrorCode.INVALID);
    }

    @Test
    void deletionsAtOnePathAreNewestFirstWhateverDirectoryTheyWereIn() {
        long elsewhere = server.applied(directory(-1, 0, "elsewhere"));
        long early = server.applied(file(-1, elsewhere, "a", text("early")));
        server.applied(delete(early, early));
        long gone = server.applied(directory(-1, 0, "d"));
        long late = server.applied(file(-1, gone, "a", text("late")));
        server.applied(delete(late, late), delete(gone, gone));
        server.applied(move(elsewhere, elsewhere, 0, "d"));

        assertThat(deleted("?path=d/a"))
                .extracting(deletion -> deletion.entry().node().id().value())
                .containsExactly(late, early);
        assertThat(deleted("?path=d/a&limit=1"))
                .extracting(deletion -> deletion.entry().node().id().value())
                .containsExactly(late);
    }

    // ---- Single versions.

    @Test
    void oldContentComesBackIntoTheLiveFile() {
        Content one = text("one");
        long id = server.applied(file(-1, 0, "a", one));
        server.applied(edit(id, id, text("two")));
        server.applied(move(id, id + 1, 0, "b"));

        assertThat(restore(id, id).outcome()).isEqualTo(Outcome.RESTORED);
        Node now = node(id);
        assertThat(now.item().content()).contains(one);
        assertThat(now.place().name().value()).isEqualTo("b");
        assertThat(restore(id, id).outcome()).isEqualTo(Outcome.SAME);
        assertThat(restore(id, 999_999).outcome()).isEqualTo(Outcome.EXPIRED);
    }

    @Test
    @DisplayName("R34 with something deleted its directories come back, each with its origin")
    void deadDirectoriesComeBack() {
        long a = server.applied(directory(-1, 0, "a"));
        long b = server.applied(directory(-1, a, "b"));
        long f = server.applied(file(-1, b, "f", text("f")));
        server.applied(delete(f, f));
        server.applied(delete(b, b));
        server.applied(delete(a, a));

        assertThat(restore(f, f).path()).isEqualTo("a/b/f");
        assertThat(tree().keySet()).containsExactly("a", "a/b", "a/b/f");
        assertThat(deleted("")).isEmpty();
    }

    @Test
    @DisplayName("L2 what took the name meanwhile stays, and the old comes back beside it")
    void takenNameIsLeftAlone() {
        long id = server.applied(file(-1, 0, "a.txt", text("old")));
        server.applied(delete(id, id));
        server.applied(file(-1, 0, "a.txt", text("new")));

        assertThat(restore(id, id).path()).isEqualTo("a (restored).txt");
        assertThat(tree().keySet()).containsExactly("a (restored).txt", "a.txt");
    }

    @Test
    void equalFileThatTookTheNameIsTheRestoredOne() {
        long id = server.applied(file(-1, 0, "a.txt", text("same")));
        server.applied(delete(id, id));
        server.applied(file(-1, 0, "a.txt", text("same")));

        assertThat(restore(id, id).outcome()).isEqualTo(Outcome.SAME);
    }

    @Test
    void copyIsMadeBesideTheFile() {
        long id = server.applied(file(-1, 0, "a", text("one")));
        server.applied(edit(id, id, text("two")));
        Optional<Place> place = Optional.of(new Place(NodeId.ROOT, new Name("a of old")));

        assertThat(restore(id, id, place).outcome()).isEqualTo(Outcome.RECREATED);
        assertThat(tree().keySet()).containsExactly("a", "a of old");
        assertThat(restore(id, id, place).reason()).contains(ChangeResult.Reason.NAME_TAKEN);
    }

    @Test
    @DisplayName("L8 a restore sent twice is done once and answered alike")
    void repeatedRestoreIsDoneOnce() {
        long id = server.applied(file(-1, 0, "a", text("one")));
        server.applied(delete(id, id));
        RestoreRequest request =
                new RestoreRequest(
                        commitId(),
                        false,
                        new RestoreRequest.Versions(
                                List.of(
                                        new RestoreRequest.Wish(
                                                new NodeId(id), id, Optional.empty()))));
        String first = send(request).expect(200).text();
        long head = head();

        assertThat(send(request).expect(200).text()).isEqualTo(first);
        assertThat(head()).isEqualTo(head);
        RestoreRequest other =
                new RestoreRequest(
                        request.id(),
                        false,
                        new RestoreRequest.Versions(
                                List.of(
                                        new RestoreRequest.Wish(
                                                new NodeId(id), id + 1, Optional.empty()))));
        send(other).expect(ErrorCode.INVALID);
    }

    @Test
    void viewersRestoreNothing() {
        long id = server.applied(file(-1, 0, "a", text("one")));
        var account =
                server.server
                        .admin()
                        .ensureAccount("viewer " + server.random.nextLong(), new Secret("pw"));
        server.metadata.write(write -> {
            var project = write.projects().find(server.project).orElseThrow();
            write.members(project.key()).put(account, Role.VIEWER);
            return 0;
        });
        String viewer = server.device(account);
        byte[] body =
                HistoryJson.RESTORE_REQUEST.toBytes(
                        new RestoreRequest(
                                commitId(),
                                false,
                                new RestoreRequest.Versions(
                                        List.of(
                                                new RestoreRequest.Wish(
                                                        new NodeId(id), id, Optional.empty())))));
        server.send("POST", server.at("/restore"), viewer, body).expect(ErrorCode.FORBIDDEN);
    }

    // ---- Directories and devices.

    @Test
    void directoryIsPutBackAndWhatIsNewerStays() {
        Content one = text("one");
        long d = server.applied(directory(-1, 0, "d"));
        long gone = server.applied(file(-1, d, "gone", one));
        long edited = server.applied(file(-1, d, "edited", one));
        long moved = server.applied(file(-1, d, "moved", one));
        long outside = server.applied(file(-1, 0, "outside", one));
        Instant then = now();
        server.applied(delete(gone, gone));
        server.applied(edit(edited, edited, text("two")));
        server.applied(move(moved, moved, 0, "elsewhere"));
        server.applied(file(-1, d, "newer", text("three")));
        server.applied(edit(outside, outside, text("two")));
        Map<String, Item> before = tree();

        List<Restored> preview = rewind(then, new RestoreRequest.Directory(new NodeId(d)), true);
        assertThat(tree()).isEqualTo(before);
        rewind(then, new RestoreRequest.Directory(new NodeId(d)), false);

        assertThat(preview)
                .extracting(r -> r.path() + " " + r.outcome())
                .containsExactlyInAnyOrder(
                        "d/gone RECREATED", "d/edited RESTORED", "d/moved MOVED");
        assertThat(tree().keySet())
                .containsExactly("d", "d/edited", "d/gone", "d/moved", "d/newer", "outside");
        assertThat(requireNonNull(tree().get("d/edited")).content()).contains(one);
        assertThat(tree().get("outside")).isEqualTo(before.get("outside"));
    }

    @Test
    @DisplayName("R20 names that a device swapped are swapped back")
    void swappedNamesAreSwappedBack() {
        long a = server.applied(file(-1, 0, "a", text("one")));
        long b = server.applied(file(-1, 0, "b", text("two")));
        Instant then = now();
        server.applied(move(a, a, 0, "c"));
        server.applied(move(b, b, 0, "a"));
        server.applied(move(a, head() - 1, 0, "b"));
        DeviceId device = node(a).device();

        rewind(then, new RestoreRequest.Device(device), false);

        Map<NodeId, Node> now = nodes();
        assertThat(known(now, new NodeId(a)).place().name().value()).isEqualTo("a");
        assertThat(known(now, new NodeId(b)).place().name().value()).isEqualTo("b");
    }

    @Test
    @DisplayName("L9 more directories than one commit holds come back in several")
    void deepDirectoriesTakeSeveralCommits() {
        List<Change> down = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            down.add(directory(-i, i == 1 ? 0 : 1 - i, "d"));
        }
        long last = server.applied(down.toArray(Change[]::new));
        List<Change> further = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            further.add(directory(-i, i == 1 ? last : 1 - i, "d"));
        }
        long deepest = server.applied(further.toArray(Change[]::new));
        Instant full = now();
        for (long top = deepest; top > 0; top -= 300) {
            List<Change> up = new ArrayList<>();
            for (long id = top; id > top - 300; id--) {
                up.add(delete(id, id));
            }
            server.applied(up.toArray(Change[]::new));
        }
        assertThat(tree()).isEmpty();
        DeviceId device = node(deepest).device();

        rewind(full, new RestoreRequest.Device(device), false);

        assertThat(tree()).hasSize(600);
    }

    /** Random changes of a small tree by a device, as far as the server takes them. */
    private static void randomChanges(Random random, List<Content> contents, int count) {
        for (int i = 0; i < count; i++) {
            List<Node> live = nodes().values().stream().filter(n -> !n.deleted()).toList();
            List<Long> directories = new ArrayList<>(List.of(0L));
            live.stream()
                    .filter(n -> n.item().isDirectory())
                    .forEach(n -> directories.add(n.id().value()));
            long parent = directories.get(random.nextInt(directories.size()));
            String name = String.valueOf((char) ('a' + random.nextInt(5)));
            Content content = contents.get(random.nextInt(contents.size()));
            int what = random.nextInt(10);
            if (live.size() < 3 || what < 3) {
                server.commit(
                        random.nextInt(3) == 0
                                ? directory(-1, parent, name)
                                : file(-1, parent, name, content));
                continue;
            }
            Node node = live.get(random.nextInt(live.size()));
            long id = node.id().value();
            if (what < 5 && !node.item().isDirectory()) {
                server.commit(edit(id, node.sequence(), content));
            } else if (what < 8) {
                server.commit(move(id, node.sequence(), parent, name));
            } else {
                server.commit(delete(id, node.sequence()));
            }
        }
    }

    private static List<Content> contents() {
        return List.of(text("1"), text("2"), text("3"), text("4"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName(
            "L2 undoing all that a device did gives the tree of then, where nobody else worked")
    void undoneAloneIsTheTreeOfThen(long seed) {
        Random random = new Random(seed);
        List<Content> contents = contents();
        randomChanges(random, contents, 25);
        String worker = server.device(server.admin);
        DeviceId device = deviceOf(worker);
        Map<String, Item> then = tree();
        Instant since = now();
        String mine = server.token;
        server.token = worker;
        randomChanges(random, contents, 50);
        server.token = mine;

        rewind(since, new RestoreRequest.Device(device), false);

        assertThat(tree()).as("seed %d", seed).isEqualTo(then);
        // Once more changes nothing.
        long head = head();
        rewind(since, new RestoreRequest.Device(device), false);
        assertThat(head()).isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    @DisplayName("L2 undoing what a device did leaves all later work of others as it is")
    void undoneAmongOthersKeepsTheirWork(long seed) {
        Random random = new Random(seed);
        List<Content> contents = contents();
        randomChanges(random, contents, 25);
        String worker = server.device(server.admin);
        String other = server.device(server.admin);
        DeviceId device = deviceOf(worker);
        Instant since = now();
        long from = head();
        String mine = server.token;
        for (int turn = 0; turn < 20; turn++) {
            server.token = turn % 2 == 0 ? worker : other;
            randomChanges(random, contents, 3);
        }
        server.token = mine;
        Map<NodeId, Node> before = nodes();
        List<LogEntry> log =
                server.get(server.at("/log?limit=500")).as(WireJson.LOG_PAGE).entries();

        List<Restored> said = rewind(since, new RestoreRequest.Device(device), false);

        Map<NodeId, Node> after = nodes();
        // The same: something equal has its place.
        Set<NodeId> kept =
                said.stream()
                        .filter(r ->
                                Set.of(Outcome.KEPT, Outcome.SAME, Outcome.REFUSED)
                                        .contains(r.outcome()))
                        .map(Restored::id)
                        .collect(Collectors.toSet());
        for (Node node : before.values()) {
            String which = "seed " + seed + " node " + node;
            if (!node.device().equals(device) || node.sequence() <= from) {
                assertThat(after.get(node.id())).as(which).isEqualTo(node);
            } else if (!kept.contains(node.id())) {
                checkUndone(node, found(log, node.id(), device, from), after, which);
            }
        }
    }

    /** The newest version of a node that isn't the device's since the sequence. */
    private static Optional<Node> found(List<LogEntry> log, NodeId id, DeviceId device, long from) {
        return log.stream()
                .map(LogEntry::node)
                .filter(node -> node.id().equals(id))
                .filter(node -> !node.device().equals(device) || node.sequence() <= from)
                .findFirst();
    }

    private static void checkUndone(
            Node was, Optional<Node> found, Map<NodeId, Node> after, String which) {
        Node now = known(after, was.id());
        if (found.isEmpty()) {
            assertThat(now.deleted()).as(which).isTrue();
        } else if (was.deleted()) {
            assertThat(was.id()).as(which).isIn(recreated(after.keySet()));
        } else {
            assertThat(now.item()).as(which).isEqualTo(found.get().item());
            assertThat(now.place().name().value())
                    .as(which)
                    .startsWith(found.get().place().name().value());
        }
    }

    /** What was deleted and is there again, as itself or as one that re-creates it. */
    private static Set<NodeId> recreated(Set<NodeId> ids) {
        Set<NodeId> gone =
                deleted("?limit=500").stream()
                        .map(deletion -> deletion.entry().node().id())
                        .collect(Collectors.toSet());
        return ids.stream().filter(id -> !gone.contains(id)).collect(Collectors.toSet());
    }
}
