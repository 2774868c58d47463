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

    /** What is here and not in the other; negative where there is more. */
    public Usage minus(Usage other) {
        return new Usage(
                contentBytes - other.contentBytes,
                frameBytes - other.frameBytes,
                blockBytes - other.blockBytes,
                blocks - other.blocks);
    }
}
