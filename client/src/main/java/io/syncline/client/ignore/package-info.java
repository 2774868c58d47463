/**
 * What is never synced: the rules of {@code .synclineignore} files, in git's syntax. Start with
 * {@link io.syncline.client.ignore.Ignores}. The only package that imports JGit, of which it uses
 * the matcher alone.
 */
@NullMarked
package io.syncline.client.ignore;

import org.jspecify.annotations.NullMarked;
