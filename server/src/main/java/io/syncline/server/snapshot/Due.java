package io.syncline.server.snapshot;

import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a project needs a new snapshot, and how long old ones are kept. */
final class Due {
    /** Fewer changes than this are read from the feed in a page or two. */
    static final long CHANGES_MIN = 10_000;

    /** More changes than this part of the nodes are worth a new file. */
    static final long NODES_PART = 20;

    /** A snapshot that isn't of the head is made anew after this, so that the floor can follow. */
    static final Duration AGE_MAX = Duration.ofDays(7);

    /** A file can be read for so long after a newer one came: 47 MB at 600 bytes a second. */
    static final Duration KEPT = Duration.ofHours(24);

    /** Most files of one project, whatever their age: a bulk load makes one a minute. */
    static final int KEPT_MAX = 8;

    private Due() {}

    /** Whether a new one is wanted, given the newest. */
    static boolean isDue(Project project, Optional<Snapshot> newest, Instant now) {
        if (newest.isEmpty()) {
            return project.head() > threshold(project);
        }
        Snapshot last = newest.get();
        if (!last.cursor().epoch().equals(project.epoch())) {
            return true;
        }
        long changes = project.head() - last.cursor().sequence();
        return changes > threshold(project)
                || (changes > 0 && last.created().plus(AGE_MAX).isBefore(now));
    }

    private static long threshold(Project project) {
        return Math.max(CHANGES_MIN, project.nodes() / NODES_PART);
    }
}
