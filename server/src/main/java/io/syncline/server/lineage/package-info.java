/**
 * Whether a caller's history is this server's (R2, R3): the server's signature under heads, and
 * what happens when somebody shows one that this server doesn't remember. Start with {@link
 * io.syncline.server.lineage.Proofs}; what it decides is {@link io.syncline.core.lineage.Lineage}.
 */
@NullMarked
package io.syncline.server.lineage;

import org.jspecify.annotations.NullMarked;
