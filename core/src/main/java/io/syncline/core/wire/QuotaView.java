package io.syncline.core.wire;

import java.util.OptionalLong;

/**
 * What a project holds and may hold; an absent limit is none.
 *
 * @param bytes content of live nodes
 * @param nodes live nodes
 * @param storedBytes frames of blocks, history's included
 */
public record QuotaView(
        long bytes,
        long nodes,
        long storedBytes,
        OptionalLong bytesMax,
        OptionalLong nodesMax,
        OptionalLong storedBytesMax) {}
