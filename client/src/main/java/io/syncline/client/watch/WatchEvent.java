package io.syncline.client.watch;

import io.syncline.client.disk.LocalPath;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a watcher has heard. */
public sealed interface WatchEvent {
    /**
     * Entries of these directories came, went or changed, or the directories are new. Parents and
     * new children are both named; a directory that is gone by now may be among them.
     */
    record Dirty(Set<LocalPath> directories) implements WatchEvent {
        public Dirty {
            directories = Collections.unmodifiableSet(new LinkedHashSet<>(directories));
        }
    }

    /** Something was missed: scan everything. */
    record Overflow(String why) implements WatchEvent {}

    /**
     * Not every directory can be watched; those that aren't are found by periodic full scans only.
     *
     * @param watched how many directories are watched
     * @param advice for people: what to do about it
     */
    record Limited(int watched, String advice) implements WatchEvent {}

    /** Nothing happened within the time given. */
    record Quiet() implements WatchEvent {}
}
