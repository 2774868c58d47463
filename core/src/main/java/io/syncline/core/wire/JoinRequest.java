package io.syncline.core.wire;

/**
 * Uses a join link: the body of {@code POST /v1/join}.
 *
 * @param deviceName what people will call the new device
 */
public record JoinRequest(Secret secret, String deviceName) {
    public JoinRequest {
        Label.check("the device's name", deviceName);
    }
}
