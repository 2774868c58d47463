/** Holds {@code docs/scenarios.md}, how other tools lost data, against the tests that it names. */
@NullMarked
package io.syncline.system.scenarios;

import org.jspecify.annotations.NullMarked;
