/**
 * The shell scripts that build and start the program, run in a small checkout made for the test;
 * begin with {@link LauncherTest}. The real program isn't needed here: what it does is another
 * package's matter.
 */
@NullMarked
package io.syncline.system.launcher;

import org.jspecify.annotations.NullMarked;
