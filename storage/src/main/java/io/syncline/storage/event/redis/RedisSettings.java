package io.syncline.storage.event.redis;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a Redis or Valkey server is, and how it is used.
 *
 * @param tls whether it is spoken to by TLS; its certificate must be for {@code host}
 * @param prefix what the names of channels begin with, so that several clusters can share a server:
 *     1..64 letters, digits, dots, dashes and underscores
 */
public record RedisSettings(
        String host,
        int port,
        boolean tls,
        Optional<String> user,
        Optional<Secret> password,
        String prefix,
        Timing timing) {
    private static final int DEFAULT_PORT = 6379;
    private static final String DEFAULT_PREFIX = "syncline";

    /**
     * How long is waited for what.
     *
     * @param answer for a connection, and for an answer
     * @param heartbeat between two signs of life that are asked for
     * @param silence without any sign of life after which a connection counts as lost
     * @param retryMin before the first new attempt, at the longest: each wait is a random part of
     *     its bound, between a half and the whole
     * @param retryMax the bound of further attempts, which doubles up to here
     */
    public record Timing(
            Duration answer,
            Duration heartbeat,
            Duration silence,
            Duration retryMin,
            Duration retryMax) {
        /** What a node has. */
        public static final Timing DEFAULT =
                new Timing(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(6),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(5));
    }

    public RedisSettings {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw SynclineException.invalid("a Redis server is at a host and a port");
        }
        if (!prefix.matches("[A-Za-z0-9._-]{1,64}")) {
            throw SynclineException.invalid(
                    "the prefix of channels is 1..64 letters, digits, '.', '-' and '_'");
        }
    }

    /**
     * What a URL says: {@code redis[s]://[USER[:PASSWORD]@]HOST[:PORT][?prefix=…]}.
     *
     * @param password goes before the URL's
     * @throws SynclineException INVALID, without the URL, which may hold a password
     */
    public static RedisSettings of(URI url, Optional<Secret> password) {
        boolean tls = "rediss".equals(url.getScheme());
        if (!tls && !"redis".equals(url.getScheme())) {
            throw SynclineException.invalid("a Redis URL begins with redis:// or rediss://");
        }
        if (url.getHost() == null) {
            throw SynclineException.invalid("a Redis URL names a host: redis://HOST:PORT");
        }
        if (url.getRawPath() != null && !url.getRawPath().matches("/?")) {
            throw SynclineException.invalid(
                    "a Redis URL has no path: channels belong to no database; tell clusters apart"
                            + " by ?prefix=");
        }
        String user = "";
        String secret = "";
        if (url.getRawUserInfo() != null) {
            String[] parts = url.getRawUserInfo().split(":", 2);
            user = decoded(parts[0]);
            secret = parts.length == 2 ? decoded(parts[1]) : "";
        }
        Optional<Secret> given =
                secret.isEmpty() ? Optional.empty() : Optional.of(new Secret(secret));
        return new RedisSettings(
                url.getHost(),
                url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
                tls,
                Optional.of(user).filter(text -> !text.isEmpty()),
                password.or(() -> given),
                prefix(url),
                Timing.DEFAULT);
    }

    private static String prefix(URI url) {
        String query = url.getRawQuery();
        if (query == null || query.isEmpty()) {
            return DEFAULT_PREFIX;
        }
        if (!query.startsWith("prefix=") || query.contains("&")) {
            throw SynclineException.invalid("a Redis URL has one option only: ?prefix=NAME");
        }
        return decoded(query.substring("prefix=".length()));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The same with other waits. */
    RedisSettings with(Timing other) {
        return new RedisSettings(host, port, tls, user, password, prefix, other);
    }

    /** Where it is, without secrets. */
    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + host + ":" + port;
    }
}
