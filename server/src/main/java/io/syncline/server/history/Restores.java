package io.syncline.server.history;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Restored;
import io.syncline.core.wire.Restored.Outcome;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.server.commit.Commits;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code POST /v1/projects/{p}/restore}: plans on a snapshot of the database, outside of the
 * project's lock, and has the plan committed like what any device sends: whatever changed meanwhile
 * is refused. All or nothing is tried first, because names may have to be swapped; then change by
 * change.
 */
public final class Restores {
    private final MetadataStore store;
    private final Commits commits;
    private final Proofs proofs;
    private final Audit audit;

    /** Restores what is in this store by these commits. */
    public Restores(MetadataStore store, Commits commits, Proofs proofs, Audit audit) {
        this.audit = audit;
        this.store = store;
        this.commits = commits;
        this.proofs = proofs;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("POST", "/v1/projects/{p}/restore", access.member(Role.EDITOR, this::restore));
    }

    /** A page planned, or the answer that was given before. */
    private sealed interface Prepared {}

    private record Answered(ByteBuffer answer) implements Prepared {}

    private record Planned(
            Project project, RestorePlan plan, OptionalLong until, OptionalLong before)
            implements Prepared {}

    private Answer restore(Call call, Member member) throws IOException {
        byte[] body = call.body(Limits.JSON_BODY_BYTES_MAX);
        RestoreRequest request = HistoryJson.RESTORE_REQUEST.fromBytes(body);
        Hash hash = Hash.sha256(body);
        return switch (store.<Prepared>read(read -> prepare(read, member, request, hash))) {
            case Answered(ByteBuffer answer) -> Answer.json(answer);
            case Planned planned when request.dryRun() || planned.plan().changes().isEmpty() ->
                    Answer.json(
                            HistoryJson.RESTORE_ANSWER.toBytes(
                                    answer(planned, request.dryRun(), Optional.empty())));
            case Planned planned -> {
                Answer answer =
                        Answer.json(
                                commits.apply(
                                        member,
                                        List.of(
                                                commit(request, planned, true),
                                                commit(request, planned, false)),
                                        hash,
                                        result ->
                                                HistoryJson.RESTORE_ANSWER.toBytes(
                                                        answer(
                                                                planned,
                                                                false,
                                                                Optional.of(result))),
                                        write -> note(write, call, member, request)));
                yield answer;
            }
        };
    }

    /** Of an undo in many pages the first is enough. */
    private void note(WriteTransaction write, Call call, Member member, RestoreRequest request) {
        Audit.Actor actor = member.caller().actor(call);
        ProjectId project = member.project().id();
        switch (request.what()) {
            case RestoreRequest.Versions(var wishes) ->
                    audit.add(
                            write,
                            actor,
                            Audit.Deed.in(project, Act.RESTORE, "", wishes.size() + " versions"));
            case RestoreRequest.Rewind rewind -> {
                if (rewind.before().isEmpty()) {
                    audit.add(
                            write,
                            actor,
                            Audit.Deed.in(project, Act.UNDO, "", "since " + rewind.since()));
                }
            }
        }
    }

    private static Prepared prepare(
            ReadTransaction read, Member member, RestoreRequest request, Hash hash) {
        Project project =
                read.projects().find(member.project().id()).orElseThrow(Access::noSuchProject);
        Optional<ByteBuffer> earlier = Commits.answered(read, project.key(), request.id(), hash);
        if (earlier.isPresent()) {
            return new Answered(earlier.get());
        }
        Nodes nodes = read.nodes(project.key());
        History history = read.history(project.key());
        RestorePlan plan = new RestorePlan(nodes, history);
        return switch (request.what()) {
            case RestoreRequest.Versions(var wishes) -> {
                wishes.forEach(plan::wish);
                if (plan.truncate()) {
                    throw new SynclineException(
                            ErrorCode.TOO_LARGE,
                            "these versions and their directories don't fit one commit;"
                                    + " ask for fewer");
                }
                yield new Planned(project, plan, OptionalLong.empty(), OptionalLong.empty());
            }
            case RestoreRequest.Rewind rewind -> rewind(project, history, plan, rewind);
        };
    }

    private static Planned rewind(
            Project project, History history, RestorePlan plan, RestoreRequest.Rewind rewind) {
        long until = Math.min(rewind.until().orElse(Long.MAX_VALUE), project.head() + 1);
        OptionalLong from = history.since(rewind.since());
        OptionalLong next = OptionalLong.empty();
        if (from.isPresent()) {
            next =
                    new Rewinder(history, plan, rewind.scope(), from.getAsLong(), until)
                            .walk(rewind.before().orElse(until));
        }
        return new Planned(project, plan, OptionalLong.of(until), next);
    }

    private Commit commit(RestoreRequest request, Planned planned, boolean atomic) {
        return new Commit(
                request.id(),
                // No folder on a disk sends it.
                new ReplicaId(request.id().value()),
                proofs.of(planned.project()),
                atomic,
                planned.plan().changes());
    }

    private static RestoreAnswer answer(
            Planned planned, boolean dryRun, Optional<CommitAnswer> committed) {
        return new RestoreAnswer(
                planned.project().epoch(),
                committed.map(CommitAnswer::head).orElse(planned.project().head()),
                planned.until(),
                planned.before(),
                planned.plan().steps().stream()
                        .map(step -> restored(step, dryRun, committed))
                        .toList());
    }

    private static Restored restored(
            RestorePlan.Step step, boolean dryRun, Optional<CommitAnswer> committed) {
        if (step.change() < 0 || dryRun || committed.isEmpty()) {
            return new Restored(
                    step.id(), step.path(), step.outcome(), Optional.empty(), step.reason());
        }
        return switch (committed.get().results().get(step.change())) {
            case ChangeResult.Applied(Node node) ->
                    new Restored(
                            step.id(),
                            step.path(),
                            step.outcome(),
                            Optional.of(node),
                            Optional.empty());
            case ChangeResult.Refused refused ->
                    new Restored(
                            step.id(),
                            step.path(),
                            Outcome.REFUSED,
                            refused.current(),
                            Optional.of(refused.reason()));
        };
    }
}
