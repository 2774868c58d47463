package io.syncline.core.wire;

/**
 * Something that was deleted and not re-created since.
 *
 * @param entry the deletion; its node is the tombstone with the item that was deleted
 * @param path where the node was, by the names that its directories have now or had last
 */
public record Deletion(LogEntry entry, String path) {}
