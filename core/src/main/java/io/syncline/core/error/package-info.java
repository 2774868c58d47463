/** Error codes and the one exception type. Start with {@link io.syncline.core.error.ErrorCode}. */
@NullMarked
package io.syncline.core.error;

import org.jspecify.annotations.NullMarked;
