package io.syncline.server.lineage;

import io.syncline.core.lineage.Lineage;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.ProofKey;
import io.syncline.core.lineage.Resync;
import io.syncline.core.lineage.Verdict;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.server.edge.ProblemException;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs heads, checks what callers show, and starts a new epoch when one shows that this server
 * lost history (R2). Thread-safe.
 */
public final class Proofs {
    /** The setting that holds the key; part of every backup, so it outlives a restore. */
    public static final String KEY_SETTING = "proof-key";

    private static final Logger log = LoggerFactory.getLogger(Proofs.class);

    private final MetadataStore store;
    private final Consumer<HeadHint> listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ProofKey key;

    /**
     * Proofs signed with the key that is kept in this store, made at the first start.
     *
     * @param listener told of the head of an epoch that was started, once it is durable
     * @param random a cryptographic source
     */
    public Proofs(
            MetadataStore store,
            Consumer<HeadHint> listener,
            InstantSource clock,
            RandomGenerator random) {
        this.store = store;
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.key = new ProofKey(bytes(storedKey()));
    }

    private ByteBuffer storedKey() {
        Optional<ByteBuffer> known = store.read(read -> read.settings().find(KEY_SETTING));
        return known.orElseGet(() -> {
            byte[] fresh = new byte[ProofKey.BYTES];
            random.nextBytes(fresh);
            return store.write(
                    write -> write.settings().putIfAbsent(KEY_SETTING, ByteBuffer.wrap(fresh)));
        });
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** The signed word that the project's head is where it is. */
    public Proof of(Project project) {
        return of(project, project.head(), project.digest());
    }

    /** The signed word of a head that is being written. */
    public Proof of(Project project, long head, TreeDigest digest) {
        return key.sign(project.id(), new Cursor(project.epoch(), head), digest);
    }

    /** A project's history as this transaction sees it. */
    public Lineage.History history(ReadTransaction read, Project project) {
        return new StoredHistory(read, project, key);
    }

    /**
     * Returns if the caller's history is a prefix of this one. To be called inside {@link #judged},
     * by work that has changed nothing yet.
     *
     * @throws ProblemException EXPIRED with the way to recover
     */
    public void check(Lineage.History history, Optional<Proof> proof, long since) {
        switch (Lineage.judge(history, proof, since)) {
            case Verdict.Continues _ -> {}
            case Verdict.Expired(Resync mode, long fork) -> throw expired(mode, fork);
            case Verdict.RolledBack _ -> throw new RolledBackException(proof.orElseThrow());
        }
    }

    private static ProblemException expired(Resync mode, long fork) {
        return ProblemException.resync(
                mode,
                fork,
                mode == Resync.UNION
                        ? "the cursor is of another history than the server's"
                        : "the cursor is below what the feed still holds");
    }

    /** Runs work that checks; where that finds this server rolled back, starts a new epoch. */
    public <T> T judged(ProjectId project, Supplier<T> work) {
        try {
            return work.get();
        } catch (RolledBackException e) {
            Optional<HeadHint> hint = store.write(write -> startEpoch(write, project, e.proof()));
            hint.ifPresent(listener);
            throw expired(Resync.UNION, 0);
        }
    }

    /** By compare-and-set: of many callers that show what was lost, one starts the epoch. */
    private Optional<HeadHint> startEpoch(WriteTransaction write, ProjectId id, Proof proof) {
        Optional<Project> found = write.projects().lock(id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Project project = found.get();
        Verdict verdict =
                Lineage.judge(history(write, project), Optional.of(proof), proof.sequence());
        if (!(verdict instanceof Verdict.RolledBack)) {
            return Optional.empty();
        }
        Epoch left = project.epoch();
        Epoch next = new Epoch(RandomId.next(random));
        long head = Lineage.epochStart(Math.max(project.head(), proof.sequence()));
        boolean started =
                write.projects().startEpoch(project.key(), left, next, head, clock.instant());
        if (!started) {
            return Optional.empty();
        }
        write.lineages(project.key()).unshare(left);
        log.atWarn()
                .addKeyValue("project", id)
                .addKeyValue("head", project.head())
                .addKeyValue("shown", proof.sequence())
                .log("this server was taken back to an older state: a new epoch began");
        return Optional.of(new HeadHint(id, next, head));
    }
}
