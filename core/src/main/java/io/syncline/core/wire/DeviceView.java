package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import java.time.Instant;
import java.util.Optional;

/**
 * A device as its account, or an owner of a project that it joined, sees it.
 *
 * @param seen when it last asked for anything, absent if never
 * @param current whether it is the one that asks
 */
public record DeviceView(
        DeviceId id,
        String name,
        AccountId account,
        Instant created,
        Optional<Instant> seen,
        boolean revoked,
        boolean current) {}
