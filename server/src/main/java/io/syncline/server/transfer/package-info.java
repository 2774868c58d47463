/**
 * What the devices say of their uploads and downloads under way. {@link
 * io.syncline.server.transfer.TransferBoard} keeps it in memory for as long as the device says
 * something, and hands it to the event bus; none of it is ever history.
 */
@NullMarked
package io.syncline.server.transfer;

import org.jspecify.annotations.NullMarked;
