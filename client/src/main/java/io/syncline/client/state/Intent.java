package io.syncline.client.state;

import io.syncline.core.tree.NodeId;

/**
 * Something that is about to happen on disk and must be understood after a crash (R6, R12); written
 * durably before the disk is touched.
 *
 * @param id chosen by the writer, unique among the open intents
 * @param node the node whose disk state changes
 * @param kind which of the engine's intents this is
 * @param body its members as JSON; the engine's affair
 */
public record Intent(long id, NodeId node, String kind, String body) {}
