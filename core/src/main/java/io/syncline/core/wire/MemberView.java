package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;

/** A member of a project. */
public record MemberView(AccountId account, String name, Role role) {}
