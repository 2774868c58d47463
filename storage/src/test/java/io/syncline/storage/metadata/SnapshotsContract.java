package io.syncline.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of snapshots. */
public abstract class SnapshotsContract {
    private final Samples samples = new Samples(41);

    private MetadataStore store;
    private Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(transaction -> transaction.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void projectWithoutSnapshotsHasNone() {
        assertThat(newest()).isEmpty();
        assertThat(list()).isEmpty();
        assertThat(find(samples.snapshotId())).isEmpty();
    }

    @Test
    void snapshotIsFoundAsItWasAdded() {
        Snapshot snapshot = snapshot(project.epoch(), 7, Samples.T0);

        add(snapshot);

        assertThat(find(snapshot.id())).contains(snapshot);
        assertThat(newest()).contains(snapshot);
    }

    @Test
    @DisplayName("R16 the newest snapshot is the one of the highest sequence, of whatever epoch")
    void newestIsTheOneOfTheHighestSequenceOfWhateverEpoch() {
        Snapshot low = snapshot(project.epoch(), 5, Samples.T0.plusSeconds(9));
        Snapshot high = snapshot(samples.epoch(), 1L << 33, Samples.T0);
        Snapshot middle = snapshot(project.epoch(), 6, Samples.T0);

        add(low);
        add(high);
        add(middle);

        assertThat(newest()).contains(high);
        assertThat(list()).containsExactly(high, middle, low);
    }

    @Test
    void ofOneSequenceTheLaterOneIsTheNewest() {
        Snapshot damaged = snapshot(project.epoch(), 5, Samples.T0);
        Snapshot rebuilt = snapshot(project.epoch(), 5, Samples.T0.plusMillis(1));

        add(rebuilt);
        add(damaged);

        assertThat(list()).containsExactly(rebuilt, damaged);
    }

    @Test
    void idIsUnique() {
        Snapshot snapshot = snapshot(project.epoch(), 7, Samples.T0);
        add(snapshot);

        assertThatThrownBy(() -> add(snapshot))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STALE));
        assertThat(list()).containsExactly(snapshot);
    }

    @Test
    void deletedSnapshotIsGoneAndDeletingItAgainIsHarmless() {
        Snapshot old = snapshot(project.epoch(), 7, Samples.T0);
        Snapshot next = snapshot(project.epoch(), 9, Samples.T0);
        add(old);
        add(next);

        assertThat(delete(old)).isTrue();
        assertThat(delete(old)).isFalse();

        assertThat(find(old.id())).isEmpty();
        assertThat(list()).containsExactly(next);
    }

    @Test
    @DisplayName("L7 a project's snapshots are found in that project only")
    void snapshotsAreFoundInTheirProjectOnly() {
        Project other =
                store.write(transaction -> transaction.projects().add(samples.newProject()));
        Snapshot snapshot = snapshot(project.epoch(), 7, Samples.T0);
        add(snapshot);

        List<Snapshot> seen = store.read(transaction -> transaction.snapshots(other.key()).list());
        boolean deleted =
                store.write(
                        transaction -> transaction.snapshots(other.key()).delete(snapshot.id()));

        assertThat(seen).isEmpty();
        assertThat(deleted).isFalse();
        assertThat(newest()).contains(snapshot);
    }

    private Snapshot snapshot(Epoch epoch, long sequence, Instant created) {
        return new Snapshot(
                samples.snapshotId(),
                new Cursor(epoch, sequence),
                new TreeDigest(samples.hash()),
                sequence + 1,
                sequence + 1_000,
                created);
    }

    private void add(Snapshot snapshot) {
        store.write(transaction -> {
            transaction.snapshots(project.key()).add(snapshot);
            return true;
        });
    }

    private boolean delete(Snapshot snapshot) {
        return store.write(
                transaction -> transaction.snapshots(project.key()).delete(snapshot.id()));
    }

    private Optional<Snapshot> newest() {
        return store.read(transaction -> transaction.snapshots(project.key()).newest());
    }

    private Optional<Snapshot> find(SnapshotId id) {
        return store.read(transaction -> transaction.snapshots(project.key()).find(id));
    }

    private List<Snapshot> list() {
        return store.read(transaction -> transaction.snapshots(project.key()).list());
    }
}
