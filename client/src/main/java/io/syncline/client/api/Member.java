package io.syncline.client.api;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.Role;

/** An account's membership in a project. */
public record Member(AccountId account, String name, Role role) {}
