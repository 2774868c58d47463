/**
 * How three trees become a plan. Start with {@link io.syncline.core.plan.Step}, which says what a
 * plan may contain and what each step makes of the trees; {@link io.syncline.core.plan.Trees} is
 * what a planner may ask, {@link io.syncline.core.plan.Planner} the door.
 *
 * <p>Inside, {@code Round} makes one plan: {@code Subjects} looks nodes up and judges their {@code
 * Fate}, {@code Places}, {@code Items} and {@code Removals} decide where each belongs, what it
 * holds and what goes, {@code Disk} and {@code Outbox} put the two sides' needs in order by means
 * of {@code Order}.
 *
 * <p>Pure: a function from a view of the trees to steps; carrying them out is the client's affair.
 */
@NullMarked
package io.syncline.core.plan;

import org.jspecify.annotations.NullMarked;
