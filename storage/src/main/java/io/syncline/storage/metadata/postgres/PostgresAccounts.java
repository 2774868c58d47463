package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Accounts;
import io.syncline.storage.metadata.Session;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class PostgresAccounts implements Accounts.Writable {
    private static final String COLUMNS =
            "SELECT id, name, password_hash, created, operator, disabled FROM account";

    private final PostgresTransaction transaction;

    PostgresAccounts(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    private static Account read(ResultSet row) throws SQLException {
        return new Account(
                new AccountId(Values.id(row, 1)),
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                Values.time(row, 4),
                row.getBoolean(5),
                row.getBoolean(6));
    }

    @Override
    public Optional<Account> find(AccountId id) {
        return transaction.one(
                PostgresAccounts::read, COLUMNS + " WHERE id = ?", Values.id(id.value()));
    }

    @Override
    public Map<AccountId, Account> find(Collection<AccountId> ids) {
        Map<AccountId, Account> found = new HashMap<>();
        transaction
                .lookUp(
                        PostgresAccounts::read,
                        COLUMNS + " WHERE id = ANY (?)",
                        ids.stream().distinct().map(id -> Values.id(id.value())).toList())
                .forEach(account -> found.put(account.id(), account));
        return found;
    }

    @Override
    public Optional<Account> byName(String name) {
        return transaction.one(PostgresAccounts::read, COLUMNS + " WHERE name = ?", name);
    }

    @Override
    public List<Account> page(Optional<AccountId> after, int limit) {
        return after.isEmpty()
                ? transaction.list(PostgresAccounts::read, COLUMNS + " ORDER BY id LIMIT ?", limit)
                : transaction.list(
                        PostgresAccounts::read,
                        COLUMNS + " WHERE id > ? ORDER BY id LIMIT ?",
                        Values.id(after.get().value()),
                        limit);
    }

    @Override
    public List<Account> named(String prefix, Optional<Account> after, int limit) {
        String from = Account.foldedName(prefix);
        // Both bounds are of the index account_folded_name.
        return after.isEmpty()
                ? transaction.list(
                        PostgresAccounts::read,
                        COLUMNS
                                + " WHERE lower(name) >= ? AND lower(name) < ?"
                                + " ORDER BY lower(name), name LIMIT ?",
                        from,
                        Account.beyond(from),
                        limit)
                : transaction.list(
                        PostgresAccounts::read,
                        COLUMNS
                                + " WHERE (lower(name), name) > (?, ?)"
                                + " AND lower(name) < ?"
                                + " ORDER BY lower(name), name LIMIT ?",
                        Account.foldedName(after.get().name()),
                        after.get().name(),
                        Account.beyond(from),
                        limit);
    }

    @Override
    public long count() {
        return transaction.one(row -> row.getLong(1), "SELECT count(*) FROM account").orElse(0L);
    }

    @Override
    public Optional<Session> session(Hash token) {
        return transaction.one(
                row ->
                        new Session(
                                token,
                                new AccountId(Values.id(row, 1)),
                                Values.time(row, 2),
                                Values.time(row, 3)),
                "SELECT account, created, expires FROM session WHERE token = ?"
                        + " AND NOT EXISTS (SELECT 1 FROM account"
                        + " WHERE account.id = session.account AND disabled)",
                token.toBytes());
    }

    @Override
    public void add(Account account) {
        transaction.need(Lock.INSTALLATION);
        transaction.update(
                "INSERT INTO account (id, name, password_hash, created, operator, disabled)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                Values.id(account.id().value()),
                account.name(),
                account.passwordHash().orElse(null),
                account.created().toEpochMilli(),
                account.operator(),
                account.disabled());
    }

    @Override
    public boolean setPasswordHash(AccountId id, String passwordHash) {
        return transaction.update(
                        "UPDATE account SET password_hash = ? WHERE id = ?",
                        passwordHash,
                        Values.id(id.value()))
                > 0;
    }

    @Override
    public boolean setOperator(AccountId id, boolean operator) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update(
                        "UPDATE account SET operator = ? WHERE id = ?",
                        operator,
                        Values.id(id.value()))
                > 0;
    }

    @Override
    public boolean setDisabled(AccountId id, boolean disabled) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update(
                        "UPDATE account SET disabled = ? WHERE id = ?",
                        disabled,
                        Values.id(id.value()))
                > 0;
    }

    @Override
    public void addSession(Session session) {
        transaction.update(
                "INSERT INTO session (token, account, created, expires) VALUES (?, ?, ?, ?)",
                session.token().toBytes(),
                Values.id(session.account().value()),
                session.created().toEpochMilli(),
                session.expires().toEpochMilli());
    }

    @Override
    public boolean deleteSession(Hash token) {
        return transaction.update("DELETE FROM session WHERE token = ?", token.toBytes()) > 0;
    }

    @Override
    public int deleteSessions(AccountId account) {
        return transaction.update(
                "DELETE FROM session WHERE account = ?", Values.id(account.value()));
    }
}
