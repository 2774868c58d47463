package io.syncline.client.disk;

/**
 * What the file system of a root can hold and do, found by trying.
 *
 * @param executableBit whether the executable bit is kept (R23)
 * @param symlinks whether symbolic links can be made
 * @param hardLinks whether a file can have two names
 * @param exchange whether two names can be exchanged atomically, so that {@link Disk#replace} sees
 *     what it displaced
 * @param birthTimes whether files have a birth time, so that an identity proves a move (R21)
 * @param mtimeGranularityNanos the step in which modification times are kept: two writes within it
 *     may look like one
 */
public record DiskTraits(
        boolean executableBit,
        boolean symlinks,
        boolean hardLinks,
        boolean exchange,
        boolean birthTimes,
        long mtimeGranularityNanos) {}
