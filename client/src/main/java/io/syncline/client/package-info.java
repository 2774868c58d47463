/**
 * Keeps one folder equal to a project: state, scan, watch, transfer, engine and daemon.
 *
 * <p>Deciding happens in {@code io.syncline.core}; this module looks, carries out and remembers. It
 * never sees {@code server} or {@code storage}.
 */
@NullMarked
package io.syncline.client;

import org.jspecify.annotations.NullMarked;
