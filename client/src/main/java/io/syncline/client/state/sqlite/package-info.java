/**
 * The state store in one SQLite file, with its numbered migrations. Start with {@link
 * io.syncline.client.state.sqlite.SqliteStateStore}. Only the wiring class names it.
 */
@NullMarked
package io.syncline.client.state.sqlite;

import org.jspecify.annotations.NullMarked;
