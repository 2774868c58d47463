/**
 * Metadata in PostgreSQL, for servers of several nodes.
 *
 * <p>{@link io.syncline.storage.metadata.postgres.PostgresMetadataStore} opens it at a {@link
 * io.syncline.storage.metadata.postgres.PostgresAddress}. Writes go through {@code Lanes}, which
 * gather the waiting ones into shared transactions and so into shared flushes; reads use a bounded
 * pool of connections, each read being one snapshot. {@code PostgresTransaction} tells how works of
 * several nodes are kept apart. The other classes are one per feature: SQL and rows, no decisions.
 * The schema is in the numbered files beside this package's classes.
 */
@NullMarked
package io.syncline.storage.metadata.postgres;

import org.jspecify.annotations.NullMarked;
