/**
 * How three trees become a plan. Start with {@link io.syncline.core.plan.Step}. Pure: a function
 * from a view of the trees to steps; carrying them out is the client's affair.
 */
@NullMarked
package io.syncline.core.plan;

import org.jspecify.annotations.NullMarked;
