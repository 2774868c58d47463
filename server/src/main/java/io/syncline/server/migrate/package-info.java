/**
 * Moving a server from one kind of stores to another, {@code syncline admin migrate}: begin with
 * {@link io.syncline.server.migrate.Migration}. Works on ports only; {@code Backends} opens them.
 */
@NullMarked
package io.syncline.server.migrate;

import org.jspecify.annotations.NullMarked;
