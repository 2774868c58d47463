package io.syncline.server.operator;

import io.syncline.core.tree.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * What there is, as it was at a time.
 *
 * @param nodes live nodes
 * @param contentBytes of live nodes
 * @param blockBytes of blocks, plain
 * @param storedBytes of blocks, as they are stored
 * @param packs where they are files
 * @param packBytes where packs are files
 * @param devices that aren't revoked, browsers not counted
 * @param seen how many of them were seen within a day
 * @param largest the projects that have stored the most, in that order
 */
record Totals(
        Instant at,
        Duration took,
        long projects,
        long nodes,
        long contentBytes,
        long blocks,
        long blockBytes,
        long storedBytes,
        OptionalLong packs,
        OptionalLong packBytes,
        long accounts,
        long devices,
        long seen,
        List<Size> largest) {
    /** A project and what it has stored. */
    record Size(ProjectId id, long storedBytes) {}
}
