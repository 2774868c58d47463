package io.syncline.core.wire;

/**
 * What became of a chunk's blocks.
 *
 * @param stored blocks that were new
 * @param known blocks that were stored already
 */
public record ChunkAnswer(int stored, int known) {}
