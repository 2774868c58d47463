/**
 * Who did what, from where: {@link io.syncline.server.audit.Audit} is told of each act that people
 * may ask about later, and writes it down once it was done.
 */
@NullMarked
package io.syncline.server.audit;

import org.jspecify.annotations.NullMarked;
