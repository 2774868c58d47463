package io.syncline.storage.event.redis;

import io.syncline.core.wire.Secret;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Makes and ends connections. Thread-safe. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final RedisSettings settings;

    Connections(RedisSettings settings) {
        this.settings = settings;
    }

    /**
     * A new connection, signed in.
     *
     * @throws redis.clients.jedis.exceptions.JedisException where there is none to be had
     */
    Connection open() {
        int answer = (int) settings.timing().answer().toMillis();
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder()
                        .resp2()
                        .connectionTimeoutMillis(answer)
                        .socketTimeoutMillis(answer)
                        // Older servers don't know the command, and nobody here needs it.
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        settings.user().ifPresent(config::user);
        settings.password().map(Secret::value).ifPresent(config::password);
        if (settings.tls()) {
            config.sslOptions(SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
        }
        return new Connection(new HostAndPort(settings.host(), settings.port()), config.build());
    }

    /** Cuts a connection, whoever uses it; what does gets an exception. */
    static void cut(Connection connection) {
        try {
            connection.forceDisconnect();
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().setCause(e).log("a connection ended badly");
        }
    }
}
