/**
 * Three ports, {@code metadata}, {@code block} and {@code event}, each with its adapters beneath it
 * and one contract suite that all adapters pass.
 *
 * <p>Nothing here knows HTTP, accounts or devices' folders. Only {@code io.syncline.server.Server}
 * names a concrete adapter.
 */
@NullMarked
package io.syncline.storage;

import org.jspecify.annotations.NullMarked;
