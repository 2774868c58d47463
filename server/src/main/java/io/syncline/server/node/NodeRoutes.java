package io.syncline.server.node;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The addresses that read a tree. */
public final class NodeRoutes {
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
                .add(
                        "GET",
                        "/v1/projects/{p}/nodes/{id}/ancestors",
                        access.member(Role.VIEWER, this::ancestors))
                .add("GET", "/v1/projects/{p}/resolve", access.member(Role.VIEWER, this::resolve));
    }

    private Answer node(Call call, Member member) {
        NodeId id = new NodeId(call.number("id"));
        Node node =
                store.read(read -> read.nodes(member.project().key()).find(id))
                        .orElseThrow(NodeRoutes::noSuchNode);
        return Answer.json(WireJson.NODE.toBytes(node));
    }

    /** The directories above a node, the highest first; nothing for the root. */
    private Answer ancestors(Call call, Member member) {
        NodeId id = new NodeId(call.number("id"));
        List<SearchPage.Directory> directories = new ArrayList<>();
        if (!id.equals(NodeId.ROOT)) {
            Map<NodeId, Node> known =
                    store.read(
                            read -> read.nodes(member.project().key()).withAncestors(List.of(id)));
            Node node = Optional.ofNullable(known.get(id)).orElseThrow(NodeRoutes::noSuchNode);
            for (int depth = 0; depth < Limits.TREE_DEPTH_MAX; depth++) {
                Node above = known.get(node.place().parent());
                if (above == null) {
                    break;
                }
                directories.addFirst(new SearchPage.Directory(above.id(), above.place()));
                node = above;
            }
        }
        return Answer.json(WireJson.ANCESTORS.toBytes(directories));
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

    private static SynclineException noSuchNode() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such node");
    }
}
