package io.syncline.core.wire;

/** Makes a device of the session's account: the body of {@code POST /v1/devices}. */
public record DeviceRequest(String name) {
    public DeviceRequest {
        Label.check("the device's name", name);
    }
}
