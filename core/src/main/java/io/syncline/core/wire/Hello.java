package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.util.List;

/**
 * What a server says about itself to anybody: the answer to {@code GET /v1/hello}.
 *
 * @param protocolMin the lowest protocol version it understands
 * @param protocolMax the highest
 * @param capabilities words for what it can do beyond that (R43)
 */
public record Hello(
        String product,
        String version,
        int protocolMin,
        int protocolMax,
        List<String> capabilities) {
    public Hello {
        capabilities = List.copyOf(capabilities);
        if (protocolMin < 1 || protocolMax < protocolMin) {
            throw SynclineException.invalid("a protocol range is 1 <= min <= max");
        }
    }
}
