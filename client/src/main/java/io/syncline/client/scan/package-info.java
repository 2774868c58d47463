/**
 * Compares what is on disk with what is known and says what differs. Start with {@link
 * io.syncline.client.scan.Scanner} and {@link io.syncline.client.scan.Observation}. Reads no file's
 * content, changes nothing, and decides nothing about the server.
 */
@NullMarked
package io.syncline.client.scan;

import org.jspecify.annotations.NullMarked;
