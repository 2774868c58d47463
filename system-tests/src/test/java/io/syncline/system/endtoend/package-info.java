/**
 * End-to-end tests: real processes, real folders, real sockets. Start with {@link
 * io.syncline.system.endtoend.TwoDevicesTest}. {@link io.syncline.system.endtoend.Deployment}
 * starts and stops what a test needs; {@link io.syncline.system.endtoend.Folders} compares folders
 * without any of Syncline's own code.
 */
@NullMarked
package io.syncline.system.endtoend;

import org.jspecify.annotations.NullMarked;
