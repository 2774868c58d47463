/** What the SQL adapters of the metadata have in common: the form of values. */
@NullMarked
package io.syncline.storage.metadata.column;

import org.jspecify.annotations.NullMarked;
