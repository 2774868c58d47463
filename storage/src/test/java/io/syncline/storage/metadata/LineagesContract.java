package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of epochs that were left, and of replicas across them. */
public abstract class LineagesContract {
    private final Samples samples = new Samples(12);

    private MetadataStore store;
    private Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(write -> write.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private Epoch restart(long head) {
        Epoch next = samples.epoch();
        boolean started =
                store.write(write ->
                        write.projects()
                                .startEpoch(project.key(), now(write).epoch(), next, head, T0));
        assertThat(started).isTrue();
        return next;
    }

    private Project now(ReadTransaction read) {
        return read.projects().find(project.key()).orElseThrow();
    }

    private Optional<Ancestor> ancestor(Epoch epoch) {
        Optional<Ancestor> found = store.read(read -> read.lineages(project.key()).ancestor(epoch));
        return found;
    }

    @Test
    @DisplayName("R3 every epoch that was left is known with its fork")
    void epochsThatWereLeftAreKnown() {
        Epoch first = project.epoch();
        Samples.commitFiles(store, project.id(), 3, "a");
        Epoch second = restart(1L << 32);
        Samples.commitFiles(store, project.id(), 2, "b");
        Epoch third = restart(2L << 32);

        assertThat(ancestor(first)).contains(new Ancestor(first, 3, 3));
        assertThat(ancestor(second)).contains(new Ancestor(second, (1L << 32) + 2, (1L << 32) + 2));
        assertThat(ancestor(third)).isEmpty();
        assertThat(ancestor(samples.epoch())).isEmpty();
        Project other = store.write(write -> write.projects().add(samples.newProject()));
        Optional<Ancestor> foreign = store.read(read -> read.lineages(other.key()).ancestor(first));
        assertThat(foreign).isEmpty();
    }

    @Test
    @DisplayName("R4 of an epoch that was left unawares nothing beyond its fork is shared")
    void unsharedEpochs() {
        Epoch first = project.epoch();
        Samples.commitFiles(store, project.id(), 3, "a");
        restart(1L << 32);
        store.write(write -> {
            write.lineages(project.key()).unshare(first);
            return true;
        });

        assertThat(ancestor(first)).contains(new Ancestor(first, 3, 0));
    }

    private Replica replica(DeviceSeat seat, Cursor received, Instant seen) {
        return new Replica(
                new ReplicaId(samples.id()),
                seat.device().id(),
                received,
                TreeDigest.EMPTY,
                Optional.of(received),
                2,
                "docs",
                seen);
    }

    private record DeviceSeat(Device device) {}

    private DeviceSeat seat() {
        Account account = samples.account("account " + samples.id());
        Device device = samples.device(account);
        store.write(write -> {
            write.accounts().add(account);
            write.devices().add(device);
            return true;
        });
        return new DeviceSeat(device);
    }

    @Test
    @DisplayName("R3 R16 replicas go on in a new epoch where they were, and still hold the floor")
    void replicasGoOnInANewEpoch() {
        Samples.commitFiles(store, project.id(), 3, "a");
        Replica behind = replica(seat(), new Cursor(project.epoch(), 2), T0);
        Replica foreign = replica(seat(), new Cursor(samples.epoch(), 1), T0);
        store.write(write -> {
            write.replicas(project.key()).put(behind);
            write.replicas(project.key()).put(foreign);
            return true;
        });
        Epoch next = restart(1L << 32);

        OptionalLong lowest =
                store.read(read -> read.replicas(project.key()).lowestReceived(next, T0));
        assertThat(lowest).hasValue(2);
        Replica moved =
                store.read(read -> read.replicas(project.key()).find(behind.id()).orElseThrow());
        assertThat(moved.received()).isEqualTo(new Cursor(next, 2));
        assertThat(moved.agreed()).isEqualTo(behind.agreed());
        Replica left =
                store.read(read -> read.replicas(project.key()).find(foreign.id()).orElseThrow());
        assertThat(left).isEqualTo(foreign);
    }

    @Test
    @DisplayName("R42 replicas that were not seen for long are forgotten, in slices")
    void unseenReplicasAreForgotten() {
        DeviceSeat seat = seat();
        Cursor received = new Cursor(project.epoch(), 0);
        Replica stays = replica(seat, received, T0);
        store.write(write -> {
            for (int i = 1; i <= 3; i++) {
                write.replicas(project.key())
                        .put(replica(seat, received, T0.minus(Duration.ofDays(i))));
            }
            write.replicas(project.key()).put(stays);
            return true;
        });

        int first = store.write(write -> write.sweeper().replicas(T0, 2));
        int second = store.write(write -> write.sweeper().replicas(T0, 2));

        assertThat(first).isEqualTo(2);
        assertThat(second).isEqualTo(1);
        List<Replica> left = store.read(read -> read.replicas(project.key()).list());
        assertThat(left).containsExactly(stays);
    }
}
