package io.syncline.storage.event.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sends hints to the server, on a thread and a connection of its own. What waits is bounded: one
 * hint per project, of so many projects; beyond, hints are dropped, and other nodes find out when
 * they look by themselves. While the server is away the heads keep waiting, and are sent when it is
 * back; transfers are dropped. Thread-safe.
 */
final class Publishing implements AutoCloseable {
    /** Most projects of which a head waits. */
    static final int PROJECTS_WAITING_MAX = 10_000;

    /** From so many waiting projects on, hints wait without the changes that they carry. */
    static final int NEWS_WAITING_MAX = 1_000;

    /** Most transfers of which a hint waits. */
    static final int TRANSFERS_WAITING_MAX = 1_000;

    /** Hints sent before their answers are read. */
    private static final int BATCH = 64;

    /**
     * Bytes sent before their answers are read, at the least: what is written without reading must
     * fit into the system's buffers, or a dead server could block the writer.
     */
    private static final int BATCH_BYTES = 32 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

    private final Connections connections;
    private final RedisSettings settings;
    private final String origin;
    private final Backoff backoff;
    private final CountDownLatch closed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition offered = lock.newCondition();

    @GuardedBy("lock")
    private final Map<ProjectId, HeadHint> heads = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final Map<TransferHint.Key, TransferHint> transfers = new LinkedHashMap<>();

    @GuardedBy("lock")
    private long dropped;

    private volatile @Nullable Connection connection;
    private boolean failing;

    /** What goes out together. */
    private record Batch(List<HeadHint> heads, List<TransferHint> transfers) {}

    /** One message for one channel. */
    private static final class Message {
        private final byte[] channel;
        private final byte[] bytes;

        Message(byte[] channel, byte[] bytes) {
            this.channel = channel;
            this.bytes = bytes;
        }
    }

    Publishing(
            RedisSettings settings, String origin, RandomGenerator random, CountDownLatch closed) {
        this.settings = settings;
        this.connections = new Connections(settings);
        this.origin = origin;
        this.backoff = new Backoff(settings.timing(), random, closed);
        this.closed = closed;
    }

    void start() {
        Thread.ofVirtual().name("redis-publishing").start(this::run);
    }

    void offer(HeadHint hint) {
        lock.lock();
        try {
            HeadHint waiting = heads.get(hint.project());
            if (waiting == null && heads.size() >= PROJECTS_WAITING_MAX) {
                dropped++;
                return;
            }
            HeadHint kept = waiting == null ? hint : waiting.coalesced(hint);
            heads.put(hint.project(), heads.size() < NEWS_WAITING_MAX ? kept : withoutNews(kept));
            offered.signal();
        } finally {
            lock.unlock();
        }
    }

    private static HeadHint withoutNews(HeadHint hint) {
        return new HeadHint(
                hint.project(), hint.epoch(), hint.sequence(), Optional.empty(), hint.wanted());
    }

    void offer(TransferHint hint) {
        lock.lock();
        try {
            if (transfers.size() < TRANSFERS_WAITING_MAX || transfers.containsKey(hint.key())) {
                transfers.put(hint.key(), hint);
                offered.signal();
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many heads wait. */
    int waiting() {
        lock.lock();
        try {
            return heads.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many hints were dropped so far. */
    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (closed.getCount() > 0) {
            Optional<Batch> batch = take();
            if (batch.isEmpty()) {
                return;
            }
            try {
                send(batch.get());
                backoff.reset();
                if (failing) {
                    failing = false;
                    LOG.atInfo().addKeyValue("server", settings).log("hints are published again");
                }
            } catch (JedisException e) {
                if (!failing && closed.getCount() > 0) {
                    failing = true;
                    LOG.atWarn()
                            .setCause(e)
                            .addKeyValue("server", settings)
                            .log("hints can't be published; other nodes look by themselves");
                }
                drop();
                // Newer ones of the same projects may wait by now; the coalescing sorts it out.
                putBack(batch.get().heads());
                if (!backoff.await()) {
                    return;
                }
            }
        }
    }

    private Optional<Batch> take() {
        lock.lock();
        try {
            while (heads.isEmpty() && transfers.isEmpty()) {
                if (closed.getCount() == 0) {
                    return Optional.empty();
                }
                offered.await();
            }
            return Optional.of(new Batch(first(heads), first(transfers)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static <T> List<T> first(Map<?, T> waiting) {
        List<T> taken = new ArrayList<>();
        Iterator<T> values = waiting.values().iterator();
        while (taken.size() < BATCH && values.hasNext()) {
            taken.add(values.next());
            values.remove();
        }
        return taken;
    }

    private void putBack(List<HeadHint> unsent) {
        lock.lock();
        try {
            for (HeadHint hint : unsent) {
                HeadHint newer = heads.get(hint.project());
                heads.put(hint.project(), newer == null ? hint : hint.coalesced(newer));
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(Batch batch) {
        List<Message> messages = new ArrayList<>();
        for (HeadHint hint : batch.heads()) {
            byte[] bytes = HintMessage.of(origin, hint);
            if (bytes.length > HintMessage.BYTES_MAX) {
                bytes = HintMessage.of(origin, withoutNews(hint));
            }
            messages.add(message(Channel.Kind.HEADS, hint.project(), bytes));
        }
        for (TransferHint hint : batch.transfers()) {
            byte[] bytes = HintMessage.of(origin, hint);
            if (bytes.length <= HintMessage.BYTES_MAX) {
                messages.add(message(Channel.Kind.TRANSFERS, hint.project(), bytes));
            }
        }
        Connection to = connection();
        int unanswered = 0;
        int bytes = 0;
        for (Message message : messages) {
            to.sendCommand(Protocol.Command.PUBLISH, message.channel, message.bytes);
            unanswered++;
            bytes += message.bytes.length;
            if (bytes >= BATCH_BYTES) {
                answers(to, unanswered);
                unanswered = 0;
                bytes = 0;
            }
        }
        answers(to, unanswered);
    }

    private Message message(Channel.Kind kind, ProjectId project, byte[] bytes) {
        return new Message(new Channel(kind, project).name(settings.prefix()), bytes);
    }

    private static void answers(Connection from, int count) {
        if (count > 0) {
            for (Object answer : from.getMany(count)) {
                if (answer instanceof JedisDataException refused) {
                    throw refused;
                }
            }
        }
    }

    private Connection connection() {
        Connection present = connection;
        if (present == null) {
            present = connections.open();
            connection = present;
            if (closed.getCount() == 0) {
                drop();
            }
        }
        return present;
    }

    private void drop() {
        Connection present = connection;
        connection = null;
        if (present != null) {
            Connections.cut(present);
        }
    }

    /** Wakes the thread up, which ends; {@code closed} has been counted down. */
    @Override
    public void close() {
        lock.lock();
        try {
            offered.signalAll();
        } finally {
            lock.unlock();
        }
        drop();
    }
}
