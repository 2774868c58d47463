package io.syncline.client.api;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import java.time.Instant;
import java.util.Optional;

/**
 * A device as its account, or the owner of a project that it joined, sees it.
 *
 * @param seen when it last asked for anything
 * @param revoked whether its token is refused
 * @param current whether it is the one that asks
 */
public record DeviceSummary(
        DeviceId id,
        String name,
        AccountId account,
        Instant created,
        Optional<Instant> seen,
        boolean revoked,
        boolean current) {}
