/**
 * Crashes where they hurt most: processes of the product that end, or whose file system loses
 * power, at a named place in the code. Start with {@link io.syncline.system.crash.CrashPoints}, the
 * table of places, then {@link io.syncline.system.crash.CrashLoop}, which visits them. Nothing in
 * the product knows of this: {@link io.syncline.system.crash.CrashAgent} puts the places into its
 * classes when a process starts.
 */
@NullMarked
package io.syncline.system.crash;

import org.jspecify.annotations.NullMarked;
