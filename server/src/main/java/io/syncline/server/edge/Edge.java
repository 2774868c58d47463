package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Limits;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running edge: a listening socket and what answers behind it. Thread-safe. */
public final class Edge implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Edge.class);

    /**
     * Threads of the library itself: selectors, acceptors, timers. Requests run on virtual ones.
     */
    private static final int PLATFORM_THREADS_MAX = 64;

    /** An HTTP/2 connection's streams at once. */
    private static final int STREAMS_MAX = 64;

    /**
     * What is read of an HTTP/1.1 connection at once: the largest buffer that the library keeps for
     * the next connection. With its default of 8 KiB a chunk came in 512 pieces, each with a switch
     * of threads. An idle connection holds none.
     */
    private static final int INPUT_BUFFER_BYTES = 64 << 10;

    /**
     * What a stop waits after the last answer was handed to the library, whose buffers may still
     * hold its end: an HTTP/2 answer was seen to be lost without it.
     */
    private static final Duration FLUSH_WAIT = Duration.ofMillis(200);

    private final Server server;
    private final ServerConnector connector;
    private final EdgeHandler handler;
    private final EdgeSettings settings;
    private final ScheduledExecutorService tlsWatch;

    private Edge(
            Server server,
            ServerConnector connector,
            EdgeHandler handler,
            EdgeSettings settings,
            ScheduledExecutorService tlsWatch) {
        this.server = server;
        this.connector = connector;
        this.handler = handler;
        this.settings = settings;
        this.tlsWatch = tlsWatch;
    }

    /**
     * Listens.
     *
     * @param sockets what the WebSocket address {@code socketPath} does
     * @throws SynclineException INVALID where plain HTTP would be shown to a network, or the TLS
     *     files can't be used; UNAVAILABLE where the address is taken
     */
    public static Edge start(
            EdgeSettings settings, Router router, String socketPath, SocketFeature sockets) {
        return start(settings, router, socketPath, sockets, RequestObserver.NONE);
    }

    /** The same, whose requests somebody watches. */
    public static Edge start(
            EdgeSettings settings,
            Router router,
            String socketPath,
            SocketFeature sockets,
            RequestObserver observer) {
        settings.check();
        QueuedThreadPool threads = new QueuedThreadPool(PLATFORM_THREADS_MAX);
        threads.setName("edge");
        threads.setVirtualThreadsExecutor(new VirtualThreadPool());
        Server server = new Server(threads);
        server.setStopTimeout(0);
        ScheduledExecutorService watch =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("edge-tls").factory());
        ServerConnector connector = connector(server, settings, watch);
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.bounds().idleTimeout().toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.bounds().connections(), connector));

        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
        container.setMaxTextMessageSize(Limits.EVENT_MESSAGE_BYTES_MAX);
        container.setMaxBinaryMessageSize(1);
        container.setMaxFrameSize(Limits.EVENT_MESSAGE_BYTES_MAX);
        container.setMaxOutgoingFrames(64);
        container.setInputBufferSize(1 << 10);
        container.setOutputBufferSize(1 << 10);
        // The feature closes silent peers itself; this is the net below it.
        container.setIdleTimeout(Duration.ofMinutes(2));

        EdgeHandler handler =
                new EdgeHandler(settings, router, socketPath, sockets, container, observer);
        server.setHandler(handler);
        server.setErrorHandler(new LibraryErrors());
        try {
            server.start();
        } catch (Exception e) {
            watch.shutdownNow();
            handler.close();
            stop(server);
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "cannot listen on "
                            + settings.host()
                            + ":"
                            + settings.port()
                            + ": "
                            + rootCause(e).getMessage(),
                    e);
        }
        Edge edge = new Edge(server, connector, handler, settings, watch);
        log.atInfo().addKeyValue("url", edge.url()).log("listening");
        return edge;
    }

    /** The library says only where it failed; the system below it says why. */
    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : rootCause(cause);
    }

    private static ServerConnector connector(
            Server server, EdgeSettings settings, ScheduledExecutorService watch) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(settings.bounds().headerBytes());
        http.setOutputBufferSize(32 << 10);
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        http1.setInputBufferSize(INPUT_BUFFER_BYTES);
        if (settings.tls().isEmpty()) {
            return new ServerConnector(server, 1, -1, http1);
        }
        Tls tls = new Tls(settings.tls().get());
        long everyMillis = settings.bounds().tlsCheck().toMillis();
        var _ =
                watch.scheduleWithFixedDelay(
                        tls::reloadIfChanged, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        http.addCustomizer(new SecureRequestCustomizer(false));
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(STREAMS_MAX);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ServerConnector(
                server,
                1,
                -1,
                new SslConnectionFactory(tls.factory(), alpn.getProtocol()),
                alpn,
                http2,
                http1);
    }

    /** How many requests are handled now. */
    public int requests() {
        return handler.inFlight();
    }

    /** How many connections are open. */
    public int connections() {
        return connector.getConnectedEndPoints().size();
    }

    /** The port that is listened on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where clients reach it from this machine: {@code http(s)://HOST:PORT}. */
    public String url() {
        String host = settings.host();
        String spelt = host.contains(":") ? "[" + host + "]" : host;
        return (settings.tls().isPresent() ? "https://" : "http://") + spelt + ":" + port();
    }

    /**
     * From now on new requests are told to come back later; waits for those in flight, up to the
     * bound. The first half of a stop: the wiring says good-bye to the sockets, then closes.
     */
    public void drain() {
        handler.drain(settings.bounds().stopTimeout());
    }

    /** Stops listening, drains, and cuts what is left. Idempotent. */
    @Override
    public void close() {
        tlsWatch.shutdownNow();
        drain();
        try {
            Thread.sleep(FLUSH_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop(server);
        handler.close();
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("the edge didn't stop cleanly");
        }
    }
}
