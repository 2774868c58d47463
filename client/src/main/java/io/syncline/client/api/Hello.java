package io.syncline.client.api;

import java.util.List;

/**
 * What a server says of itself before anyone signs in: the answer to {@code GET /v1/hello} (R43).
 *
 * @param protocolMin the oldest protocol version that it understands
 * @param protocolMax the newest
 * @param capabilities names of what it can do beyond the protocol version
 */
public record Hello(
        String product,
        String version,
        int protocolMin,
        int protocolMax,
        List<String> capabilities) {
    public Hello {
        capabilities = List.copyOf(capabilities);
    }
}
