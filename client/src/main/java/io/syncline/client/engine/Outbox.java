package io.syncline.client.engine;

import io.syncline.client.state.Agreed;
import io.syncline.client.state.Journalled;
import io.syncline.client.state.Observed;
import io.syncline.client.state.RemoteRow;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The commits under way (R8): written durably before they are sent, sent again unchanged until
 * answered, at most {@value #COMMITS_MAX} on disjoint nodes, which are held meanwhile.
 */
final class Outbox {
    static final int COMMITS_MAX = 4;

    /** What is over quota is tried again this often: somebody may have made room. */
    private static final long OVER_QUOTA_MILLIS = 60_000;

    private final Work work;
    private final Feed feed;
    private final LocalView local;
    private final Supplier<CommitId> ids;

    /** What is over quota, as people were told of it. */
    private final Map<NodeId, String> overQuota = new HashMap<>();

    private final Map<CommitId, Journalled> open = new LinkedHashMap<>();
    private final Set<CommitId> flying = new HashSet<>();

    /** The heads at which those of them were sent that create something. */
    private final Map<CommitId, Long> creations = new HashMap<>();

    Outbox(Work work, Feed feed, LocalView local, Supplier<CommitId> ids) {
        this.work = work;
        this.feed = feed;
        this.local = local;
        this.ids = ids;
    }

    /** Takes up what an earlier run left unanswered. */
    void restore() {
        for (Journalled entry : work.state.store().journal()) {
            add(entry, commit(entry));
        }
    }

    private static Commit commit(Journalled entry) {
        return WireJson.COMMIT.fromBytes(entry.body().getBytes(StandardCharsets.UTF_8));
    }

    private void add(Journalled entry, Commit commit) {
        open.put(entry.id(), entry);
        entry.nodes().forEach(work::hold);
        if (commit.changes().stream().anyMatch(Change.Create.class::isInstance)) {
            creations.put(entry.id(), commit.base().sequence());
            work.creatingSince = Collections.min(creations.values());
        }
    }

    boolean contains(CommitId id) {
        return open.containsKey(id);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    boolean isFull() {
        return open.size() >= COMMITS_MAX;
    }

    /** Sends what is journalled and not under way. */
    void send() {
        for (Journalled entry : open.values()) {
            if (flying.add(entry.id())) {
                work.out.add(new Effect.SendCommit(entry.id(), entry.body()));
            }
        }
    }

    /** Sending failed on the way; it is sent again later. */
    void failed(CommitId id) {
        flying.remove(id);
    }

    /**
     * Journals a commit, inside a durable transaction. Too many under way, or one of its nodes
     * held: it isn't taken, and a later plan has it again.
     */
    void take(Step.Send send) {
        List<NodeId> nodes = send.changes().stream().map(Change::id).toList();
        if (isFull()
                || send.changes().size() > Limits.COMMIT_CHANGES_MAX
                || nodes.stream().anyMatch(work::isBusy)) {
            work.planWanted = true;
            return;
        }
        var commit =
                new Commit(
                        ids.get(),
                        work.registration(),
                        feed.proof().orElseThrow(),
                        send.atomic(),
                        send.changes());
        String body = new String(WireJson.COMMIT.toBytes(commit), StandardCharsets.UTF_8);
        var entry = new Journalled(commit.id(), body, nodes, work.now);
        work.state.store().putJournal(entry);
        add(entry, commit);
    }

    /** Forgets what is under way: the server's history isn't the one that it was planned for. */
    void dropAll() {
        for (Journalled entry : List.copyOf(open.values())) {
            drop(entry);
        }
    }

    private void drop(Journalled entry) {
        work.state.store().removeJournal(entry.id());
        open.remove(entry.id());
        flying.remove(entry.id());
        entry.nodes().forEach(work::release);
        creations.remove(entry.id());
        work.creatingSince =
                creations.isEmpty() ? Long.MAX_VALUE : Collections.min(creations.values());
    }

    /** The server refuses the commit as a whole; what it wanted is planned anew, later. */
    void refused(CommitId id, String why) {
        Journalled entry = open.get(id);
        if (entry != null) {
            drop(entry);
            for (NodeId node : entry.nodes()) {
                work.delays.failed(node, work.now, 5_000);
                work.trying(work.describe(node), "the server refuses it: " + why, Todo.NOTHING);
            }
            work.fetchWanted = true;
        }
    }

    void answered(CommitId id, CommitAnswer answer) {
        Journalled entry = open.get(id);
        if (entry == null) {
            return;
        }
        drop(entry);
        Commit commit = commit(entry);
        for (int i = 0; i < commit.changes().size() && i < answer.results().size(); i++) {
            Change change = commit.changes().get(i);
            switch (answer.results().get(i)) {
                case ChangeResult.Applied(Node node) -> applied(change, node);
                case ChangeResult.Refused refused -> refused(change, refused);
            }
        }
        feed.answered(commit.base(), answer.proof());
        work.planWanted = true;
    }

    /** Nothing is left to be done: what was over quota is in by now, or gone. */
    void inStep() {
        overQuota.clear();
    }

    private void applied(Change change, Node node) {
        work.delays.succeeded(change.id());
        String told = overQuota.remove(change.id());
        if (told != null) {
            work.solved(told);
        }
        if (!(change instanceof Change.Check)) {
            feed.applied(node);
            work.state.putRemote(RemoteRow.of(node));
        }
        switch (change) {
            case Change.Create create -> created(create.id(), node);
            case Change.Update update -> {
                Optional<Agreed> agreed = work.state.agreed(update.id());
                if (agreed.isPresent()) {
                    Agreed row = agreed.get();
                    row = update.place().isPresent() ? row.at(node.place()) : row;
                    row = update.item().isPresent() ? sent(row, node.item()) : row;
                    work.state.putAgreed(update.id(), Optional.of(row));
                    work.state.agree(update.id());
                }
            }
            case Change.Delete delete -> {
                work.deletes++;
                work.state.putAgreed(delete.id(), Optional.empty());
                // Something took the node's place on disk meanwhile: that is a new node now.
                if (work.state.local(delete.id()).isPresent()) {
                    work.replaceId(delete.id(), work.state.newLocalId(), Optional.of(delete.id()));
                }
            }
            case Change.Check _ -> {}
        }
    }

    /**
     * Agreed is what was sent, with the executable bit as the disk had it then (R23): a bit that
     * was changed since, and not read yet, is a change still to come.
     */
    private static Agreed sent(Agreed before, Item item) {
        Optional<Observed> observed =
                before.item().executable() == item.executable()
                        ? before.observed()
                        : before.observed().map(then -> then.executable(item.executable()));
        return before.holding(item).seen(observed);
    }

    private void created(NodeId localOnly, Node node) {
        work.replaceId(localOnly, node.id(), Optional.empty());
        if (work.state.agreed(node.id()).isEmpty()) {
            // The disk may have changed since what was sent was read.
            Observed observed =
                    work.state
                            .local(node.id())
                            .map(row -> row.observed().executable(node.item().executable()))
                            .orElseGet(() ->
                                    Observed.unknown(
                                            work.names.local(node.id(), node.place()),
                                            node.item().kind()));
            work.state.putAgreed(
                    node.id(),
                    Optional.of(
                            new Agreed(
                                    node.id(),
                                    node.place(),
                                    node.item(),
                                    node.sequence(),
                                    Optional.of(observed))));
        }
        work.state.agree(node.id());
    }

    private void refused(Change change, ChangeResult.Refused refused) {
        for (Optional<Node> told : List.of(refused.current(), refused.rival())) {
            if (told.isPresent() && work.state.putRemote(RemoteRow.of(told.get()))) {
                feed.sawAhead(told.get());
            }
        }
        work.fetchWanted = true;
        switch (refused.reason()) {
            case MISSING_BLOCKS -> local.readAgain(change.id());
            case QUOTA -> {
                work.delays.failed(change.id(), work.now, OVER_QUOTA_MILLIS);
                String path = work.describe(change.id());
                if (overQuota.size() < Delays.SUBJECTS_MAX) {
                    overQuota.put(change.id(), path);
                }
                work.trying(
                        path,
                        "over quota: the project has no room for it; it stays here, and is tried"
                                + " again",
                        "delete something from the project, or have the operator give it more room"
                                + " ('syncline admin quota')");
            }
            case TOO_LARGE, INVALID -> {
                work.delays.failed(change.id(), work.now, 30_000);
                work.trying(
                        work.describe(change.id()),
                        "the server refuses it: " + refused.reason().name(),
                        "rename it, or move it elsewhere");
            }
            case ABORTED -> {}
            case STALE, NAME_TAKEN, PARENT_GONE, CYCLE, NOT_EMPTY ->
                    work.delays.failed(change.id(), work.now, 0);
        }
    }
}
