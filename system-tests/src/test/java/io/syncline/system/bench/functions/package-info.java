/**
 * Benchmarks of functions, measured by JMH: {@code ./bench --functions} runs them.
 *
 * <p>Begin with {@link io.syncline.system.bench.functions.Functions}, which runs them and reads
 * JMH's results. A class is a subject; its methods are functions over one and the same input, and
 * the one called {@code naive} does the same work in the plainest way. JMH extends the classes,
 * which is why they are public and not final. {@code FunctionsTest} runs each method once on a tiny
 * input, so that none rots.
 */
@NullMarked
package io.syncline.system.bench.functions;

import org.jspecify.annotations.NullMarked;
