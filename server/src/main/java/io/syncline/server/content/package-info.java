/**
 * A file's plain bytes, for browsers and curl. Start with {@link
 * io.syncline.server.content.Contents}.
 */
@NullMarked
package io.syncline.server.content;

import org.jspecify.annotations.NullMarked;
