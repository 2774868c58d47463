/** Holds the files in {@code deploy/} against the program that they start. */
@NullMarked
package io.syncline.system.deployment;

import org.jspecify.annotations.NullMarked;
