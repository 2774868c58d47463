/**
 * Tests of the whole: architecture rules, the simulator, end-to-end and crash tests, benchmarks.
 *
 * <p>May see every module; no module sees it. Begin with {@code ArchitectureTest}.
 */
@NullMarked
package io.syncline.system;

import org.jspecify.annotations.NullMarked;
