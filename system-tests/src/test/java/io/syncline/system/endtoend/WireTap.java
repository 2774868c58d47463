package io.syncline.system.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A relay between a device and the server that counts the bytes and can cut every connection. */
public final class WireTap implements AutoCloseable {
    /** So much is passed on at once, through memory that the system reads and writes itself. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int BACKLOG = 50;

    private final InetSocketAddress target;
    private final int port;
    private final ServerSocketChannel listener;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile long cutAfterSentBytes = Long.MAX_VALUE;
    private volatile long cutAfterReceivedBytes = Long.MAX_VALUE;
    private volatile boolean blocked;

    public WireTap(int target) {
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), target);
        try {
            listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return port;
    }

    /** Bytes from the device to the server so far. */
    public long sentBytes() {
        return sentBytes.get();
    }

    /** Bytes from the server to the device so far. */
    public long receivedBytes() {
        return receivedBytes.get();
    }

    /**
     * Cuts everything, and goes on cutting, once so many more bytes went from the device to the
     * server.
     */
    public void cutAfterSending(long moreBytes) {
        cutAfterSentBytes = sentBytes.get() + moreBytes;
    }

    /**
     * Cuts everything, and goes on cutting, once so many more bytes went from the server to the
     * device.
     */
    public void cutAfterReceiving(long moreBytes) {
        cutAfterReceivedBytes = receivedBytes.get() + moreBytes;
    }

    /** Connections that ended with an error so far. */
    public long failures() {
        return failures.get();
    }

    public boolean isCut() {
        return blocked;
    }

    public void restore() {
        cutAfterSentBytes = Long.MAX_VALUE;
        cutAfterReceivedBytes = Long.MAX_VALUE;
        blocked = false;
    }

    public void cut() {
        blocked = true;
        open.forEach(this::reset);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The listener was closed.
                failures.incrementAndGet();
            }
        }
    }

    private void connect(SocketChannel device) {
        if (blocked) {
            reset(device);
            return;
        }
        try {
            SocketChannel server = SocketChannel.open(target);
            device.setOption(StandardSocketOptions.TCP_NODELAY, true);
            server.setOption(StandardSocketOptions.TCP_NODELAY, true);
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

    private void relay(SocketChannel from, SocketChannel to, AtomicLong counter) {
        try (from;
                to) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                counter.addAndGet(n);
                if (sentBytes.get() > cutAfterSentBytes
                        || receivedBytes.get() > cutAfterReceivedBytes) {
                    cut();
                    return;
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // One end is gone; closing both tells the other.
            failures.incrementAndGet();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void reset(SocketChannel socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
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
