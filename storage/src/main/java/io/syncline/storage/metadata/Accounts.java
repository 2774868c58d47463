package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Accounts and browser sessions. */
public interface Accounts {
    /** The account with this id. */
    Optional<Account> find(AccountId id);

    /** The accounts with these ids; unknown ones are left out. */
    Map<AccountId, Account> find(Collection<AccountId> ids);

    /** The account with exactly this name. */
    Optional<Account> byName(String name);

    /** A page of all accounts in order of id. */
    List<Account> page(Optional<AccountId> after, int limit);

    /**
     * A page of the accounts whose {@linkplain Account#foldedName folded name} begins with that of
     * this text, in order of it and then of the name; an empty text is that of all. Each costs a
     * step in an index, however many there are.
     *
     * @param after the account that the page before ended with
     */
    List<Account> named(String prefix, Optional<Account> after, int limit);

    /** How many accounts there are. */
    long count();

    /**
     * The session whose token has this SHA-256, expired or not: the caller looks at {@code
     * expires}. Absent while its account is disabled.
     */
    Optional<Session> session(Hash token);

    /** With the mutations. */
    interface Writable extends Accounts {
        /** Adds an account; {@code STALE} when its name or id is taken. */
        void add(Account account);

        /** Replaces the password's hash; false when there is no such account. */
        boolean setPasswordHash(AccountId id, String passwordHash);

        /** Makes it an operator, or none; false when there is no such account. */
        boolean setOperator(AccountId id, boolean operator);

        /** Disables or enables it; false when there is no such account. */
        boolean setDisabled(AccountId id, boolean disabled);

        /** Adds a session; {@code STALE} when its token exists. */
        void addSession(Session session);

        /** Ends a session; false when there was none. */
        boolean deleteSession(Hash token);

        /** Ends all sessions of an account and says how many there were. */
        int deleteSessions(AccountId account);
    }
}
