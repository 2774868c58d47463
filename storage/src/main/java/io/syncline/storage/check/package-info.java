/**
 * What a look at a foreign service found; adapters that know more of their service than the port
 * says look themselves.
 */
@NullMarked
package io.syncline.storage.check;

import org.jspecify.annotations.NullMarked;
