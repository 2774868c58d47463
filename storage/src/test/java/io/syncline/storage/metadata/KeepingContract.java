package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.TreeDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every metadata store promises of what it keeps for a while: answers, replicas, uploads; and
 * of settings.
 */
public abstract class KeepingContract extends MetadataContract {
    @Test
    @DisplayName("R9 L8 a commit's answer is kept with its body's hash, once, until swept")
    void answerIsKeptOnce() {
        CommitId id = samples.commitId();
        Answer answer = new Answer(id, samples.hash(), bytes("answer"), T0);
        Answer other = new Answer(id, samples.hash(), bytes("other"), T0);
        store.write(transaction -> addAnswer(transaction, answer));

        Answer found =
                store.read(transaction -> transaction.answers(project.key()).find(id))
                        .orElseThrow();
        assertThat(found).isEqualTo(answer);
        assertThat(text(found.bytes())).isEqualTo("answer");
        assertThat(text(found.bytes())).isEqualTo("answer");
        assertThatThrownBy(() -> store.write(transaction -> addAnswer(transaction, other)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        Duration kept = Duration.ofDays(30);
        assertThat(sweepAnswers(T0.plus(kept).minus(kept))).isZero();
        assertThat(sweepAnswers(T0.plusMillis(1))).isEqualTo(1);
        assertThat(optional(transaction -> transaction.answers(project.key()).find(id))).isEmpty();
    }

    private int sweepAnswers(Instant before) {
        return store.writeBehind(transaction -> transaction.sweeper().answers(before, 10));
    }

    @Test
    @DisplayName(
            "R15 R16 R42 a replica keeps its checkpoint; the floor asks for the lowest live one")
    void replicasKeepCheckpoints() {
        Account ann = samples.account("ann");
        Device live = samples.device(ann);
        Device revoked = samples.device(ann);
        Replica ahead = replica(live, 9, Optional.of(new Cursor(project.epoch(), 8)), T0);
        Replica behind = replica(live, 5, Optional.empty(), T0);
        Replica asleep = replica(live, 3, Optional.empty(), T0.minusSeconds(1));
        Replica shutOut = replica(revoked, 1, Optional.empty(), T0);
        store.write(transaction -> {
            transaction.devices().add(live);
            transaction.devices().add(revoked);
            transaction.devices().revoke(revoked.id(), T0);
            List.of(ahead, behind, asleep, shutOut)
                    .forEach(transaction.replicas(project.key())::put);
            return 0;
        });

        assertThat(optional(transaction -> transaction.replicas(project.key()).find(ahead.id())))
                .contains(ahead);
        assertThat(list(transaction -> transaction.replicas(project.key()).list()))
                .containsExactlyInAnyOrder(ahead, behind, asleep, shutOut);
        assertThat(number(transaction -> lowest(transaction, project.epoch())))
                .isEqualTo(OptionalLong.of(5));
        assertThat(number(transaction -> lowest(transaction, samples.epoch())))
                .isEqualTo(OptionalLong.empty());
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.replicas(project.key()).delete(behind.id())))
                .isTrue();
        assertThat(number(transaction -> lowest(transaction, project.epoch())))
                .isEqualTo(OptionalLong.of(9));
    }

    private OptionalLong lowest(ReadTransaction transaction, Epoch epoch) {
        return transaction.replicas(project.key()).lowestReceived(epoch, T0);
    }

    private Replica replica(Device device, long received, Optional<Cursor> agreed, Instant seen) {
        return new Replica(
                samples.replicaId(),
                device.id(),
                new Cursor(project.epoch(), received),
                new TreeDigest(samples.hash()),
                agreed,
                2,
                "Dokumente \ud83d\ude00",
                seen);
    }

    @Test
    @DisplayName("R26 an upload lives while it is touched")
    void uploadLivesWhileItIsTouched() {
        var device = samples.deviceId();
        touch(device, T0, T0.plusSeconds(10));
        touch(device, T0.plusSeconds(5), T0.plusSeconds(15));
        touch(samples.deviceId(), T0.plusSeconds(6), T0.plusSeconds(7));

        assertThat(
                        optional(transaction ->
                                transaction
                                        .uploads(project.key())
                                        .find(device, T0.plusSeconds(14))))
                .contains(new UploadSession(device, T0, T0.plusSeconds(15)));
        assertThat(oldestStart(T0.plusSeconds(14))).contains(T0);
        assertThat(oldestStart(T0.plusSeconds(15))).isEmpty();

        assertThat(touch(device, T0.plusSeconds(20), T0.plusSeconds(30)).started())
                .isEqualTo(T0.plusSeconds(20));
        assertThat(
                        store.<Integer>writeBehind(transaction ->
                                transaction.sweeper().uploads(T0.plusSeconds(20), 10)))
                .isEqualTo(1);
        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.uploads(project.key()).end(device)))
                .isTrue();
        assertThat(oldestStart(T0.plusSeconds(20))).isEmpty();
    }

    private Optional<Instant> oldestStart(Instant now) {
        return store.read(transaction -> transaction.uploads(project.key()).oldestStart(now));
    }

    private UploadSession touch(DeviceId device, Instant now, Instant expires) {
        return store.write(
                transaction -> transaction.uploads(project.key()).touch(device, now, expires));
    }

    @Test
    void settingIsMadeOnce() {
        assertThat(text(putIfAbsent("first"))).isEqualTo("first");
        assertThat(text(putIfAbsent("second"))).isEqualTo("first");

        store.write(transaction -> {
            transaction.settings().put("mac", bytes("third"));
            return 0;
        });
        assertThat(optional(transaction -> transaction.settings().find("mac")))
                .map(MetadataContract::text)
                .contains("third");
        assertThat(store.<Boolean>write(transaction -> transaction.settings().delete("mac")))
                .isTrue();
        assertThat(optional(transaction -> transaction.settings().find("mac"))).isEmpty();
    }

    private ByteBuffer putIfAbsent(String value) {
        return store.write(transaction -> transaction.settings().putIfAbsent("mac", bytes(value)));
    }
}
