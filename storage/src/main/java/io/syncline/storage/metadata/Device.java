package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.util.Optional;

/**
 * One installation of the client.
 *
 * @param name what people call it; not unique
 * @param token SHA-256 of its token; unique
 * @param seen when it last asked anything, to within the caller's precision
 * @param revoked when its token was refused from; a revoked device is kept, because nodes name it
 */
public record Device(
        DeviceId id,
        AccountId account,
        String name,
        Hash token,
        Instant created,
        Instant seen,
        Optional<Instant> revoked) {
    public Device {
        created = Millis.of(created);
        seen = Millis.of(seen);
        revoked = revoked.map(Millis::of);
    }
}
