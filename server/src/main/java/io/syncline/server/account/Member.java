package io.syncline.server.account;

import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.Project;

/**
 * A caller in a project.
 *
 * @param project as it was when the request was let in
 */
public record Member(Caller caller, Project project, Role role) {}
