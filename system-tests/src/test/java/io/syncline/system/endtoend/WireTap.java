package io.syncline.system.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A relay between a device and the server that counts the bytes and can cut every connection. */
final class WireTap implements AutoCloseable {
    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile long cutAfterSentBytes = Long.MAX_VALUE;
    private volatile long cutAfterReceivedBytes = Long.MAX_VALUE;
    private volatile boolean blocked;

    WireTap(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Bytes from the device to the server so far. */
    long sentBytes() {
        return sentBytes.get();
    }

    /** Bytes from the server to the device so far. */
    long receivedBytes() {
        return receivedBytes.get();
    }

    /**
     * Cuts everything, and goes on cutting, once so many more bytes went from the device to the
     * server.
     */
    void cutAfterSending(long moreBytes) {
        cutAfterSentBytes = sentBytes.get() + moreBytes;
    }

    /**
     * Cuts everything, and goes on cutting, once so many more bytes went from the server to the
     * device.
     */
    void cutAfterReceiving(long moreBytes) {
        cutAfterReceivedBytes = receivedBytes.get() + moreBytes;
    }

    /** Connections that ended with an error so far. */
    long failures() {
        return failures.get();
    }

    boolean isCut() {
        return blocked;
    }

    void restore() {
        cutAfterSentBytes = Long.MAX_VALUE;
        cutAfterReceivedBytes = Long.MAX_VALUE;
        blocked = false;
    }

    void cut() {
        blocked = true;
        open.forEach(this::reset);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The listener was closed.
                failures.incrementAndGet();
            }
        }
    }

    private void connect(Socket device) {
        if (blocked) {
            reset(device);
            return;
        }
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            device.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(device);
            open.add(server);
            Thread.ofVirtual().start(() -> relay(device, server, sentBytes));
            Thread.ofVirtual().start(() -> relay(server, device, receivedBytes));
        } catch (IOException e) {
            // The server is down: the device sees a closed connection.
            failures.incrementAndGet();
            reset(device);
        }
    }

    private void relay(Socket from, Socket to, AtomicLong counter) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                counter.addAndGet(n);
                if (sentBytes.get() > cutAfterSentBytes
                        || receivedBytes.get() > cutAfterReceivedBytes) {
                    cut();
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One end is gone; closing both tells the other.
            failures.incrementAndGet();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Already closed.
            failures.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
