package io.syncline.system.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of loopback that leads to one of several others in turn, the next one where nobody
 * listens: a balancer. It can hold back all bytes, as a network that is parted does, answer HTTP
 * requests by errors of its own, and be slow. Thread-safe.
 */
public final class Link implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int CONNECT_MILLIS = 2_000;

    private final List<Integer> targets;
    private final ServerSocket listening = new ServerSocket();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();
    private volatile CountDownLatch open = new CountDownLatch(0);
    private volatile Duration delay = Duration.ZERO;
    private volatile String refusal = "";
    private volatile boolean closed;

    /** A link to these ports of loopback that works. */
    public Link(List<Integer> targets) throws IOException {
        this.targets = List.copyOf(targets);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    /** Where it is reached on loopback. */
    public int port() {
        return listening.getLocalPort();
    }

    /** From now on bytes are held back, in both directions, on old and new connections. */
    public void part() {
        open = new CountDownLatch(1);
    }

    /** From now on each piece of an answer is this much later. */
    public void slow(Duration by) {
        delay = by;
    }

    /** Cuts all connections, and answers requests on new ones with this status and reason. */
    public void refuse(String status) {
        refusal = status;
        sockets.forEach(Link::end);
    }

    /** From now on it works again. */
    public void mend() {
        delay = Duration.ZERO;
        if (!refusal.isEmpty()) {
            refusal = "";
            sockets.forEach(Link::end);
        }
        open.countDown();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket from = listening.accept();
                sockets.add(from);
                Thread.ofVirtual().start(() -> connect(from));
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("no connection more");
            }
        }
    }

    private void connect(Socket from) {
        try {
            open.await();
            String status = refusal;
            if (!status.isEmpty()) {
                answer(from, status);
                return;
            }
            Socket to = target();
            if (to == null) {
                return;
            }
            sockets.add(to);
            Thread.ofVirtual().start(() -> pump(from, to, false));
            pump(to, from, true);
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a connection ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from);
            sockets.remove(from);
        }
    }

    private @Nullable Socket target() {
        int first = next.getAndIncrement();
        for (int i = 0; i < targets.size(); i++) {
            Socket to = new Socket();
            try {
                int port = targets.get(Math.floorMod(first + i, targets.size()));
                to.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        CONNECT_MILLIS);
                return to;
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("a target is away");
                end(to);
            }
        }
        return null;
    }

    /** Reads a request's head, leaves its body unread, and answers. */
    private static void answer(Socket from, String status) throws IOException {
        InputStream in = from.getInputStream();
        int matched = 0;
        while (matched < 4) {
            int read = in.read();
            if (read < 0) {
                return;
            }
            boolean goesOn = read == (matched % 2 == 0 ? '\r' : '\n');
            matched = goesOn ? matched + 1 : read == '\r' ? 1 : 0;
        }
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        from.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        from.shutdownOutput();
        // What is still being sent is taken, or the answer would be lost with the connection.
        in.transferTo(OutputStream.nullOutputStream());
    }

    private void pump(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                open.await();
                if (answers && delay.isPositive()) {
                    // The fault itself, not a wait for anything.
                    Thread.sleep(delay);
                }
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a connection ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from);
            end(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a connection ended badly");
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.countDown();
        sockets.forEach(Link::end);
    }
}
