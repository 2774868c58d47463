package io.syncline.storage.metadata;

import io.syncline.core.wire.Role;

/** A project as one of its members sees it. */
public record Membership(Project project, Role role) {}
