/**
 * Work that a server does unasked, now and then: how it is timed, reported and ended. What is done
 * belongs to the features.
 */
@NullMarked
package io.syncline.server.background;

import org.jspecify.annotations.NullMarked;
