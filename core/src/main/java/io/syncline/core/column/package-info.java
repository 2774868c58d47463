/**
 * Numbers and bytes of many things of one kind, each property after the other: what snapshots and
 * pages of listings are made of. {@code docs/formats.md} says which columns they have; the integers
 * are LEB128 (DWARF 5, §7.6), signed ones zigzagged.
 */
@NullMarked
package io.syncline.core.column;

import org.jspecify.annotations.NullMarked;
