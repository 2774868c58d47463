package io.syncline.server.commit;

import io.syncline.core.block.CutParameters;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Caller;
import io.syncline.server.account.Member;
import io.syncline.server.block.BlockReader;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.RequestKind;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.server.quota.Room;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.WriteTransaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * {@code POST /v1/projects/{p}/commits}: validates under the project's lock (R1), writes nodes,
 * history, head, digest and answer in one transaction, then tells the listener.
 */
public final class Commits {
    /** A commit of more changes is never spelt only to find that no hint can carry it. */
    private static final int NEWS_CHANGES_MAX = 32;

    private final MetadataStore store;
    private final TopTrees trees;
    private final Consumer<HeadHint> listener;
    private final Proofs proofs;
    private final InstantSource clock;

    /**
     * Commits into this store, of files whose blocks that reader finds.
     *
     * @param listener told of every new head, once it is durable; neither waits nor throws
     */
    public Commits(
            MetadataStore store,
            BlockReader blocks,
            Consumer<HeadHint> listener,
            Proofs proofs,
            InstantSource clock) {
        this.store = store;
        this.trees = new TopTrees(blocks);
        this.listener = listener;
        this.proofs = proofs;
        this.clock = clock;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add(
                "POST",
                "/v1/projects/{p}/commits",
                RequestKind.COMMIT,
                access.member(Role.EDITOR, this::commit));
    }

    private Answer commit(Call call, Member member) throws IOException {
        // Contents of a format that this server doesn't know can't be judged (R41).
        var _ = CutParameters.of(member.project().format());
        byte[] body = call.body(Limits.JSON_BODY_BYTES_MAX);
        Commit commit = WireJson.COMMIT.fromBytes(body);
        return Answer.json(
                apply(
                        member,
                        List.of(commit),
                        Hash.sha256(body),
                        WireJson.COMMIT_ANSWER::toBytes,
                        _ -> {}));
    }

    /** How the answer to a commit is spelt. */
    @FunctionalInterface
    public interface Speller {
        /** The bytes to answer with, now and to every repeat. */
        byte[] spell(CommitAnswer answer);
    }

    /**
     * Applies a commit as if a member had sent it.
     *
     * @param ways the same changes in ways to be tried in order, atomic or not: the first that
     *     applies anything counts, else the last
     * @param body SHA-256 of what was sent: a repeat gets the first answer (R9)
     * @param along written in the commit's transaction, unless it is a repeat
     */
    public ByteBuffer apply(
            Member member,
            List<Commit> ways,
            Hash body,
            Speller speller,
            Consumer<WriteTransaction> along) {
        Map<Hash, Long> treeBytes = trees.contentBytes(member.project(), ways.getFirst());
        Written written =
                proofs.judged(
                        member.project().id(),
                        () ->
                                store.write(transaction ->
                                        write(
                                                transaction,
                                                ways,
                                                body,
                                                member,
                                                treeBytes,
                                                speller,
                                                along)));
        written.hint().ifPresent(listener);
        return written.answer();
    }

    /**
     * The answer that was given to what was sent under this id.
     *
     * @throws SynclineException INVALID where that was something else
     */
    public static Optional<ByteBuffer> answered(
            ReadTransaction read, ProjectKey project, CommitId id, Hash body) {
        return read.answers(project)
                .find(id)
                .map(earlier -> {
                    if (!earlier.body().equals(body)) {
                        throw SynclineException.invalid(
                                "commit " + id + " was sent before with another body");
                    }
                    return inflate(earlier.bytes());
                });
    }

    /** What the transaction came to; the hint is for after it is durable. */
    private record Written(ByteBuffer answer, Optional<HeadHint> hint) {}

    private Written write(
            WriteTransaction transaction,
            List<Commit> ways,
            Hash body,
            Member member,
            Map<Hash, Long> treeBytes,
            Speller speller,
            Consumer<WriteTransaction> along) {
        Commit commit = ways.getFirst();
        // Whatever was checked before the lock may have changed since.
        Project project =
                transaction
                        .projects()
                        .lock(member.project().id())
                        .orElseThrow(Access::noSuchProject);
        checkStillAllowed(transaction, project.key(), member.caller());
        // Contents that are stored now are stored when this commits (R10).
        transaction.collecting(project.key()).share();
        var earlier = answered(transaction, project.key(), commit.id(), body);
        if (earlier.isPresent()) {
            return new Written(earlier.get(), Optional.empty());
        }
        // Plans made on another history, or on one that this server lost, aren't carried out.
        proofs.check(
                proofs.history(transaction, project),
                Optional.of(commit.base()),
                commit.base().sequence());
        DeviceId device = member.caller().committer();
        Instant now = clock.instant();
        Nodes.Writable nodes = transaction.nodes(project.key());
        CommitState state =
                CommitLoader.load(
                        commit, project, nodes, transaction.blocks(project.key()), treeBytes);
        Room room = Room.of(transaction.quotas(), project);
        CommitOutcome outcome = check(ways, state, room, device, now);
        if (!outcome.versions().isEmpty()) {
            nodes.put(outcome.versions());
            transaction.quotas().addContent(project.key(), outcome.addedBytes());
            transaction
                    .projects()
                    .advance(project.key(), outcome.head(), outcome.digest(), outcome.nodes(), now);
        }
        along.accept(transaction);
        Proof proof = proofs.of(project, outcome.head(), outcome.digest());
        byte[] answer = speller.spell(new CommitAnswer(proof, outcome.results()));
        transaction
                .answers(project.key())
                .add(
                        new io.syncline.storage.metadata.Answer(
                                commit.id(), body, deflate(answer), now));
        return new Written(
                ByteBuffer.wrap(answer),
                outcome.versions().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new HeadHint(
                                        project.id(),
                                        project.epoch(),
                                        outcome.head(),
                                        news(project, proof, outcome.versions()))));
    }

    /** The commit as a page for readers that are at its beginning, if it is small (R50). */
    private static Optional<ChangesPage> news(Project before, Proof proof, List<Version> versions) {
        if (versions.size() > NEWS_CHANGES_MAX) {
            return Optional.empty();
        }
        List<Node> nodes =
                versions.stream()
                        .map(Version::node)
                        .sorted(Comparator.comparingLong(Node::sequence))
                        .toList();
        ChangesPage page =
                new ChangesPage(
                        proof,
                        before.head(),
                        proof.sequence(),
                        false,
                        before.floor(),
                        Optional.empty(),
                        nodes);
        int bytes = WireJson.CHANGES_PAGE.toBytes(page).length;
        return bytes <= Limits.HINT_CHANGES_BYTES ? Optional.of(page) : Optional.empty();
    }

    private static CommitOutcome check(
            List<Commit> ways, CommitState state, Room room, DeviceId device, Instant now) {
        CommitOutcome outcome = CommitCheck.check(ways.getFirst(), state, room, device, now);
        for (int i = 1; i < ways.size() && outcome.versions().isEmpty(); i++) {
            outcome = CommitCheck.check(ways.get(i), state, room, device, now);
        }
        return outcome;
    }

    private static void checkStillAllowed(
            WriteTransaction transaction, ProjectKey project, Caller caller) {
        Role role =
                transaction
                        .members(project)
                        .role(caller.account())
                        .orElseThrow(Access::noSuchProject);
        if (!role.includes(Role.EDITOR)) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "a viewer can't commit");
        }
        boolean revoked =
                caller.device()
                        .flatMap(transaction.devices()::find)
                        .flatMap(io.syncline.storage.metadata.Device::revoked)
                        .isPresent();
        if (revoked) {
            throw new SynclineException(ErrorCode.UNAUTHENTICATED, "this device is revoked");
        }
    }

    /** Answers are kept for 30 days and repeat themselves: a tenth of the bytes will do. */
    private static ByteBuffer deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 64);
            try (var zip = new DeflaterOutputStream(out, deflater)) {
                zip.write(bytes);
            }
            return ByteBuffer.wrap(out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
    }

    private static ByteBuffer inflate(ByteBuffer deflated) {
        byte[] bytes = new byte[deflated.remaining()];
        deflated.get(bytes);
        try (var zip = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return ByteBuffer.wrap(zip.readAllBytes());
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "a kept answer is damaged", e);
        }
    }
}
