package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Role;
import java.time.Instant;

/**
 * An invitation to a project.
 *
 * @param secret SHA-256 of the secret that the link spells
 * @param role what a joining account becomes
 * @param usesLeft how many may still join by it
 */
public record JoinLink(
        LinkId id, Hash secret, ProjectKey project, Role role, int usesLeft, Instant expires) {
    public JoinLink {
        expires = Millis.of(expires);
    }
}
