package io.syncline.core.wire;

/** Sets a member's role: the body of {@code PUT /v1/projects/{p}/members/{account}}. */
public record RoleRequest(Role role) {}
