/**
 * Names beyond their exact spelling: which ones people or file systems can't tell apart ({@link
 * io.syncline.core.name.NameKey}), and how a device spells a name that its file system can't hold
 * or can't tell from another ({@link io.syncline.core.name.LocalNames}, R30). Start with the
 * latter. {@code docs/formats.md} specifies the spelling, with test vectors. Nothing here renames
 * anything on the server.
 */
@NullMarked
package io.syncline.core.name;

import org.jspecify.annotations.NullMarked;
