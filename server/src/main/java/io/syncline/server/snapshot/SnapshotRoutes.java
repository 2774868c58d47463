package io.syncline.server.snapshot;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.checkpoint.Checkpoints;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Representation;
import io.syncline.server.edge.RequestKind;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Replicas;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import io.syncline.storage.metadata.WriteTransaction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET, HEAD …/snapshot}, the newest one, and {@code …/snapshots/{id}}, one that never
 * changes. None is made while somebody waits: where there is none, the feed is what is read.
 */
public final class SnapshotRoutes {
    /** Bytes read at once while they are sent. */
    private static final int PIECE_BYTES = 64 << 10;

    private final MetadataStore store;
    private final SnapshotFiles files;
    private final SnapshotKeeper keeper;
    private final Proofs proofs;
    private final InstantSource clock;

    /** Serves what the keeper keeps in these stores. */
    public SnapshotRoutes(
            MetadataStore store,
            SnapshotFiles files,
            SnapshotKeeper keeper,
            Proofs proofs,
            InstantSource clock) {
        this.store = store;
        this.files = files;
        this.keeper = keeper;
        this.proofs = proofs;
        this.clock = clock;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        for (String method : new String[] {"GET", "HEAD"}) {
            router.add(
                            method,
                            "/v1/projects/{p}/snapshot",
                            RequestKind.DOWNLOAD,
                            access.member(Role.VIEWER, this::newest))
                    .add(
                            method,
                            "/v1/projects/{p}/snapshots/{id}",
                            RequestKind.DOWNLOAD,
                            access.member(Role.VIEWER, this::one));
        }
    }

    private Answer newest(Call call, Member member) {
        Optional<ReplicaId> replica = call.query("replica").map(ReplicaId::new);
        Optional<Snapshot> found;
        if (replica.isPresent()) {
            DeviceId device =
                    member.caller()
                            .device()
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.FORBIDDEN, "only a device has a replica"));
            Instant now = clock.instant();
            found = store.write(write -> register(write, member, device, replica.get(), now));
        } else {
            found = store.read(read -> current(read, project(read, member)));
        }
        if (found.isEmpty()) {
            keeper.nudge(member.project());
            throw noSuchSnapshot();
        }
        Snapshot snapshot = found.get();
        return serve(call, member, snapshot, "private, no-cache")
                .with("Content-Location", address(member, snapshot));
    }

    private Answer one(Call call, Member member) {
        SnapshotId id = new SnapshotId(call.variable("id"));
        Snapshot snapshot =
                store.read(read -> read.snapshots(member.project().key()).find(id))
                        .orElseThrow(SnapshotRoutes::noSuchSnapshot);
        return serve(call, member, snapshot, "private, max-age=31536000, immutable");
    }

    private static String address(Member member, Snapshot snapshot) {
        return "/v1/projects/" + member.project().id() + "/snapshots/" + snapshot.id();
    }

    private static Project project(ReadTransaction read, Member member) {
        return read.projects().find(member.project().id()).orElseThrow(Access::noSuchProject);
    }

    /** The newest, if a reader may go on from there: of this epoch, not below the floor (R16). */
    private static Optional<Snapshot> current(ReadTransaction read, Project project) {
        return read.snapshots(project.key())
                .newest()
                .filter(snapshot -> snapshot.cursor().epoch().equals(project.epoch()))
                .filter(snapshot -> snapshot.cursor().sequence() >= project.floor());
    }

    /**
     * Finds the newest and holds the floor at its cursor for a device that may download for hours
     * (R16), in one transaction: a floor that rises meanwhile sees it.
     */
    private static Optional<Snapshot> register(
            WriteTransaction write, Member member, DeviceId device, ReplicaId id, Instant now) {
        Project project = project(write, member);
        Optional<Snapshot> found = current(write, project);
        if (found.isEmpty()) {
            return found;
        }
        Snapshot snapshot = found.get();
        Replicas.Writable replicas = write.replicas(project.key());
        Optional<Replica> known = replicas.find(id);
        if (known.isPresent() && !known.get().device().equals(device)) {
            throw new SynclineException(
                    ErrorCode.STALE, "this replica is another device's; register it anew");
        }
        if (known.isEmpty()) {
            Checkpoints.checkRoom(replicas);
        }
        replicas.put(registered(known, snapshot, device, id, now));
        return found;
    }

    /** What is lower holds the floor: the cursor it had, from which it may go on yet, or this. */
    private static Replica registered(
            Optional<Replica> known,
            Snapshot snapshot,
            DeviceId device,
            ReplicaId id,
            Instant now) {
        boolean lower =
                known.isPresent()
                        && known.get().received().epoch().equals(snapshot.cursor().epoch())
                        && known.get().received().sequence() < snapshot.cursor().sequence();
        return new Replica(
                id,
                device,
                lower ? known.get().received() : snapshot.cursor(),
                lower ? known.get().digest() : snapshot.digest(),
                known.flatMap(Replica::agreed),
                known.map(Replica::heldBack).orElse(0L),
                known.map(Replica::folder).orElse(""),
                now);
    }

    private Answer serve(Call call, Member member, Snapshot snapshot, String caching) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cache-Control", caching);
        headers.put("Syncline-Epoch", snapshot.cursor().epoch().value());
        headers.put("Syncline-Sequence", Long.toString(snapshot.cursor().sequence()));
        if (snapshot.cursor().epoch().equals(member.project().epoch())) {
            long sequence = snapshot.cursor().sequence();
            headers.put(
                    "Syncline-Proof",
                    proofs.of(member.project(), sequence, snapshot.digest()).toString());
        }
        Project project = member.project();
        return Representation.answer(
                call,
                "\"" + snapshot.id() + "\"",
                headers,
                () -> {
                    requireFile(project, snapshot);
                    return new Representation(
                            Map.of(),
                            snapshot.sizeBytes(),
                            (from, length, out) -> send(project, snapshot, from, length, out));
                });
    }

    /** A row without a file is as good as none, and made anew. */
    private void requireFile(Project project, Snapshot snapshot) {
        try (SnapshotFiles.Reading reading = open(project, snapshot)) {
            if (reading.sizeBytes() != snapshot.sizeBytes()) {
                keeper.nudge(project);
                throw noSuchSnapshot();
            }
        }
    }

    private SnapshotFiles.Reading open(Project project, Snapshot snapshot) {
        Optional<SnapshotFiles.Reading> reading = files.open(project.id(), snapshot.id().value());
        if (reading.isEmpty()) {
            keeper.nudge(project);
            throw noSuchSnapshot();
        }
        return reading.get();
    }

    private void send(Project project, Snapshot snapshot, long from, long length, OutputStream out)
            throws IOException {
        try (SnapshotFiles.Reading reading = open(project, snapshot)) {
            for (long at = from; at < from + length; at += PIECE_BYTES) {
                int piece = (int) Math.min(PIECE_BYTES, from + length - at);
                ByteBuffer bytes = reading.read(at, piece);
                out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), piece);
            }
        }
    }

    private static SynclineException noSuchSnapshot() {
        return new SynclineException(
                ErrorCode.NOT_FOUND, "there is no snapshot yet; the feed has everything");
    }
}
