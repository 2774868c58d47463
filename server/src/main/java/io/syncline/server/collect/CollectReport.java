package io.syncline.server.collect;

import io.syncline.core.tree.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a collection of one project did so far; in a dry run, what it would have done.
 *
 * @param phase what it is at; {@link Phase#DONE} at the end
 * @param took from start until now
 * @param blocks that the project has, condemned ones included
 * @param reachable blocks that are needed
 * @param young unneeded blocks that are too young to be judged (R26)
 * @param condemned now
 * @param revived condemned blocks that turned out to be needed
 * @param waiting condemned blocks that wait for the backup horizon or the cap
 * @param deleted blocks whose rows were deleted
 * @param deletedBytes of their frames, which compaction frees
 * @param quarantined blocks that are damaged now (R25)
 * @param healed quarantined blocks that could be read after all
 * @param packs with their bytes
 * @param packBytes of all packs
 * @param packsRewritten whose frames were copied, because they were half empty or small
 * @param copiedBytes of those frames
 * @param packsSuperseded that nothing points into any more, to be deleted after the horizon
 * @param packsDeleted now
 * @param freedBytes of deleted packs
 * @param capped whether more would have been deleted or copied without the bounds of a run
 * @param stopped why it ended early, where nothing was wrong: the project was too busy
 */
public record CollectReport(
        ProjectId project,
        boolean dryRun,
        Phase phase,
        Instant started,
        Duration took,
        long blocks,
        long reachable,
        long young,
        long condemned,
        long revived,
        long waiting,
        long deleted,
        long deletedBytes,
        long quarantined,
        long healed,
        long packs,
        long packBytes,
        long packsRewritten,
        long copiedBytes,
        long packsSuperseded,
        long packsDeleted,
        long freedBytes,
        boolean capped,
        Optional<String> stopped) {
    /** What a collection does, in this order. */
    public enum Phase {
        MARKING,
        CONDEMNING,
        COMPACTING,
        DONE
    }
}
