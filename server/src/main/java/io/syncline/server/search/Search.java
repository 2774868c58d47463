package io.syncline.server.search;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code GET /v1/projects/{p}/search}. The index of names follows the change feed at a distance; so
 * what changed since is looked through here, and what the index names is compared with the node as
 * it is. All of it comes from one snapshot of the database: what is answered is exact, up to the
 * sequence {@code complete}.
 */
public final class Search {
    /** Nodes in a page unless the reader asks otherwise. */
    private static final int NODES = 100;

    /**
     * Most changes beyond the index that are looked through, some 20 ms. If there are more, {@code
     * complete} is below the head.
     */
    static final int TAIL_MAX = 10_000;

    /** Most nodes named by the index that one request compares; then the page ends early. */
    static final int CANDIDATES_MAX = 5_000;

    /** A page ends with the nodes that bring nodes and directories to about so much JSON. */
    private static final int PAGE_BYTES = 1 << 20;

    /** Nodes whose ancestors are looked up at once. */
    private static final int ANCESTORS_OF = 50;

    /** What a node and a directory take in JSON beside their names. */
    private static final int NODE_BYTES = 290;

    private static final int DIRECTORY_BYTES = 50;

    private static final byte CURSOR_VERSION = 1;
    private static final int CURSOR_BYTES = 1 + Long.BYTES;

    private final MetadataStore store;

    /** Searches this store. */
    public Search(MetadataStore store) {
        this.store = store;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/search", access.member(Role.VIEWER, this::search));
    }

    private Answer search(Call call, Member member) {
        String text = call.query("q").orElse("");
        if (text.isEmpty() || text.length() > NameIndex.TERM_CHARS_MAX) {
            throw SynclineException.invalid(
                    "q must have 1.." + NameIndex.TERM_CHARS_MAX + " characters");
        }
        String term = NameKey.of(text).value();
        if (term.length() > NameIndex.TERM_CHARS_MAX
                || term.indexOf('/') >= 0
                || term.indexOf(0) >= 0) {
            throw SynclineException.invalid("no name can hold q");
        }
        int limit = (int) call.query("limit", NODES, 1, SearchPage.NODES_MAX);
        long below = call.query("after").map(Search::decode).orElse(Long.MAX_VALUE);
        return Answer.json(
                WireJson.SEARCH_PAGE.toBytes(
                        store.read(read -> page(read, member, new Term(term), below, limit))));
    }

    /** What is sought: a part of a name key, or its beginning where that is short. */
    private record Term(String key) {
        boolean matches(Node node) {
            String name = NameKey.of(node.place().name()).value();
            return !node.deleted()
                    && (key.codePointCount(0, key.length()) < 3
                            ? name.startsWith(key)
                            : name.contains(key));
        }
    }

    private static SearchPage page(
            ReadTransaction read, Member member, Term term, long below, int limit) {
        Project project =
                read.projects().find(member.project().key()).orElseThrow(Access::noSuchProject);
        Nodes nodes = read.nodes(project.key());
        NameIndex index = read.names(project.key());
        long upTo = index.upTo();
        List<Node> tail = nodes.changes(upTo, TAIL_MAX + 1);
        boolean all = tail.size() <= TAIL_MAX;
        List<Node> seen = all ? tail : tail.subList(0, TAIL_MAX);
        NavigableMap<Long, Node> found = new TreeMap<>(Comparator.reverseOrder());
        for (Node node : seen) {
            if (node.id().value() < below && term.matches(node)) {
                found.put(node.id().value(), node);
            }
        }
        // Down to here everything is known.
        long down = candidates(nodes, index, term, below, limit, found);
        List<Node> rows =
                found.values().stream()
                        .filter(node -> node.id().value() >= down)
                        .limit(limit)
                        .toList();
        long complete = all ? project.head() : seen.getLast().sequence();
        boolean more = down > 0 || found.size() > rows.size();
        Paths paths = Paths.of(nodes, rows);
        long last =
                paths.rows().size() < rows.size() || rows.size() == limit
                        ? paths.rows().getLast().id().value()
                        : down;
        return new SearchPage(
                paths.rows(),
                paths.directories(),
                complete,
                project.head(),
                more || paths.rows().size() < rows.size()
                        ? Optional.of(encode(last))
                        : Optional.empty());
    }

    /**
     * Adds nodes that the index names, until there are more than {@code limit}, or enough was
     * compared.
     *
     * @return the id down to which nothing was left out; 0 at the end
     */
    private static long candidates(
            Nodes nodes,
            NameIndex index,
            Term term,
            long below,
            int limit,
            NavigableMap<Long, Node> found) {
        long down = below;
        int matches = 0;
        for (int compared = 0; compared < CANDIDATES_MAX && matches <= limit; ) {
            List<NodeId> named = index.candidates(term.key(), down, limit + 1);
            Map<NodeId, Node> now = nodes.find(named);
            for (NodeId id : named) {
                Node node = now.get(id);
                if (node != null && term.matches(node)) {
                    found.put(id.value(), node);
                    matches++;
                }
            }
            if (named.size() <= limit) {
                return 0;
            }
            compared += named.size();
            down = named.getLast().value();
        }
        return down;
    }

    /** The rows whose ancestors fit in a page, and these. */
    private record Paths(List<Node> rows, List<SearchPage.Directory> directories) {
        static Paths of(Nodes nodes, List<Node> rows) {
            Map<NodeId, SearchPage.Directory> above = new HashMap<>();
            List<Node> fitting = new ArrayList<>();
            long bytes = 0;
            for (int from = 0; from < rows.size() && bytes < PAGE_BYTES; from += ANCESTORS_OF) {
                List<Node> some = rows.subList(from, Math.min(rows.size(), from + ANCESTORS_OF));
                List<NodeId> parents = some.stream().map(node -> node.place().parent()).toList();
                for (Node node : nodes.withAncestors(parents).values()) {
                    var directory = new SearchPage.Directory(node.id(), node.place());
                    if (above.put(node.id(), directory) == null) {
                        bytes += DIRECTORY_BYTES + 3L * node.place().name().value().length();
                    }
                }
                for (Node node : some) {
                    bytes += NODE_BYTES + 3L * node.place().name().value().length();
                }
                fitting.addAll(some);
            }
            return new Paths(fitting, List.copyOf(above.values()));
        }
    }

    private static String encode(long id) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        ByteBuffer.allocate(CURSOR_BYTES).put(CURSOR_VERSION).putLong(id).array());
    }

    private static long decode(String cursor) {
        try {
            if (cursor.length() > 2 * CURSOR_BYTES) {
                throw new IllegalArgumentException("too long");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            if (bytes.remaining() != CURSOR_BYTES || bytes.get() != CURSOR_VERSION) {
                throw new IllegalArgumentException("of another form");
            }
            long id = bytes.getLong();
            if (id <= 0) {
                throw new IllegalArgumentException("out of range");
            }
            return id;
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "after isn't from a search", e);
        }
    }
}
