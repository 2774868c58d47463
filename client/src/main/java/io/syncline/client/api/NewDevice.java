package io.syncline.client.api;

import io.syncline.core.tree.DeviceId;

/** A device enrolled by its signed-in owner: the answer to {@code POST /v1/devices}. */
public record NewDevice(Token token, DeviceId device) {}
