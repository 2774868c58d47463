/**
 * What a tree is, how content is cut and hashed, how three trees become a plan, and what goes over
 * the wire.
 *
 * <p>Pure: nothing here or below opens a file or a socket, reads a clock, draws a random number,
 * starts a thread or logs. Time and randomness are handed in.
 */
@NullMarked
package io.syncline.core;

import org.jspecify.annotations.NullMarked;
