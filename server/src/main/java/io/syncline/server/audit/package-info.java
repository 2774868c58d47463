/**
 * Who did what, from where: {@link io.syncline.server.audit.Audit} writes each act that people may
 * ask about later down with it.
 */
@NullMarked
package io.syncline.server.audit;

import org.jspecify.annotations.NullMarked;
