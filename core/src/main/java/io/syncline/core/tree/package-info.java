/**
 * What a tree of nodes is: ids, names, items, contents, cursors and the digest over all live nodes.
 * Start with {@link io.syncline.core.tree.Node}. Values only.
 */
@NullMarked
package io.syncline.core.tree;

import org.jspecify.annotations.NullMarked;
