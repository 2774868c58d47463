/**
 * Makes a folder of jars start faster; run by {@code scripts/warm}, never by a command. Begin with
 * {@link Prepare}. What a command does may not depend on it: without it everything still works.
 */
@NullMarked
package io.syncline.cli.launch;

import org.jspecify.annotations.NullMarked;
