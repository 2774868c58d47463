package io.syncline.server.history;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.Deletion;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.Retention;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The addresses that read history, and the one that says how long it is kept. */
public final class HistoryRoutes {
    /** Versions looked at for one page: a few tens of milliseconds. */
    private static final int SCAN_MAX = 20_000;

    /** Nodes that a chain of re-creations is followed through. */
    static final int ORIGINS_MAX = 100;

    /** Longest path that is looked for among what was deleted, in characters. */
    private static final int PATH_CHARS_MAX = 16 << 10;

    /** Directories of one name, live or deleted, that are looked into at each level of a path. */
    private static final int NAMESAKES_MAX = 16;

    private static final int BODY_BYTES_MAX = 1 << 10;

    private final MetadataStore store;
    private final Supplier<Duration> standard;
    private final Audit audit;

    /**
     * Reads from this store.
     *
     * @param standard the retention of projects that say nothing of it; asked outside of
     *     transactions
     */
    public HistoryRoutes(MetadataStore store, Supplier<Duration> standard, Audit audit) {
        this.store = store;
        this.standard = standard;
        this.audit = audit;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/log", access.member(Role.VIEWER, this::log))
                .add(
                        "GET",
                        "/v1/projects/{p}/nodes/{id}/history",
                        access.member(Role.VIEWER, this::ofNode))
                .add("GET", "/v1/projects/{p}/deleted", access.member(Role.VIEWER, this::deleted))
                .add(
                        "GET",
                        "/v1/projects/{p}/retention",
                        access.member(Role.VIEWER, this::retention))
                .add("PUT", "/v1/projects/{p}/retention", access.member(Role.OWNER, this::retain));
    }

    private Answer log(Call call, Member member) {
        long before = call.query("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        int limit = (int) call.query("limit", 100, 1, Limits.HISTORY_PAGE_ENTRIES_MAX);
        Optional<DeviceId> device = call.query("device").map(DeviceId::new);
        Optional<Instant> since = time(call, "since");
        Optional<Instant> until = time(call, "until");
        LogPage page =
                store.read(read -> {
                    History history = read.history(member.project().key());
                    OptionalLong from =
                            since.map(history::since).orElseGet(() -> OptionalLong.of(0));
                    if (from.isEmpty()) {
                        return new LogPage(List.of(), Optional.empty());
                    }
                    OptionalLong end = until.map(history::since).orElseGet(OptionalLong::empty);
                    History.Slice slice =
                            history.slice(
                                    Math.min(before, end.orElse(Long.MAX_VALUE)),
                                    from.getAsLong(),
                                    device,
                                    limit + 1,
                                    SCAN_MAX);
                    boolean more = slice.versions().size() > limit;
                    List<Version> shown =
                            more ? slice.versions().subList(0, limit) : slice.versions();
                    return new LogPage(
                            Entries.of(read, shown),
                            more
                                    ? Optional.of(shown.getLast().node().sequence())
                                    : boxed(slice.next()));
                });
        return Answer.json(WireJson.LOG_PAGE.toBytes(page));
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private static Optional<Instant> time(Call call, String parameter) {
        return call.query(parameter)
                .map(text -> {
                    try {
                        return Instant.parse(text);
                    } catch (DateTimeParseException e) {
                        throw new SynclineException(
                                ErrorCode.INVALID, parameter + " must be a time of RFC 3339", e);
                    }
                });
    }

    /** Goes on, where a node re-creates a deleted one, with that one's history (R34). */
    private Answer ofNode(Call call, Member member) {
        NodeId id = new NodeId(call.number("id"));
        long before = call.query("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        int limit = (int) call.query("limit", 100, 1, Limits.HISTORY_PAGE_ENTRIES_MAX);
        LogPage page =
                store.read(read -> {
                    ProjectKey project = member.project().key();
                    Nodes nodes = read.nodes(project);
                    History history = read.history(project);
                    if (nodes.find(id).isEmpty() && history.below(id, Long.MAX_VALUE).isEmpty()) {
                        throw new SynclineException(ErrorCode.NOT_FOUND, "there is no such node");
                    }
                    List<Version> found = new ArrayList<>();
                    Optional<NodeId> at = Optional.of(id);
                    for (int i = 0; i < ORIGINS_MAX && at.isPresent(); i++) {
                        int wanted = limit + 1 - found.size();
                        found.addAll(nodes.history(at.get(), before, wanted));
                        at = found.size() > limit ? Optional.empty() : origin(history, at.get());
                    }
                    boolean more = found.size() > limit;
                    List<Version> shown = more ? found.subList(0, limit) : found;
                    return new LogPage(
                            Entries.of(read, shown),
                            more
                                    ? Optional.of(shown.getLast().node().sequence())
                                    : Optional.empty());
                });
        return Answer.json(WireJson.LOG_PAGE.toBytes(page));
    }

    private static Optional<NodeId> origin(History history, NodeId id) {
        return history.at(id.value()).flatMap(Version::origin);
    }

    private Answer deleted(Call call, Member member) {
        int limit = (int) call.query("limit", 100, 1, Limits.HISTORY_PAGE_ENTRIES_MAX);
        Optional<String> path = call.query("path");
        Optional<String> after = call.query("after");
        Optional<NodeId> directory =
                call.query("dir").map(_ -> new NodeId(call.query("dir", 0, 0, Node.MAX_SEQUENCE)));
        DeletedPage page =
                store.read(read -> {
                    History history = read.history(member.project().key());
                    Found found;
                    if (path.isPresent()) {
                        found = at(read, member.project().key(), path.get(), limit);
                    } else if (directory.isPresent()) {
                        found = in(history, directory.get(), after, limit);
                    } else {
                        found = everywhere(history, after, limit);
                    }
                    return page(read, member.project().key(), found);
                });
        return Answer.json(HistoryJson.DELETED_PAGE.toBytes(page));
    }

    /** Deletions, and where those after them begin. */
    private record Found(List<Version> versions, Optional<String> after) {}

    private static Found everywhere(History history, Optional<String> after, int limit) {
        long before = Long.MAX_VALUE;
        if (after.isPresent()) {
            try {
                before = Long.parseLong(after.get());
            } catch (NumberFormatException e) {
                throw foreign(e);
            }
        }
        List<Version> page = history.deleted(before, limit);
        return new Found(
                page,
                page.size() < limit
                        ? Optional.empty()
                        : Optional.of(Long.toString(page.getLast().node().sequence())));
    }

    private static Found in(History history, NodeId directory, Optional<String> after, int limit) {
        List<Version> page = history.deletedIn(directory, after.map(HistoryRoutes::decode), limit);
        return new Found(
                page,
                page.size() < limit
                        ? Optional.empty()
                        : Optional.of(encode(page.getLast().node())));
    }

    private static String encode(Node node) {
        return node.sequence()
                + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(node.place().name().toBytes());
    }

    private static History.Deleted decode(String after) {
        int dot = after.indexOf('.');
        try {
            byte[] name = Base64.getUrlDecoder().decode(after.substring(dot + 1));
            return new History.Deleted(
                    new Name(new String(name, StandardCharsets.UTF_8)),
                    Long.parseLong(after.substring(0, Math.max(0, dot))));
        } catch (IllegalArgumentException | SynclineException e) {
            throw foreign(e);
        }
    }

    private static SynclineException foreign(RuntimeException cause) {
        return new SynclineException(
                ErrorCode.INVALID, "after isn't from a page of this server", cause);
    }

    /** What was deleted at a path, below directories that are there or were deleted themselves. */
    private static Found at(ReadTransaction read, ProjectKey project, String path, int limit) {
        if (path.length() > PATH_CHARS_MAX) {
            throw SynclineException.invalid("the path is too long");
        }
        List<Name> names =
                List.of(path.split("/")).stream()
                        .filter(segment -> !segment.isEmpty())
                        .map(Name::new)
                        .toList();
        if (names.isEmpty() || names.size() > Limits.TREE_DEPTH_MAX) {
            return new Found(List.of(), Optional.empty());
        }
        Nodes nodes = read.nodes(project);
        History history = read.history(project);
        List<NodeId> parents = List.of(NodeId.ROOT);
        for (Name name : names.subList(0, names.size() - 1)) {
            List<NodeId> next = new ArrayList<>();
            for (NodeId parent : parents) {
                Place place = new Place(parent, name);
                nodes.child(place).map(Node::id).ifPresent(next::add);
                history.deletedAt(place, NAMESAKES_MAX).stream()
                        .map(version -> version.node().id())
                        .forEach(next::add);
            }
            parents = next.subList(0, Math.min(NAMESAKES_MAX, next.size()));
        }
        List<Version> found = new ArrayList<>();
        for (NodeId parent : parents) {
            found.addAll(history.deletedAt(new Place(parent, names.getLast()), limit));
        }
        found.sort(Comparator.comparingLong((Version v) -> v.node().sequence()).reversed());
        return new Found(found.subList(0, Math.min(limit, found.size())), Optional.empty());
    }

    /** Without what was re-created since: if that was deleted again, it is listed itself. */
    private static DeletedPage page(ReadTransaction read, ProjectKey project, Found found) {
        Set<NodeId> ids =
                found.versions().stream()
                        .map(version -> version.node().id())
                        .collect(Collectors.toSet());
        History history = read.history(project);
        Map<NodeId, NodeId> recreated = history.recreated(ids);
        List<Version> gone =
                found.versions().stream()
                        .filter(version -> !recreated.containsKey(version.node().id()))
                        .toList();
        Paths paths = new Paths(read.nodes(project), history);
        paths.prepare(gone.stream().map(version -> version.node().place()).toList());
        List<LogEntry> entries = Entries.of(read, gone);
        return new DeletedPage(
                entries.stream()
                        .map(entry -> new Deletion(entry, paths.of(entry.node().place())))
                        .toList(),
                found.after());
    }

    private Answer retention(Call call, Member member) {
        Optional<Duration> own =
                store.read(read -> read.history(member.project().key()).ownRetention());
        return Answer.json(HistoryJson.RETENTION.toBytes(new Retention(own.orElseGet(standard))));
    }

    private Answer retain(Call call, Member member) throws IOException {
        Retention retention = HistoryJson.RETENTION.fromBytes(call.body(BODY_BYTES_MAX));
        store.write(write -> {
            write.history(member.project().key()).retain(retention.duration());
            audit.add(
                    write,
                    member.caller().actor(call),
                    Audit.Deed.in(
                            member.project().id(),
                            Act.RETENTION_PUT,
                            "",
                            retention.duration().toSeconds() + " s"));
            return retention;
        });
        return Answer.json(HistoryJson.RETENTION.toBytes(retention));
    }
}
