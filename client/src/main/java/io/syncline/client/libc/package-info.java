/**
 * The few Linux system calls that the JDK doesn't offer, by the foreign-function API. Start with
 * {@link io.syncline.client.libc.Libc}. It knows numbers, layouts and errno, and decides nothing;
 * only {@code client.disk} and {@code client.watch} use it.
 */
@NullMarked
package io.syncline.client.libc;

import org.jspecify.annotations.NullMarked;
