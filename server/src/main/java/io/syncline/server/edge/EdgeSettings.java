package io.syncline.server.edge;

import io.syncline.core.error.SynclineException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the edge listens, and its bounds.
 *
 * @param host an address of this machine; plain HTTP is refused on others than loopback
 * @param port 0: any free one
 * @param allowPlainHttp plain HTTP on any address, because something in front of it does TLS or the
 *     network is trusted
 */
public record EdgeSettings(
        String host, int port, boolean allowPlainHttp, Optional<TlsFiles> tls, Bounds bounds) {

    /** PEM files: the certificate with its chain, leaf first, and its unencrypted PKCS#8 key. */
    public record TlsFiles(Path certificates, Path key) {}

    /**
     * Every bound of the edge (L9).
     *
     * @param connections open sockets; beyond, new ones wait in the system's queue
     * @param requests handled at once; beyond, 503 with Retry-After
     * @param headerBytes size of a request's line and headers
     * @param idleTimeout how long a connection may say nothing
     * @param bodyMemoryBytes sum of all request bodies in memory
     * @param bodyMemoryWait how long a request waits for its share of that
     * @param bodyGrace what a body, or an answer, may take in addition to its size divided by
     *     {@code bodyBytesPerSecond}
     * @param bodyBytesPerSecond the lowest rate that a body must arrive at, and an answer be taken
     * @param requestTime how long a small request may be handled, its body's arrival not counted; a
     *     transfer may take twice that until it sends or receives anything more
     * @param stopTimeout how long a stop waits for requests in flight
     * @param tlsCheck how often the TLS files are looked at
     */
    public record Bounds(
            int connections,
            int requests,
            int headerBytes,
            Duration idleTimeout,
            long bodyMemoryBytes,
            Duration bodyMemoryWait,
            Duration bodyGrace,
            int bodyBytesPerSecond,
            Duration requestTime,
            Duration stopTimeout,
            Duration tlsCheck) {

        /** How long a request of this kind may go on without progress. */
        Duration timeFor(RequestKind kind) {
            return switch (kind) {
                case LOOK, COMMIT -> requestTime;
                case UPLOAD, DOWNLOAD -> requestTime.multipliedBy(2);
            };
        }

        /** The same with so many connections and requests, and that time for each. */
        public Bounds with(int connectionsMax, int requestsMax, Duration requestTimeMax) {
            return new Bounds(
                    connectionsMax,
                    requestsMax,
                    headerBytes,
                    idleTimeout,
                    bodyMemoryBytes,
                    bodyMemoryWait,
                    bodyGrace,
                    bodyBytesPerSecond,
                    requestTimeMax,
                    stopTimeout,
                    tlsCheck);
        }

        /** What a server has unless told otherwise. */
        public static Bounds defaults() {
            return new Bounds(
                    50_000,
                    256,
                    16 << 10,
                    Duration.ofMinutes(1),
                    Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 4),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(15),
                    4 << 10,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));
        }
    }

    /** Loopback only, plain HTTP, with the default bounds. */
    public static EdgeSettings loopback(int port) {
        return new EdgeSettings("127.0.0.1", port, false, Optional.empty(), Bounds.defaults());
    }

    /** Refuses to show passwords and tokens to a network in the clear by mistake. */
    void check() {
        try {
            if (tls.isEmpty()
                    && !allowPlainHttp
                    && !InetAddress.getByName(host).isLoopbackAddress()) {
                throw SynclineException.invalid(
                        "plain HTTP on "
                                + host
                                + " would show passwords to the network: give TLS files"
                                + " (--tls-certificate, --tls-key), or say --allow-plain-http");
            }
        } catch (UnknownHostException e) {
            throw SynclineException.invalid("this machine has no address " + host);
        }
    }
}
