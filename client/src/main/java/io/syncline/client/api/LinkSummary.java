package io.syncline.client.api;

import io.syncline.core.wire.Role;
import java.time.Instant;

/**
 * A join link that may still be used, without its secret.
 *
 * @param usesLeft how many devices may still join by it
 */
public record LinkSummary(String id, Role role, int usesLeft, Instant expires) {}
