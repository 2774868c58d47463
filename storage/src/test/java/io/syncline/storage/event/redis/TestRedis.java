package io.syncline.storage.event.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** A Redis server of a test, on loopback, that keeps nothing. */
final class TestRedis implements AutoCloseable {
    private final int port;
    private RedisServer server;

    TestRedis() throws IOException {
        this.port = freePort();
        this.server = start(port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static RedisServer start(int port) throws IOException {
        RedisServer server =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(port)
                        .setting("save \"\"")
                        .setting("appendonly no")
                        .setting("maxmemory 64mb")
                        .build();
        server.start();
        return server;
    }

    int port() {
        return port;
    }

    void stop() throws IOException {
        server.stop();
    }

    void startAgain() throws IOException {
        server = start(port);
    }

    @Override
    public void close() throws IOException {
        server.stop();
    }
}
