/**
 * Reading a project's tree: single nodes, paths, history. Start with {@link
 * io.syncline.server.node.NodeRoutes}. Nothing is changed here.
 */
@NullMarked
package io.syncline.server.node;

import org.jspecify.annotations.NullMarked;
