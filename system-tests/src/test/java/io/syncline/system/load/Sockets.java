package io.syncline.system.load;

import io.syncline.core.wire.Limits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of devices that hold their event socket (RFC 6455, as far as servers speak it here) and
 * do nothing else: one thread, one selector, one buffer for all. They come back as the client does:
 * after a random part of a second, doubled with each failure up to a minute. A commit's name tells
 * when it was sent ({@code team-NANOS}, {@code all-NANOS}; the clock is the machine's), so that a
 * hint tells how long it took.
 */
final class Sockets {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long BACKOFF_FIRST_MILLIS = 1_000;
    private static final long BACKOFF_MAX_MILLIS = 60_000;
    private static final long STEADY_NANOS = 30_000_000_000L;
    private static final long HANDSHAKE_NANOS = 30_000_000_000L;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    /** A final pong without a payload, with a mask of zeros. */
    private static final byte[] PONG = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};

    private static final byte[] TEAM_MARK = "\"team-".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ALL_MARK = "\"all-".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD_MARK = "\"head\"".getBytes(StandardCharsets.US_ASCII);

    private final Population population;
    private final List<Integer> ports;

    /**
     * A try that is refused keeps its port for a minute: with one address ten thousands of them
     * leave none, and the system looks through all of them for each try.
     */
    private static final int SOURCES = 64;

    private final List<InetSocketAddress> sources;
    private int turn;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final Random random;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Delays team = new Delays();
    private final Delays all = new Delays();
    private final Delays back = new Delays();
    private final Map<String, Integer> errors = new HashMap<>();
    private int open;
    private int opened;
    private int cut;
    private long hints;

    private enum State {
        WAITING,
        CONNECTING,
        UPGRADING,
        SUBSCRIBED,
        OPEN
    }

    /** Something to do then, unless another thing was meanwhile planned for the connection. */
    private record Due(long nanos, Connection connection, int plan) {}

    /** One device. */
    private static final class Connection {
        final int device;
        State state = State.WAITING;
        int port;
        int failures;

        /** Ports that refused one after another. */
        int refusals;

        int heads;

        /** Which of the things that were planned for it counts. */
        int plan;

        long begunNanos;

        /** When it was cut off, 0 before it was open. */
        long lostNanos;

        /** What came of a message that isn't whole; mostly nothing. */
        byte[] rest = {};

        @Nullable SocketChannel channel;

        Connection(int device) {
            this.device = device;
        }
    }

    /**
     * Without devices.
     *
     * @param ports of the servers on loopback
     * @param source the first of the addresses of this machine that connections come from
     */
    Sockets(Population population, List<Integer> ports, InetSocketAddress source)
            throws IOException {
        this.population = population;
        this.ports = List.copyOf(ports);
        this.sources = IntStream.range(0, SOURCES).mapToObj(i -> plus(source, i)).toList();
        this.random = new Random(population.seed() ^ source.hashCode());
    }

    /** Adds devices, so many a second. Any thread. */
    void open(int first, int count, int perSecond) {
        order(() -> {
            long now = System.nanoTime();
            for (int i = 0; i < count; i++) {
                Connection connection = new Connection(first + i);
                connection.port = (first + i) % ports.size();
                plan(connection, now + i * 1_000_000_000L / perSecond);
            }
        });
    }

    private void plan(Connection connection, long nanos) {
        due.add(new Due(nanos, connection, ++connection.plan));
    }

    /** Does something between two looks at the sockets. Any thread. */
    void order(Runnable what) {
        orders.add(what);
        selector.wakeup();
    }

    /** What happened since {@link #reset}, a line of words; within an order. */
    String stats() {
        return String.join(
                " ",
                Integer.toString(open),
                Integer.toString(opened),
                Integer.toString(cut),
                Long.toString(hints),
                team.format(),
                all.format(),
                back.format(),
                errors.isEmpty() ? "-" : errors.toString().replace(' ', '_'));
    }

    /** Counts anew; within an order. */
    void reset() {
        opened = 0;
        cut = 0;
        hints = 0;
        team.clear();
        all.clear();
        back.clear();
        errors.clear();
    }

    /** Runs until the process ends. */
    void run() throws IOException {
        while (true) {
            Due first = due.peek();
            long waitNanos = first == null ? 1_000_000_000L : first.nanos() - System.nanoTime();
            if (waitNanos > 0) {
                selector.select(Math.clamp(waitNanos / 1_000_000, 1, 1_000));
            } else {
                selector.selectNow();
            }
            for (SelectionKey key : selector.selectedKeys()) {
                ready((Connection) key.attachment(), key);
            }
            selector.selectedKeys().clear();
            for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                order.run();
            }
            begin();
        }
    }

    private void begin() {
        long now = System.nanoTime();
        for (Due next = due.peek(); next != null && next.nanos() <= now; next = due.peek()) {
            due.remove();
            Connection connection = next.connection();
            if (next.plan() != connection.plan) {
                continue;
            }
            if (connection.state == State.WAITING) {
                connect(connection);
            } else {
                failed(connection, "no answer");
            }
        }
    }

    private static InetSocketAddress plus(InetSocketAddress source, int more) {
        byte[] bytes = source.getAddress().getAddress();
        bytes[bytes.length - 1] += (byte) more;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), source.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(source.toString(), e);
        }
    }

    private void connect(Connection connection) {
        try {
            SocketChannel channel = SocketChannel.open();
            connection.channel = channel;
            channel.configureBlocking(false);
            channel.bind(sources.get(turn++ % sources.size()));
            connection.state = State.CONNECTING;
            connection.heads = 0;
            connection.rest = new byte[0];
            connection.begunNanos = System.nanoTime();
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
            if (channel.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), ports.get(connection.port)))) {
                upgrade(connection, key);
            }
            plan(connection, connection.begunNanos + HANDSHAKE_NANOS);
        } catch (IOException e) {
            failed(connection, e.getClass().getSimpleName());
        }
    }

    private void ready(Connection connection, SelectionKey key) {
        try {
            if (key.isValid() && key.isConnectable()) {
                channel(connection).finishConnect();
                upgrade(connection, key);
            } else if (key.isValid() && key.isReadable()) {
                read(connection);
            }
        } catch (ConnectException e) {
            // As a balancer does, and none of the device's business.
            connection.port = (connection.port + 1) % ports.size();
            failed(connection, "refused");
        } catch (IOException e) {
            failed(connection, e.getClass().getSimpleName());
        }
    }

    private static SocketChannel channel(Connection connection) {
        SocketChannel channel = connection.channel;
        if (channel == null) {
            throw new IllegalStateException("device " + connection.device + " isn't connected");
        }
        return channel;
    }

    private void upgrade(Connection connection, SelectionKey key) throws IOException {
        connection.state = State.UPGRADING;
        key.interestOps(SelectionKey.OP_READ);
        send(
                connection,
                ("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:"
                                + ports.get(connection.port)
                                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: c3luY2xpbmUgbG9hZCBrZXk=\r\n"
                                + "Sec-WebSocket-Version: 13\r\nAuthorization: Bearer "
                                + population.token(connection.device).value()
                                + "\r\nSyncline-Protocol: "
                                + Limits.PROTOCOL
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private void subscribe(Connection connection) throws IOException {
        connection.state = State.SUBSCRIBED;
        byte[] text =
                ("{\"type\":\"subscribe\",\"projects\":[\""
                                + population.common()
                                + "\",\""
                                + population.team(connection.device / Population.TEAM)
                                + "\"]}")
                        .getBytes(StandardCharsets.US_ASCII);
        // 126: the length is in the next two bytes; a mask of zeros leaves the text as it is.
        ByteBuffer frame = ByteBuffer.allocate(text.length + 8);
        frame.put((byte) 0x81).put((byte) (0x80 | 126)).putShort((short) text.length).putInt(0);
        send(connection, frame.put(text).array());
    }

    private static void send(Connection connection, byte[] bytes) throws IOException {
        if (channel(connection).write(ByteBuffer.wrap(bytes)) < bytes.length) {
            throw new IOException("the system takes no more");
        }
    }

    private void read(Connection connection) throws IOException {
        buffer.clear();
        buffer.put(connection.rest);
        if (channel(connection).read(buffer) < 0) {
            failed(connection, "closed");
            return;
        }
        buffer.flip();
        if (connection.state == State.UPGRADING && !upgraded(connection)) {
            return;
        }
        while (frame(connection)) {
            // One message after another.
        }
        if (connection.state != State.WAITING) {
            connection.rest = Arrays.copyOfRange(buffer.array(), buffer.position(), buffer.limit());
        }
    }

    /** Takes the answer to the upgrade; false where it isn't whole or is a refusal. */
    private boolean upgraded(Connection connection) throws IOException {
        byte[] bytes = buffer.array();
        for (int i = 3; i < buffer.limit(); i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                String status = new String(bytes, 9, 3, StandardCharsets.US_ASCII);
                if (!status.equals("101")) {
                    failed(connection, "status " + status);
                    return false;
                }
                buffer.position(i + 1);
                subscribe(connection);
                return true;
            }
        }
        connection.rest = Arrays.copyOfRange(bytes, 0, buffer.limit());
        return false;
    }

    /** Takes one frame; false where there is no whole one. */
    private boolean frame(Connection connection) throws IOException {
        int start = buffer.position();
        if (buffer.remaining() < 2) {
            return false;
        }
        int opcode = buffer.get() & 0x0f;
        int length = buffer.get() & 0x7f;
        if (length == 127) {
            throw new IOException("a message that is too long");
        }
        if (length == 126) {
            if (buffer.remaining() < 2) {
                buffer.position(start);
                return false;
            }
            length = buffer.getShort() & 0xffff;
        }
        if (buffer.remaining() < length) {
            buffer.position(start);
            return false;
        }
        int at = buffer.position();
        buffer.position(at + length);
        switch (opcode) {
            case TEXT, CONTINUATION -> text(connection, at, at + length);
            case PING -> send(connection, PONG);
            case CLOSE -> {
                failed(connection, "closed");
                return false;
            }
            default -> {
                // A pong that nobody asked for.
            }
        }
        return true;
    }

    private void text(Connection connection, int from, int to) {
        byte[] bytes = buffer.array();
        if (find(bytes, from, to, HEAD_MARK) < 0) {
            return;
        }
        hints++;
        connection.heads++;
        if (connection.state == State.SUBSCRIBED && connection.heads == 2) {
            opened(connection);
        }
        long now = System.nanoTime();
        for (Delays delays : List.of(team, all)) {
            byte[] mark = delays == team ? TEAM_MARK : ALL_MARK;
            int found = find(bytes, from, to, mark);
            if (found >= 0) {
                long sent = 0;
                for (int i = found + mark.length;
                        i < to && bytes[i] >= '0' && bytes[i] <= '9';
                        i++) {
                    sent = sent * 10 + bytes[i] - '0';
                }
                delays.add(now - sent);
            }
        }
    }

    private static int find(byte[] bytes, int from, int to, byte[] what) {
        for (int i = from; i <= to - what.length; i++) {
            if (Arrays.equals(bytes, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private void opened(Connection connection) {
        connection.state = State.OPEN;
        // It has answered in time.
        connection.plan++;
        open++;
        opened++;
        long now = System.nanoTime();
        if (connection.lostNanos != 0) {
            back.add(now - connection.lostNanos);
        }
        connection.begunNanos = now;
    }

    private void failed(Connection connection, String why) {
        long now = System.nanoTime();
        boolean wasOpen = connection.state == State.OPEN;
        if (wasOpen) {
            open--;
            cut++;
            connection.lostNanos = now;
        }
        errors.merge(why, 1, Integer::sum);
        try {
            SocketChannel channel = connection.channel;
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            errors.merge("at the end: " + e.getMessage(), 1, Integer::sum);
        }
        connection.rest = new byte[0];
        connection.state = State.WAITING;
        boolean steady = wasOpen && now - connection.begunNanos >= STEADY_NANOS;
        connection.refusals = why.equals("refused") ? connection.refusals + 1 : 0;
        if (connection.refusals > 0 && connection.refusals < ports.size()) {
            plan(connection, now);
        } else {
            connection.refusals = 0;
            connection.failures = steady ? 0 : connection.failures + 1;
            long most =
                    Math.min(
                            BACKOFF_MAX_MILLIS,
                            BACKOFF_FIRST_MILLIS << Math.min(connection.failures, 10));
            connection.port = random.nextInt(ports.size());
            plan(connection, now + random.nextLong(most + 1) * 1_000_000);
        }
    }
}
