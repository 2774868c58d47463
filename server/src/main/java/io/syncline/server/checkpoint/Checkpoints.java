package io.syncline.server.checkpoint;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Label;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Resync;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.WriteTransaction;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code PUT …/checkpoint} and {@code GET …/replicas} (R15). */
public final class Checkpoints {
    private static final int BODY_BYTES_MAX = 16 << 10;

    /** Replicas of one project. */
    private static final int REPLICAS_MAX = 10_000;

    private final MetadataStore store;
    private final InstantSource clock;

    /** Checkpoints in this store. */
    public Checkpoints(MetadataStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
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
        Instant now = clock.instant();
        store.write(write -> put(write, member, device, checkpoint, now));
        return Answer.noContent();
    }

    private static Replica put(
            WriteTransaction write,
            Member member,
            DeviceId device,
            Checkpoint checkpoint,
            Instant now) {
        Project project =
                write.projects().find(member.project().id()).orElseThrow(Access::noSuchProject);
        checkClaim(write, project, checkpoint.received(), checkpoint.digest());
        var replicas = write.replicas(project.key());
        Optional<Replica> known = replicas.find(checkpoint.replica());
        known.ifPresent(replica -> checkGoesOn(replica, device, checkpoint.received()));
        if (known.isEmpty() && replicas.list().size() >= REPLICAS_MAX) {
            throw new SynclineException(
                    ErrorCode.LIMITED, "a project has at most " + REPLICAS_MAX + " replicas");
        }
        Replica replica =
                new Replica(
                        checkpoint.replica(),
                        device,
                        checkpoint.received(),
                        checkpoint.digest(),
                        checkpoint.agreed(),
                        checkpoint.heldBack(),
                        checkpoint.folder(),
                        now);
        replicas.put(replica);
        return replica;
    }

    /** The digest at exactly that sequence is the proof (R2). */
    private static void checkClaim(
            ReadTransaction read, Project project, Cursor received, TreeDigest digest) {
        if (!received.epoch().equals(project.epoch())) {
            throw ProblemException.resync(
                    Resync.UNION, "the project has another epoch than the checkpoint");
        }
        if (received.sequence() > project.head()) {
            throw ProblemException.resync(
                    Resync.UNION, "the project's head is below the checkpoint");
        }
        Optional<TreeDigest> ours =
                received.sequence() == project.head()
                        ? Optional.of(project.digest())
                        : read.projects().digestAt(project.key(), received.sequence());
        if (ours.isEmpty() || !ours.get().equals(digest)) {
            throw ProblemException.resync(
                    Resync.RECONCILE,
                    ours.isEmpty()
                            ? "no commit ended at sequence " + received.sequence()
                            : "the digest differs at sequence " + received.sequence());
        }
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

    private static ReplicaView view(
            Replica replica, Map<DeviceId, Device> devices, Project project) {
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
                replica.seen());
    }
}
