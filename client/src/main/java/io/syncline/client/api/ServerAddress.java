package io.syncline.client.api;

import io.syncline.core.error.SynclineException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a server is and whom to trust there.
 *
 * @param origin {@code http} or {@code https}, host and port; no path
 * @param trusted a PEM file of certificates: if present these alone are trusted, as the server's
 *     own certificate or as the authority that signed it; else the system's authorities
 */
public record ServerAddress(URI origin, Optional<Path> trusted) {
    public ServerAddress {
        String scheme = String.valueOf(origin.getScheme());
        String path = String.valueOf(origin.getRawPath());
        boolean bare = path.isEmpty() && origin.getRawQuery() == null;
        boolean known = scheme.equals("https") || scheme.equals("http");
        if (!known || origin.getHost() == null || origin.getRawUserInfo() != null || !bare) {
            throw SynclineException.invalid(
                    "a server's address is https://HOST:PORT, not '" + origin + "'");
        }
    }

    /** The address {@code https://HOST:PORT} or {@code http://HOST:PORT}, trusting the system. */
    public static ServerAddress parse(String origin) {
        try {
            return new ServerAddress(URI.create(origin), Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new SynclineException(
                    io.syncline.core.error.ErrorCode.INVALID,
                    "a server's address is https://HOST:PORT, not '" + origin + "'",
                    e);
        }
    }

    /** The same address, trusting only the certificates in that PEM file. */
    public ServerAddress trusting(Path pem) {
        return new ServerAddress(origin, Optional.of(pem));
    }

    boolean isTls() {
        return origin.getScheme().equals("https");
    }
}
