package io.syncline.storage.metadata;

/**
 * What a project holds.
 *
 * @param contentBytes the content of its live nodes
 * @param frameBytes the stored frames of its blocks, history's and condemned ones included
 * @param blockBytes the same blocks, plain
 * @param blocks how many they are
 */
public record Usage(long contentBytes, long frameBytes, long blockBytes, long blocks) {
    /** What an empty project holds. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);
}
