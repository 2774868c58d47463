package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of accounts, sessions, devices and links. */
public abstract class AccountsContract extends MetadataContract {
    @Test
    void accountsAreUniqueByName() {
        Account ann = samples.account("Ann");
        Account joined =
                new Account(new AccountId(samples.id()), "ann", Optional.empty(), T0.plusNanos(7));
        store.write(transaction -> add(transaction, ann));
        store.write(transaction -> add(transaction, joined));

        assertThat(optional(transaction -> transaction.accounts().byName("Ann"))).contains(ann);
        assertThat(optional(transaction -> transaction.accounts().byName("ann"))).contains(joined);
        assertThat(joined.created()).isEqualTo(T0);
        assertThatThrownBy(
                        () -> store.write(transaction -> add(transaction, samples.account("ann"))))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
        assertThat(
                        map(transaction ->
                                transaction
                                        .accounts()
                                        .find(List.of(ann.id(), new AccountId(samples.id())))))
                .isEqualTo(Map.of(ann.id(), ann));

        store.write(transaction -> transaction.accounts().setPasswordHash(joined.id(), "new"));
        assertThat(optional(transaction -> transaction.accounts().find(joined.id())))
                .flatMap(Account::passwordHash)
                .contains("new");
    }

    @Test
    void sessionsEndAndExpire() {
        Account ann = samples.account("ann");
        Session early = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(10));
        Session late = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(20));
        Session ended = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(20));
        store.write(transaction -> {
            transaction.accounts().addSession(early);
            transaction.accounts().addSession(late);
            transaction.accounts().addSession(ended);
            return transaction.accounts().deleteSession(ended.token());
        });

        assertThat(optional(transaction -> transaction.accounts().session(early.token())))
                .contains(early);
        assertThat(
                        store.<Integer>writeBehind(transaction ->
                                transaction.sweeper().sessions(T0.plusSeconds(10), 100)))
                .isEqualTo(1);
        assertThat(optional(transaction -> transaction.accounts().session(early.token())))
                .isEmpty();
        assertThat(optional(transaction -> transaction.accounts().session(late.token())))
                .contains(late);
        assertThat(
                        store.<Integer>write(
                                transaction -> transaction.accounts().deleteSessions(ann.id())))
                .isEqualTo(1);
        assertThat(optional(transaction -> transaction.accounts().session(late.token()))).isEmpty();
    }

    @Test
    void devicesAreFoundByTokenTouchedAndRevoked() {
        Account ann = samples.account("ann");
        Device laptop = samples.device(ann);
        Device phone =
                new Device(
                        samples.deviceId(),
                        ann.id(),
                        "phone",
                        samples.hash(),
                        T0.plusSeconds(1),
                        T0,
                        Optional.empty());
        store.write(transaction -> {
            transaction.accounts().add(ann);
            transaction.devices().add(phone);
            transaction.devices().add(laptop);
            transaction.members(project.key()).put(ann.id(), Role.VIEWER);
            return 0;
        });

        assertThat(optional(transaction -> transaction.devices().byToken(phone.token())))
                .contains(phone);
        assertThat(list(transaction -> transaction.devices().ofAccount(ann.id())))
                .containsExactly(laptop, phone);
        assertThat(list(transaction -> transaction.devices().ofProject(project.key())))
                .containsExactly(laptop, phone);

        store.write(transaction -> {
            transaction.devices().touch(laptop.id(), T0.plusSeconds(9));
            transaction.devices().touch(laptop.id(), T0.plusSeconds(5));
            assertThat(transaction.devices().revoke(phone.id(), T0.plusSeconds(3))).isTrue();
            assertThat(transaction.devices().revoke(phone.id(), T0.plusSeconds(4))).isFalse();
            assertThat(transaction.devices().rename(phone.id(), "old phone")).isTrue();
            assertThat(transaction.devices().rename(samples.device(ann).id(), "none")).isFalse();
            return 0;
        });
        Map<DeviceId, Device> both =
                store.read(transaction ->
                        transaction.devices().find(List.of(laptop.id(), phone.id())));
        assertThat(at(both, laptop.id()).seen()).isEqualTo(T0.plusSeconds(9));
        assertThat(at(both, phone.id()).revoked()).contains(T0.plusSeconds(3));
        assertThat(at(both, phone.id()).name()).isEqualTo("old phone");
        assertThat(at(both, phone.id()).token()).isEqualTo(phone.token());
        assertThat(at(both, laptop.id()).name()).isEqualTo(laptop.name());
        assertThatThrownBy(() -> store.write(transaction -> addDevice(transaction, phone)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
    }

    @Test
    void linkIsUsedAsOftenAsItMay() throws Exception {
        JoinLink link = link(3, T0.plusSeconds(60));
        store.write(transaction -> addLink(transaction, link));

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<JoinLink>>> uses = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                uses.add(threads.submit(() -> use(link.secret(), T0)));
            }
            int used = 0;
            for (Future<Optional<JoinLink>> use : uses) {
                used += use.get().isPresent() ? 1 : 0;
            }
            assertThat(used).isEqualTo(3);
        }
        assertThat(list(transaction -> transaction.links().list(project.key(), T0))).isEmpty();
        assertThat(store.<Integer>writeBehind(transaction -> transaction.sweeper().links(T0, 10)))
                .isEqualTo(1);
    }

    @Test
    void expiredUnknownAndWithdrawnLinksAreAllAlike() {
        JoinLink expired = link(3, T0);
        JoinLink withdrawn = link(3, T0.plusSeconds(60));
        JoinLink good = link(2, T0.plusSeconds(61));
        store.write(transaction -> {
            transaction.links().add(expired);
            transaction.links().add(withdrawn);
            transaction.links().add(good);
            return 0;
        });
        assertThat(list(transaction -> transaction.links().list(project.key(), T0)))
                .containsExactly(withdrawn, good);
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.links().delete(new ProjectKey(77), withdrawn.id())))
                .isFalse();
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.links().delete(project.key(), withdrawn.id())))
                .isTrue();

        assertThat(use(expired.secret(), T0)).isEmpty();
        assertThat(use(withdrawn.secret(), T0)).isEmpty();
        assertThat(use(samples.hash(), T0)).isEmpty();
        assertThat(use(good.secret(), T0)).map(JoinLink::usesLeft).contains(1);
        assertThat(store.<Integer>writeBehind(transaction -> transaction.sweeper().links(T0, 10)))
                .isEqualTo(1);
    }

    private Optional<JoinLink> use(Hash secret, Instant now) {
        return store.write(transaction -> transaction.links().use(secret, now));
    }

    private JoinLink link(int uses, Instant expires) {
        return new JoinLink(
                new LinkId(samples.id()),
                samples.hash(),
                project.key(),
                Role.EDITOR,
                uses,
                expires);
    }
}
