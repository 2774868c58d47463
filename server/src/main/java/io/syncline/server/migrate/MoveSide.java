package io.syncline.server.migrate;

import io.syncline.storage.block.BlockStore;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;

/**
 * The stores that a server leaves, or those that it comes into. No server uses them.
 *
 * @param name what people call them, without secrets
 */
public record MoveSide(String name, MetadataStore metadata, MetadataRows rows, BlockStore blocks) {}
