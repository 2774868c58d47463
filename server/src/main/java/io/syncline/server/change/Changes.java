package io.syncline.server.change;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Resync;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/projects/{p}/changes}. A page, the head and the digest that belong together come
 * from one snapshot of the database (R14).
 */
public final class Changes {
    private final MetadataStore store;
    private final SharedAnswers<Key, byte[]> shared = new SharedAnswers<>();

    /** What makes two requests equal; one computed answer serves all that ask meanwhile (R50). */
    private record Key(ProjectId project, Optional<Epoch> epoch, long since, int limit) {}

    /** Reads from this store. */
    public Changes(MetadataStore store) {
        this.store = store;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/changes", access.member(Role.VIEWER, this::page));
    }

    private Answer page(Call call, Member member) {
        Optional<Epoch> epoch = call.query("epoch").map(Epoch::new);
        long since = call.query("since", 0, 0, Node.MAX_SEQUENCE);
        int limit =
                (int) call.query("limit", Limits.PAGE_ENTRIES, 1, Limits.CHANGES_PAGE_ENTRIES_MAX);
        if (epoch.isEmpty() && since != 0) {
            throw SynclineException.invalid("a cursor above 0 needs its epoch");
        }
        Key key = new Key(member.project().id(), epoch, since, limit);
        return Answer.json(
                shared.get(
                        key,
                        () -> WireJson.CHANGES_PAGE.toBytes(store.read(read -> page(read, key)))));
    }

    private static ChangesPage page(ReadTransaction read, Key key) {
        Project project = read.projects().find(key.project()).orElseThrow(Access::noSuchProject);
        checkCursor(project, key);
        List<Node> found = read.nodes(project.key()).changes(key.since(), key.limit() + 1);
        int size = fitting(found, key.limit());
        boolean more = size < found.size();
        List<Node> page = found.subList(0, size);
        return new ChangesPage(
                project.epoch(),
                key.since(),
                more ? page.getLast().sequence() : project.head(),
                project.head(),
                more,
                more ? Optional.empty() : Optional.of(project.digest()),
                page);
    }

    /** How many entries make a page: up to the limit, ending after the one that fills it. */
    private static int fitting(List<Node> found, int limit) {
        int bytes = 0;
        for (int i = 0; i < Math.min(found.size(), limit); i++) {
            bytes += jsonBytes(found.get(i));
            if (bytes >= Limits.CHANGES_PAGE_BYTES) {
                return i + 1;
            }
        }
        return Math.min(found.size(), limit);
    }

    /** About what a node takes; a name of control characters takes six times its length. */
    private static int jsonBytes(Node node) {
        int hash = node.item().content().isPresent() ? 110 : 0;
        return 180 + hash + 3 * node.place().name().value().length();
    }

    private static void checkCursor(Project project, Key key) {
        if (key.epoch().isEmpty()) {
            return;
        }
        if (!key.epoch().get().equals(project.epoch())) {
            throw ProblemException.resync(
                    Resync.UNION, "the project has another epoch than the cursor");
        }
        if (key.since() > project.head()) {
            throw ProblemException.resync(Resync.UNION, "the project's head is below the cursor");
        }
        if (key.since() != 0 && key.since() < project.floor()) {
            throw ProblemException.resync(
                    Resync.RECONCILE, "the cursor is below what the feed still holds");
        }
    }
}
