package io.syncline.server.node;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The addresses that read a tree. */
public final class NodeRoutes {
    /** Most entries in a page of history. */
    private static final int LOG_ENTRIES_MAX = 500;

    /** Longest path that is resolved, in characters. */
    private static final int PATH_CHARS_MAX = 16 << 10;

    private final MetadataStore store;

    /** Reads from this store. */
    public NodeRoutes(MetadataStore store) {
        this.store = store;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/nodes/{id}", access.member(Role.VIEWER, this::node))
                .add("GET", "/v1/projects/{p}/resolve", access.member(Role.VIEWER, this::resolve))
                .add("GET", "/v1/projects/{p}/log", access.member(Role.VIEWER, this::log));
    }

    private Answer node(Call call, Member member) {
        NodeId id = new NodeId(call.number("id"));
        Node node =
                store.read(read -> read.nodes(member.project().key()).find(id))
                        .orElseThrow(NodeRoutes::noSuchNode);
        return Answer.json(WireJson.NODE.toBytes(node));
    }

    private Answer resolve(Call call, Member member) {
        String path = call.query("path").orElse("");
        if (path.length() > PATH_CHARS_MAX) {
            throw SynclineException.invalid("the path is too long");
        }
        List<Name> names =
                List.of(path.split("/")).stream()
                        .filter(segment -> !segment.isEmpty())
                        .map(Name::new)
                        .toList();
        if (names.size() > Limits.TREE_DEPTH_MAX) {
            throw noSuchNode();
        }
        Optional<Node> node =
                store.read(read -> {
                    Nodes nodes = read.nodes(member.project().key());
                    Optional<Node> at = Optional.empty();
                    NodeId parent = NodeId.ROOT;
                    for (Name name : names) {
                        Node child =
                                nodes.child(new Place(parent, name))
                                        .orElseThrow(NodeRoutes::noSuchNode);
                        at = Optional.of(child);
                        parent = child.id();
                    }
                    return at;
                });
        return Answer.json(WireJson.RESOLVED.toBytes(new Resolved(node)));
    }

    private Answer log(Call call, Member member) {
        long before = call.query("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        int limit = (int) call.query("limit", 100, 1, LOG_ENTRIES_MAX);
        LogPage page =
                store.read(read -> {
                    List<Version> found =
                            read.nodes(member.project().key()).history(before, limit + 1);
                    boolean more = found.size() > limit;
                    List<Version> shown = more ? found.subList(0, limit) : found;
                    Set<DeviceId> devices = new HashSet<>();
                    shown.forEach(version -> devices.add(version.node().device()));
                    Map<DeviceId, Device> names = read.devices().find(devices);
                    return new LogPage(
                            shown.stream().map(v -> entry(v, names)).toList(),
                            more
                                    ? Optional.of(shown.getLast().node().sequence())
                                    : Optional.empty());
                });
        return Answer.json(WireJson.LOG_PAGE.toBytes(page));
    }

    private static LogEntry entry(Version version, Map<DeviceId, Device> names) {
        Node node = version.node();
        Device device = names.get(node.device());
        return new LogEntry(
                node.sequence(),
                version.time(),
                node.device(),
                device == null ? "" : device.name(),
                node,
                switch (version.action()) {
                    case CREATE -> LogEntry.Action.CREATE;
                    case UPDATE -> LogEntry.Action.UPDATE;
                    case MOVE -> LogEntry.Action.MOVE;
                    case DELETE -> LogEntry.Action.DELETE;
                });
    }

    private static SynclineException noSuchNode() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such node");
    }
}
