package io.syncline.server.change;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.lineage.Lineage;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.checkpoint.Checkpoints;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.Router;
import io.syncline.server.edge.SharedBytes;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/projects/{p}/changes}. A page, the head and the digest that belong together come
 * from one snapshot of the database (R14), and before anything else the reader's proof is checked
 * (R2).
 */
public final class Changes {
    private final MetadataStore store;
    private final Proofs proofs;
    private final Checkpoints checkpoints;
    private final SharedAnswers<Key, SharedBytes> shared = new SharedAnswers<>();

    /**
     * What makes two requests equal; one computed answer serves all that ask meanwhile (R50).
     * Readers in step show the same proof.
     */
    private record Key(
            ProjectId project,
            Optional<Proof> proof,
            long since,
            Optional<Long> begun,
            int limit) {}

    /**
     * Reads from this store.
     *
     * @param checkpoints told who begins to read
     */
    public Changes(MetadataStore store, Proofs proofs, Checkpoints checkpoints) {
        this.store = store;
        this.proofs = proofs;
        this.checkpoints = checkpoints;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/changes", access.member(Role.VIEWER, this::page));
    }

    private Answer page(Call call, Member member) {
        Optional<Proof> proof = call.query("proof").map(Proof::parse);
        long since = call.query("since", 0, 0, Node.MAX_SEQUENCE);
        Optional<Long> begun =
                call.query("floor").map(_ -> call.query("floor", 0, 0, Node.MAX_SEQUENCE));
        int limit =
                (int) call.query("limit", Limits.PAGE_ENTRIES, 1, Limits.CHANGES_PAGE_ENTRIES_MAX);
        Optional<ReplicaId> replica = call.query("replica").map(ReplicaId::new);
        if (since == 0 && replica.isPresent()) {
            checkpoints.reads(member, replica.get());
        }
        Key key = new Key(member.project().id(), proof, since, begun, limit);
        SharedBytes page =
                proofs.judged(
                        key.project(),
                        () ->
                                shared.get(
                                        key,
                                        () ->
                                                new SharedBytes(
                                                        WireJson.CHANGES_PAGE.toBytes(
                                                                store.read(read ->
                                                                        page(read, key))))));
        return Answer.json(page);
    }

    private ChangesPage page(ReadTransaction read, Key key) {
        Project project = read.projects().find(key.project()).orElseThrow(Access::noSuchProject);
        Lineage.History history = proofs.history(read, project);
        proofs.check(history, key.proof(), key.since());
        if (Lineage.isBelowFloor(history, key.since(), key.begun())) {
            throw ProblemException.resync(
                    Resync.RECONCILE, 0, "the cursor is below what the feed still holds");
        }
        List<Node> found = read.nodes(project.key()).changes(key.since(), key.limit() + 1);
        int size = fitting(found, key.limit());
        boolean more = size < found.size();
        List<Node> page = found.subList(0, size);
        return new ChangesPage(
                proofs.of(project),
                key.since(),
                more ? page.getLast().sequence() : project.head(),
                more,
                project.floor(),
                key.proof().map(Proof::epoch).flatMap(history::ancestor).map(Changes::fork),
                page);
    }

    private static Cursor fork(Ancestor ancestor) {
        return new Cursor(ancestor.epoch(), ancestor.fork());
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
}
