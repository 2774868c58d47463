package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * A person or a machine that owns devices and is a member of projects.
 *
 * @param name unique, as given; compared code point by code point
 * @param passwordHash the whole encoded hash with its parameters; absent for an account that was
 *     made by a join link and can't log in by password
 * @param operator whether it may operate the server
 * @param disabled whether its devices and sessions are refused
 */
public record Account(
        AccountId id,
        String name,
        Optional<String> passwordHash,
        Instant created,
        boolean operator,
        boolean disabled) {
    public Account {
        created = Millis.of(created);
    }

    /**
     * A name as it is looked for: with A..Z in lower case, as databases do it in every locale.
     * Other letters count as spelt.
     */
    public static String foldedName(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    /** What sorts behind every name that begins with this folded text: no character is higher. */
    public static String beyond(String folded) {
        return folded + "\uDBFF\uDFFF";
    }

    /** The same with another password. */
    public Account withPassword(String hash) {
        return new Account(id, name, Optional.of(hash), created, operator, disabled);
    }

    /** The same as an operator, or as none. */
    public Account withOperator(boolean is) {
        return new Account(id, name, passwordHash, created, is, disabled);
    }

    /** The same, disabled or enabled. */
    public Account withDisabled(boolean is) {
        return new Account(id, name, passwordHash, created, operator, is);
    }

    /** An account that is neither an operator nor disabled. */
    public Account(AccountId id, String name, Optional<String> passwordHash, Instant created) {
        this(id, name, passwordHash, created, false, false);
    }
}
