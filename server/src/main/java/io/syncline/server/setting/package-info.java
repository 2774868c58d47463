/**
 * What can be changed while the server runs: {@link io.syncline.server.setting.Setting} lists it,
 * {@link io.syncline.server.setting.RuntimeSettings} keeps it in the metadata, where all nodes
 * look.
 */
@NullMarked
package io.syncline.server.setting;

import org.jspecify.annotations.NullMarked;
