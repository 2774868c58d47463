package io.syncline.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP link to a service on this machine that can be made to fail: to hold back all bytes, as a
 * network that is parted does, and to cut connections, at once or after so many bytes of answers.
 */
public final class FaultyLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FaultyLink.class);

    private final int target;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong answersUntilCut = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong requestsUntilCut = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong answersUntilDamage = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong requestsUntilDamage = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile String refusal = "";
    private volatile CountDownLatch open = new CountDownLatch(0);
    private volatile boolean closed;

    /** A link to this port of loopback that works. */
    public FaultyLink(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket();
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

    /** From now on they go through again. */
    public void join() {
        open.countDown();
    }

    /** Cuts all connections; new ones work. */
    public void cut() {
        sockets.forEach(FaultyLink::end);
    }

    /** Cuts the connection over which so many more bytes of answers have come, once. */
    public void cutAnswersAfter(long bytes) {
        answersUntilCut.set(bytes);
    }

    /** Cuts the connection over which so many more bytes of requests have gone, once. */
    public void cutRequestsAfter(long bytes) {
        requestsUntilCut.set(bytes);
    }

    /** Changes one bit after so many more bytes of answers, once. */
    public void damageAnswersAfter(long bytes) {
        answersUntilDamage.set(bytes);
    }

    /** Changes one bit after so many more bytes of requests, once. */
    public void damageRequestsAfter(long bytes) {
        requestsUntilDamage.set(bytes);
    }

    /**
     * Answers the next so many connections' HTTP requests itself, with this status and reason; cuts
     * those that there are, so that the next request needs a new one.
     */
    public void refuse(int count, String status) {
        refusal = status;
        refusals.set(count);
        cut();
    }

    /** How many connections were made so far. */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket from = listening.accept();
                sockets.add(from);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> connect(from));
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("no connection more");
            }
        }
    }

    private void connect(Socket from) {
        try {
            open.await();
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                refuse(from);
                return;
            }
            Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(to);
            Thread.ofVirtual().start(() -> pump(from, to, requestsUntilCut, requestsUntilDamage));
            pump(to, from, answersUntilCut, answersUntilDamage);
        } catch (IOException e) {
            end(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a request's head, leaves its body unread, and answers. */
    private void refuse(Socket from) throws IOException {
        InputStream in = from.getInputStream();
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            boolean goesOn = next == (ends % 2 == 0 ? '\r' : '\n');
            ends = goesOn ? ends + 1 : next == '\r' ? 1 : 0;
        }
        String answer =
                "HTTP/1.1 " + refusal + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        from.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        from.shutdownOutput();
        // What is still being sent is taken, or the answer would be lost with the connection.
        in.transferTo(OutputStream.nullOutputStream());
        end(from);
    }

    private void pump(Socket from, Socket to, AtomicLong untilCut, AtomicLong untilDamage) {
        byte[] bytes = new byte[16 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                open.await();
                damage(bytes, count, untilDamage);
                long left = untilCut.get();
                if (left != Long.MAX_VALUE && untilCut.addAndGet(-count) <= 0) {
                    untilCut.set(Long.MAX_VALUE);
                    out.write(bytes, 0, Math.clamp(left, 0, count));
                    break;
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

    private static void damage(byte[] bytes, int count, AtomicLong untilDamage) {
        long left = untilDamage.get();
        if (left != Long.MAX_VALUE && untilDamage.addAndGet(-count) <= 0) {
            untilDamage.set(Long.MAX_VALUE);
            bytes[Math.clamp(left, 0, count - 1)] ^= 1;
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
    public void close() throws IOException {
        closed = true;
        listening.close();
        open.countDown();
        cut();
    }
}
