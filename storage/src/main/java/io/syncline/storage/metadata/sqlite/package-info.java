/**
 * Metadata in one SQLite file: the embedded default.
 *
 * <p>{@link io.syncline.storage.metadata.sqlite.SqliteMetadataStore} opens it. All writes go
 * through one thread, {@code Writer}, which gathers the waiting ones into one database transaction
 * and so into one flush; reads use a bounded pool of connections, each read being one snapshot of
 * the WAL. The other classes are one per feature: SQL and rows, no decisions. The schema is in the
 * numbered files beside this package's classes.
 */
@NullMarked
package io.syncline.storage.metadata.sqlite;

import org.jspecify.annotations.NullMarked;
