package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;

/** An account's membership in a project. */
public record Member(AccountId account, String name, Role role) {}
