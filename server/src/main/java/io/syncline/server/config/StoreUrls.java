package io.syncline.server.config;

import io.syncline.core.wire.Secret;
import java.net.URI;
import java.util.Optional;

/**
 * Where a server keeps what it keeps. An absent URL is the embedded store: SQLite and packs in the
 * data folder, events within the process.
 *
 * @param metadata {@code postgresql://…}
 * @param blocks {@code s3://…}; snapshots' files go there too
 * @param blocksAccessKey with {@code blocksSecretKey}: else what the S3 library finds by itself
 * @param events {@code redis://…} or {@code rediss://…}
 */
public record StoreUrls(
        Optional<URI> metadata,
        Optional<Secret> metadataPassword,
        Optional<URI> blocks,
        Optional<Secret> blocksAccessKey,
        Optional<Secret> blocksSecretKey,
        Optional<URI> events,
        Optional<Secret> eventsPassword) {
    /** All embedded. */
    public static final StoreUrls EMBEDDED =
            new StoreUrls(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /** Whether all is in the data folder and the process. */
    public boolean isEmbedded() {
        return metadata.isEmpty() && blocks.isEmpty() && events.isEmpty();
    }
}
