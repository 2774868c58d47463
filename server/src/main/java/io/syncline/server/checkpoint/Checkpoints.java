package io.syncline.server.checkpoint;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Ancestor;
import io.syncline.core.lineage.Lineage;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Label;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Replicas;
import io.syncline.storage.metadata.WriteTransaction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code PUT …/checkpoint} and {@code GET …/replicas} (R15). */
public final class Checkpoints {
    private static final int BODY_BYTES_MAX = 16 << 10;

    /** Replicas of one project; another one is LIMITED until one is forgotten. */
    private static final int REPLICAS_MAX = 10_000;

    /** A reader that comes back shows that it lives at most this often. */
    private static final Duration SIGN_OF_LIFE = Duration.ofHours(12);

    private final MetadataStore store;
    private final Proofs proofs;
    private final InstantSource clock;
    private final CheckpointGroups<Claim> groups;
    private final Differing differing = new Differing();

    /** What one device claims of its replica, and when. */
    private record Claim(ProjectId project, DeviceId device, Checkpoint checkpoint, Instant time) {}

    /** Checkpoints in this store. */
    public Checkpoints(MetadataStore store, Proofs proofs, InstantSource clock) {
        this.store = store;
        this.proofs = proofs;
        this.clock = clock;
        this.groups = new CheckpointGroups<>(store, this::judge);
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add("PUT", "/v1/projects/{p}/checkpoint", access.member(Role.VIEWER, this::put))
                .add("GET", "/v1/projects/{p}/replicas", access.member(Role.VIEWER, this::list));
    }

    private Answer put(Call call, Member member) throws IOException {
        Checkpoint checkpoint = WireJson.CHECKPOINT.fromBytes(call.body(BODY_BYTES_MAX));
        var _ = Label.check("the folder's label", checkpoint.folder());
        DeviceId device =
                member.caller()
                        .device()
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.FORBIDDEN, "only a device has a replica"));
        Differing.Key key = new Differing.Key(member.project().id(), device, checkpoint.replica());
        try {
            groups.put(new Claim(member.project().id(), device, checkpoint, clock.instant()));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.EXPIRED) {
                differing.add(key);
            } else if (e.code() == ErrorCode.STALE) {
                // It goes on under another id, and nobody comes under this one any more.
                differing.remove(key);
            }
            throw e;
        }
        differing.remove(key);
        return Answer.noContent();
    }

    /** Checks a claim; what is returned writes it. */
    private Runnable judge(WriteTransaction write, Claim claim) {
        Project project = write.projects().find(claim.project()).orElseThrow(Access::noSuchProject);
        Checkpoint checkpoint = claim.checkpoint();
        Cursor received = check(proofs.history(write, project), checkpoint);
        var replicas = write.replicas(project.key());
        Optional<Replica> known = replicas.find(checkpoint.replica());
        known.ifPresent(replica -> checkGoesOn(replica, claim.device(), received));
        if (known.isEmpty()) {
            checkRoom(replicas);
        }
        Replica replica =
                new Replica(
                        checkpoint.replica(),
                        claim.device(),
                        received,
                        checkpoint.digest(),
                        checkpoint.agreed(),
                        checkpoint.heldBack(),
                        checkpoint.folder(),
                        claim.time());
        return () -> replicas.put(replica);
    }

    /**
     * Refuses where a project can't have another replica.
     *
     * @throws SynclineException LIMITED
     */
    public static void checkRoom(Replicas replicas) {
        if (replicas.list().size() >= REPLICAS_MAX) {
            throw new SynclineException(
                    ErrorCode.LIMITED, "a project has at most " + REPLICAS_MAX + " replicas");
        }
    }

    /**
     * The digest at exactly that sequence is the proof (R2). What was received of an epoch that
     * this history goes on from counts as received of this one (R3).
     */
    private static Cursor check(Lineage.History history, Checkpoint checkpoint) {
        Cursor received = checkpoint.received();
        long last = history.head();
        if (!received.epoch().equals(history.epoch())) {
            last = history.ancestor(received.epoch()).map(Ancestor::fork).orElse(-1L);
        }
        if (received.sequence() > last) {
            throw ProblemException.resync(
                    Resync.UNION, 0, "the checkpoint is of another history than the project's");
        }
        Optional<TreeDigest> ours = history.digestAt(received.sequence());
        if (ours.isEmpty() || !ours.get().equals(checkpoint.digest())) {
            throw ProblemException.resync(
                    Resync.RECONCILE,
                    0,
                    ours.isEmpty()
                            ? "no commit ended at sequence " + received.sequence()
                            : "the digest differs at sequence " + received.sequence());
        }
        return new Cursor(history.epoch(), received.sequence());
    }

    /**
     * A replica begins to read at nothing: it is registered, so that the floor waits for it (R16).
     * One that is known stays where it is, unless it was of another history. Callers that aren't
     * devices have no replica.
     */
    public void reads(Member member, ReplicaId id) {
        Optional<DeviceId> device = member.caller().device();
        Instant now = clock.instant();
        boolean due =
                device.isPresent()
                        && store.<Boolean>read(
                                read -> begun(read, member, device.get(), id, now).isPresent());
        if (due) {
            store.write(write -> {
                begun(write, member, device.get(), id, now)
                        .ifPresent(replica -> write.replicas(member.project().key()).put(replica));
                return true;
            });
        }
    }

    /** The row to write, if one is due. */
    private static Optional<Replica> begun(
            ReadTransaction read, Member member, DeviceId device, ReplicaId id, Instant now) {
        Project project =
                read.projects().find(member.project().id()).orElseThrow(Access::noSuchProject);
        Replicas replicas = read.replicas(project.key());
        Optional<Replica> known = replicas.find(id);
        if (known.isEmpty()) {
            checkRoom(replicas);
        } else if (!known.get().device().equals(device)) {
            return Optional.empty();
        }
        boolean stays =
                known.filter(replica -> replica.received().epoch().equals(project.epoch()))
                        .isPresent();
        if (stays && known.get().seen().plus(SIGN_OF_LIFE).isAfter(now)) {
            return Optional.empty();
        }
        return Optional.of(
                new Replica(
                        id,
                        device,
                        stays ? known.get().received() : new Cursor(project.epoch(), 0),
                        stays ? known.get().digest() : TreeDigest.EMPTY,
                        stays ? known.get().agreed() : Optional.empty(),
                        known.map(Replica::heldBack).orElse(0L),
                        known.map(Replica::folder).orElse(""),
                        now));
    }

    /** A replica that went back was cloned or restored: two folders must not share one (R42). */
    private static void checkGoesOn(Replica known, DeviceId device, Cursor received) {
        boolean back =
                known.received().epoch().equals(received.epoch())
                        && known.received().sequence() > received.sequence();
        if (back || !known.device().equals(device)) {
            throw new SynclineException(
                    ErrorCode.STALE,
                    "this replica is another device's or was further already; register it anew");
        }
    }

    private Answer list(Call call, Member member) {
        List<ReplicaView> views =
                store.read(read -> {
                    Project project =
                            read.projects()
                                    .find(member.project().id())
                                    .orElseThrow(Access::noSuchProject);
                    List<Replica> replicas = read.replicas(project.key()).list();
                    Map<DeviceId, Device> devices =
                            read.devices()
                                    .find(
                                            replicas.stream()
                                                    .map(Replica::device)
                                                    .collect(Collectors.toSet()));
                    return replicas.stream()
                            .map(replica -> view(replica, devices, project))
                            .toList();
                });
        return Answer.json(WireJson.REPLICAS.toBytes(views));
    }

    private ReplicaView view(Replica replica, Map<DeviceId, Device> devices, Project project) {
        Device device = devices.get(replica.device());
        Cursor head = new Cursor(project.epoch(), project.head());
        return new ReplicaView(
                replica.id(),
                replica.device(),
                device == null ? "" : device.name(),
                replica.folder(),
                Optional.of(replica.received()),
                replica.agreed(),
                replica.heldBack(),
                replica.agreed().filter(head::equals).isPresent(),
                differing.has(new Differing.Key(project.id(), replica.device(), replica.id())),
                replica.seen());
    }
}
