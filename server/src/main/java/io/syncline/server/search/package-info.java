/**
 * Search by name over a whole project. {@link io.syncline.server.search.Search} answers; {@link
 * io.syncline.server.search.NameFollower} lets the index of names follow the commits.
 */
@NullMarked
package io.syncline.server.search;

import org.jspecify.annotations.NullMarked;
