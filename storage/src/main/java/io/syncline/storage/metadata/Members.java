package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.Role;
import java.util.List;
import java.util.Optional;

/** Who may do what in one project. */
public interface Members {
    /** The account's role; absent without membership. */
    Optional<Role> role(AccountId account);

    /** All members in order of name. */
    List<Member> list();

    /** How many members have this role. */
    int count(Role role);

    /** With the mutations. */
    interface Writable extends Members {
        /** Makes the account a member with this role, whatever it was before. */
        void put(AccountId account, Role role);

        /** Ends the membership; false when there was none. */
        boolean remove(AccountId account);
    }
}
