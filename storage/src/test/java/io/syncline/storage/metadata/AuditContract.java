package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of the audit log, and of accounts that operators change. */
public abstract class AuditContract extends MetadataContract {
    private AuditEntry entry(Optional<AccountId> account, Instant time, String subject) {
        return new AuditEntry(
                0,
                time,
                "log_in",
                account,
                account.map(_ -> samples.deviceId()),
                account.map(_ -> "127.0.0.1"),
                account.map(_ -> new ProjectId(samples.id())),
                Optional.of(subject).filter(text -> !text.isEmpty()),
                account.map(_ -> "détail 😀"));
    }

    private long add(AuditEntry entry) {
        return store.write(write -> write.audit().add(entry));
    }

    private List<AuditEntry> page(OptionalLong before, Optional<AccountId> account, int limit) {
        return list(read -> read.audit().page(before, account, limit));
    }

    private List<AuditEntry> all() {
        return page(OptionalLong.empty(), Optional.empty(), 1_000);
    }

    @Test
    void entriesAreReadNewestFirstPageByPage() {
        Random random = new Random(20_261_126);
        List<AccountId> accounts =
                List.of(new AccountId(samples.id()), new AccountId(samples.id()));
        List<AuditEntry> added = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Optional<AccountId> account =
                    random.nextInt(4) == 0
                            ? Optional.empty()
                            : Optional.of(accounts.get(random.nextInt(2)));
            AuditEntry entry = entry(account, T0.plusSeconds(i), i % 5 == 0 ? "" : "thing " + i);
            long id = add(entry);
            assertThat(id).isEqualTo(i + 1);
            added.addFirst(entry.as(id));
        }
        assertThat(all()).isEqualTo(added);

        List<Optional<AccountId>> wishes =
                List.of(Optional.empty(), Optional.of(accounts.getFirst()));
        for (Optional<AccountId> wished : wishes) {
            List<AuditEntry> walked = new ArrayList<>();
            OptionalLong before = OptionalLong.empty();
            List<AuditEntry> page = page(before, wished, 7);
            while (!page.isEmpty()) {
                walked.addAll(page);
                before = OptionalLong.of(page.getLast().id());
                page = page(before, wished, 7);
            }
            assertThat(walked)
                    .isEqualTo(
                            added.stream()
                                    .filter(one -> wished.isEmpty() || one.account().equals(wished))
                                    .toList());
        }
    }

    @Test
    void oldEntriesAreForgottenButNeverTheNewest() {
        for (int i = 0; i < 10; i++) {
            add(entry(Optional.empty(), T0.plusSeconds(i), "thing " + i));
        }
        Instant before = T0.plusSeconds(6);
        assertThat(store.<Integer>writeBehind(write -> write.audit().forget(before, 4)))
                .isEqualTo(4);
        assertThat(store.<Integer>writeBehind(write -> write.audit().forget(before, 4)))
                .isEqualTo(2);
        assertThat(all()).extracting(AuditEntry::id).containsExactly(10L, 9L, 8L, 7L);
        Instant late = T0.plusSeconds(100);
        assertThat(store.<Integer>writeBehind(write -> write.audit().forget(late, 100)))
                .isEqualTo(3);
        // An id is never given twice.
        assertThat(add(entry(Optional.empty(), T0, "another"))).isEqualTo(11);
    }

    @Test
    void accountsArePagedInOrderOfId() {
        List<AccountId> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Account account = samples.account("account " + i);
            ids.add(account.id());
            store.write(write -> add(write, account));
        }
        ids.sort(java.util.Comparator.comparing(AccountId::value));
        List<AccountId> walked = new ArrayList<>();
        Optional<AccountId> after = Optional.empty();
        List<Account> page = accounts(after);
        while (!page.isEmpty()) {
            page.forEach(account -> walked.add(account.id()));
            after = Optional.of(page.getLast().id());
            page = accounts(after);
        }
        assertThat(walked).isEqualTo(ids);
    }

    private List<Account> accounts(Optional<AccountId> after) {
        return list(read -> read.accounts().page(after, 3));
    }

    @Test
    void accountsAreFoundByHowTheirNamesBegin() {
        List<String> names =
                List.of(
                        "Anna", "anna", "ANNABEL", "an%", "an_x", "Ánna", "ben", "😀 ann", "zoë",
                        "Zoë");
        names.forEach(name -> store.write(write -> add(write, samples.account(name))));
        assertThat(named("")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(named("an")).containsExactly("an%", "an_x", "Anna", "anna", "ANNABEL");
        assertThat(named("ANNA")).containsExactly("Anna", "anna", "ANNABEL");
        assertThat(named("an%")).containsExactly("an%");
        assertThat(named("an_")).containsExactly("an_x");
        assertThat(named("Án")).containsExactly("Ánna");
        assertThat(named("án")).isEmpty();
        assertThat(named("😀")).containsExactly("😀 ann");
        assertThat(named("zoë")).containsExactly("Zoë", "zoë");
        assertThat(named("nna")).isEmpty();
    }

    /** Walks pages of two: each account is met once, in one order. */
    private List<String> named(String prefix) {
        List<String> walked = new ArrayList<>();
        Optional<Account> after = Optional.empty();
        while (true) {
            Optional<Account> from = after;
            List<Account> page = list(read -> read.accounts().named(prefix, from, 2));
            if (page.isEmpty()) {
                return walked;
            }
            page.forEach(account -> walked.add(account.name()));
            after = Optional.of(page.getLast());
        }
    }

    @Test
    void disabledAccountsAreKnownByNoToken() {
        Account ann = samples.account("ann");
        Device laptop = samples.device(ann);
        Session session = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(10));
        store.write(write -> {
            write.accounts().addSession(session);
            return add(write, ann) && addDevice(write, laptop);
        });
        assertThat(optional(read -> read.devices().byToken(laptop.token()))).contains(laptop);
        assertThat(optional(read -> read.accounts().session(session.token()))).contains(session);

        assertThat(store.<Boolean>write(write -> write.accounts().setDisabled(ann.id(), true)))
                .isTrue();
        assertThat(optional(read -> read.devices().byToken(laptop.token()))).isEmpty();
        assertThat(optional(read -> read.accounts().session(session.token()))).isEmpty();
        assertThat(optional(read -> read.devices().find(laptop.id()))).contains(laptop);
        assertThat(optional(read -> read.accounts().find(ann.id())))
                .hasValueSatisfying(account -> assertThat(account.disabled()).isTrue());

        store.write(write -> write.accounts().setDisabled(ann.id(), false));
        store.write(write -> write.accounts().setOperator(ann.id(), true));
        assertThat(optional(read -> read.devices().byToken(laptop.token()))).contains(laptop);
        assertThat(optional(read -> read.accounts().find(ann.id())))
                .hasValueSatisfying(account -> {
                    assertThat(account.disabled()).isFalse();
                    assertThat(account.operator()).isTrue();
                    assertThat(account.passwordHash()).isEqualTo(ann.passwordHash());
                });
        AccountId nobody = new AccountId(samples.id());
        assertThat(store.<Boolean>write(write -> write.accounts().setDisabled(nobody, true)))
                .isFalse();
        assertThat(store.<Boolean>write(write -> write.accounts().setOperator(nobody, true)))
                .isFalse();
    }
}
