/**
 * Fuzzing of everything that decodes bytes from outside. Start with {@link
 * io.syncline.system.fuzz.Targets}: a {@link io.syncline.system.fuzz.Target} is a decoder with the
 * property that it is to have, whatever the input. {@code FuzzTest} runs them briefly in each
 * build, {@code ./fuzz} for as long as one likes, guided by coverage. {@code docs/fuzzing.md} says
 * what is looked at and what was found.
 */
@NullMarked
package io.syncline.system.fuzz;

import org.jspecify.annotations.NullMarked;
