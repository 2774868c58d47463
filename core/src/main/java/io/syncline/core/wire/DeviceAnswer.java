package io.syncline.core.wire;

import io.syncline.core.tree.DeviceId;

/** The new device and its token, which is shown this once. */
public record DeviceAnswer(Secret token, DeviceId device) {}
