/**
 * How much one account, and one device of it, may ask for: a bound against clients that run away,
 * far above what a healthy one does. Begin with {@link io.syncline.server.rate.Rates}; who calls is
 * found out by {@code server.account}.
 */
@NullMarked
package io.syncline.server.rate;

import org.jspecify.annotations.NullMarked;
