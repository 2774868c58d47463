package io.syncline.storage.metadata;

import io.syncline.core.tree.NodeId;

/** A name's comparison key below a parent: what must be unique in a project of portable names. */
public record KeyPlace(NodeId parent, String nameKey) {}
