/**
 * Checks of an operator's own database, bucket and bus before they are trusted: what the ports
 * promise, tried through the ports by two clients at once, as two nodes would. Start with {@link
 * io.syncline.server.check.StorageReport}. (The idea is Kopia's provider validation.)
 */
@NullMarked
package io.syncline.server.check;

import org.jspecify.annotations.NullMarked;
