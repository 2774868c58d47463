/**
 * A directory's children, in pages and in every order: the pages, the map of where they begin, and
 * where a name is among them. Start with {@link io.syncline.server.listing.ListingRoutes}. Nothing
 * is changed here.
 */
@NullMarked
package io.syncline.server.listing;

import org.jspecify.annotations.NullMarked;
