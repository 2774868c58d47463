package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.Role;

/** A member as the project sees it, with the account's name. */
public record Member(AccountId account, String name, Role role) {}
