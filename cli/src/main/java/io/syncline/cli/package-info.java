/**
 * The command line: one class per command, beginning at {@code Main}.
 *
 * <p>A command reads its arguments, calls {@code client} or {@code server}, and prints. Nothing is
 * decided here.
 */
@NullMarked
package io.syncline.cli;

import org.jspecify.annotations.NullMarked;
