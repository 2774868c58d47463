package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Accounts;
import io.syncline.storage.metadata.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

final class MemoryAccounts implements Accounts.Writable {
    private static final Comparator<Account> BY_FOLDED_NAME =
            Comparator.<Account, String>comparing(
                            account -> Account.foldedName(account.name()), CodePoints.ORDER)
                    .thenComparing(Account::name, CodePoints.ORDER);

    private final MemoryTransaction transaction;

    MemoryAccounts(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Account> find(AccountId id) {
        return transaction.tables().accounts.get(id);
    }

    @Override
    public Map<AccountId, Account> find(Collection<AccountId> ids) {
        Map<AccountId, Account> found = new HashMap<>();
        ids.forEach(id -> find(id).ifPresent(account -> found.put(id, account)));
        return found;
    }

    @Override
    public Optional<Account> byName(String name) {
        return transaction.tables().accountNames.get(name).flatMap(this::find);
    }

    @Override
    public List<Account> page(Optional<AccountId> after, int limit) {
        List<Account> found = new ArrayList<>();
        BiPredicate<AccountId, Account> visitor =
                (_, account) -> {
                    found.add(account);
                    return found.size() < limit;
                };
        var accounts = transaction.tables().accounts;
        after.ifPresentOrElse(id -> accounts.above(id, visitor), () -> accounts.all(visitor));
        return found;
    }

    @Override
    public List<Account> named(String prefix, Optional<Account> after, int limit) {
        String folded = Account.foldedName(prefix);
        List<Account> found = new ArrayList<>();
        transaction
                .tables()
                .accounts
                .all((_, account) -> {
                    if (Account.foldedName(account.name()).startsWith(folded)) {
                        found.add(account);
                    }
                    return true;
                });
        return found.stream()
                .filter(account ->
                        after.isEmpty() || BY_FOLDED_NAME.compare(account, after.get()) > 0)
                .sorted(BY_FOLDED_NAME)
                .limit(limit)
                .toList();
    }

    @Override
    public long count() {
        return transaction.tables().accounts.size();
    }

    @Override
    public Optional<Session> session(Hash token) {
        return transaction
                .tables()
                .sessions
                .get(token)
                .filter(session -> !isDisabled(transaction, session.account()));
    }

    @Override
    public void add(Account account) {
        Tables tables = transaction.tables();
        if (tables.accounts.has(account.id()) || tables.accountNames.has(account.name())) {
            throw transaction.taken("the account");
        }
        tables.accounts = tables.accounts.put(account.id(), account);
        tables.accountNames = tables.accountNames.put(account.name(), account.id());
    }

    @Override
    public boolean setPasswordHash(AccountId id, String passwordHash) {
        return change(id, account -> account.withPassword(passwordHash));
    }

    @Override
    public boolean setOperator(AccountId id, boolean operator) {
        return change(id, account -> account.withOperator(operator));
    }

    @Override
    public boolean setDisabled(AccountId id, boolean disabled) {
        return change(id, account -> account.withDisabled(disabled));
    }

    private boolean change(AccountId id, UnaryOperator<Account> to) {
        Tables tables = transaction.tables();
        Optional<Account> old = tables.accounts.get(id);
        old.ifPresent(account -> tables.accounts = tables.accounts.put(id, to.apply(account)));
        return old.isPresent();
    }

    static boolean isDisabled(MemoryTransaction transaction, AccountId id) {
        return transaction.tables().accounts.get(id).filter(Account::disabled).isPresent();
    }

    @Override
    public void addSession(Session session) {
        Tables tables = transaction.tables();
        if (tables.sessions.has(session.token())) {
            throw transaction.taken("the session");
        }
        tables.sessions = tables.sessions.put(session.token(), session);
    }

    @Override
    public boolean deleteSession(Hash token) {
        Tables tables = transaction.tables();
        boolean found = tables.sessions.has(token);
        tables.sessions = tables.sessions.remove(token);
        return found;
    }

    @Override
    public int deleteSessions(AccountId account) {
        List<Hash> tokens = new ArrayList<>();
        transaction
                .tables()
                .sessions
                .all((token, session) -> {
                    if (session.account().equals(account)) {
                        tokens.add(token);
                    }
                    return true;
                });
        tokens.forEach(this::deleteSession);
        return tokens.size();
    }
}
