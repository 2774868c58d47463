package io.syncline.core.lineage;

import io.syncline.core.tree.Epoch;

/**
 * An earlier epoch that leads to the present one.
 *
 * @param fork the last sequence of it that belongs to the present history
 * @param shared up to where a reader that went on in it beyond the fork shares the present history:
 *     {@code fork} after a restore that was announced, 0 where it isn't known
 */
public record Ancestor(Epoch epoch, long fork, long shared) {}
