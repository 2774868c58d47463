/**
 * Hears of changes on disk as they happen. Start with {@link io.syncline.client.watch.Watcher}. It
 * names directories to look at again; what happened there only a scan knows.
 */
@NullMarked
package io.syncline.client.watch;

import org.jspecify.annotations.NullMarked;
