package io.syncline.client.engine;

import io.syncline.client.disk.DiskTraits;
import io.syncline.core.tree.ReplicaId;

/**
 * What one folder's engine is told at its start.
 *
 * @param folder the folder's label for people, shown to members by checkpoints
 * @param readOnly whether the member may only read (R29)
 * @param coalesceMillis how long after the first hint the scan waits for more
 * @param settleMillis how long a file must have been left alone before it is read; more than the
 *     step of the clock by which systems stamp files: 1..10 ms on Linux, 15.6 ms on Windows
 * @param timeStepMillis the step in which the disk keeps times: two writes within it look like one
 * @param brakeNodes deletes within {@link Brake#WINDOW_MILLIS} that are never questioned (R28)
 * @param brakePercent beyond that many nodes, deletes of more than this share of them stop the
 *     folder
 */
public record EngineSettings(
        ReplicaId replica,
        String folder,
        boolean readOnly,
        long coalesceMillis,
        long settleMillis,
        long timeStepMillis,
        long brakeNodes,
        int brakePercent) {
    /** The defaults: 20 and 30 ms; more than 1,000 nodes and more than a quarter of the folder. */
    public static EngineSettings of(ReplicaId replica, String folder, boolean readOnly) {
        return new EngineSettings(replica, folder, readOnly, 20, 30, 0, 1_000, 25);
    }

    /** The same, for a folder on such a disk. */
    public EngineSettings on(DiskTraits disk) {
        long step = Math.ceilDiv(disk.mtimeGranularityNanos(), 1_000_000L);
        return new EngineSettings(
                replica,
                folder,
                readOnly,
                coalesceMillis,
                settleMillis,
                step,
                brakeNodes,
                brakePercent);
    }

    /** Whether a file that has settled can be written again within the same step of time. */
    boolean areTimesCoarse() {
        return timeStepMillis > settleMillis;
    }
}
