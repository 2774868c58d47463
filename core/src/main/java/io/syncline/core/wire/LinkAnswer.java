package io.syncline.core.wire;

import java.time.Instant;

/**
 * A new join link; its secret is shown this once.
 *
 * @param id names the link in {@code DELETE /v1/projects/{p}/links/{id}}
 * @param link what a person hands on; {@link JoinLink} parses it
 */
public record LinkAnswer(
        String id, Secret secret, Secret link, Role role, int uses, Instant expires) {}
