/**
 * Benchmarks: {@code ./bench} measures what the design's table of budgets asks for, each beside an
 * honestly written naive version in the same run.
 *
 * <p>Begin with {@code Bench}, which lists the rows. A row is measured from outside, through the
 * public API of a server that runs as a process of its own over a disk of its own, or with the
 * client's own program. Nothing here is a test: {@code BenchTest} runs the small sizes and looks at
 * the form of what comes out, never at times.
 */
@NullMarked
package io.syncline.system.bench;

import org.jspecify.annotations.NullMarked;
