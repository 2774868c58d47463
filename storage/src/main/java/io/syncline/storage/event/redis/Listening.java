package io.syncline.storage.event.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Hears hints from the server: one connection for all channels that this node listens to.
 *
 * <p>What is wanted is a count per channel; which of it the server knows belongs to the connection.
 * One thread reads, one tells the server of differences and asks for signs of life, one cuts the
 * connection when there were none for too long: so a write that blocks stops nothing. After a lost
 * connection all channels are asked for again. Thread-safe.
 */
final class Listening implements AutoCloseable {
    /** Channels in one command. */
    private static final int CHANNELS_AT_ONCE = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final Connections connections;
    private final RedisSettings settings;
    private final String origin;
    private final EventBus local;
    private final Backoff backoff;
    private final CountDownLatch closed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Map<Channel, Integer> wanted = new HashMap<>();

    /** Channels whose count became or ceased to be zero since the server was told. */
    @GuardedBy("lock")
    private final Set<Channel> stale = new HashSet<>();

    @GuardedBy("lock")
    private @Nullable Session session;

    private volatile Consumer<ProjectId> missed = _ -> {};

    /**
     * @param origin the node's own name: its own hints aren't heard again
     * @param local whose subscribers are told
     */
    Listening(
            RedisSettings settings,
            String origin,
            EventBus local,
            RandomGenerator random,
            CountDownLatch closed) {
        this.settings = settings;
        this.connections = new Connections(settings);
        this.origin = origin;
        this.local = local;
        this.backoff = new Backoff(settings.timing(), random, closed);
        this.closed = closed;
    }

    void start() {
        Thread.ofVirtual().name("redis-listening").start(this::read);
        Thread.ofVirtual().name("redis-subscribing").start(this::keep);
        Thread.ofVirtual().name("redis-silence").start(this::watch);
    }

    void whenMissed(Consumer<ProjectId> listener) {
        missed = listener;
    }

    boolean isConnected() {
        lock.lock();
        try {
            return session != null;
        } finally {
            lock.unlock();
        }
    }

    /** One more listener of this channel. */
    void want(Channel channel) {
        count(channel, 1);
    }

    /** One fewer. */
    void drop(Channel channel) {
        count(channel, -1);
    }

    private void count(Channel channel, int difference) {
        lock.lock();
        try {
            int before = wanted.getOrDefault(channel, 0);
            int after = before + difference;
            if (after > 0) {
                wanted.put(channel, after);
            } else {
                wanted.remove(channel);
            }
            if ((before > 0) != (after > 0)) {
                stale.add(channel);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        boolean failing = false;
        while (closed.getCount() > 0) {
            Session mine = null;
            try {
                mine = new Session(connections.open());
                mine.listen();
            } catch (JedisException e) {
                if ((!failing || (mine != null && mine.wasConnected)) && closed.getCount() > 0) {
                    LOG.atWarn()
                            .setCause(e)
                            .addKeyValue("server", settings)
                            .log("other nodes' hints aren't heard");
                }
                failing = true;
            } finally {
                if (mine != null) {
                    end(mine);
                }
            }
            if (mine != null && mine.wasConnected) {
                backoff.reset();
            }
            if (!backoff.await()) {
                return;
            }
        }
    }

    private void begin(Session mine) {
        lock.lock();
        try {
            session = mine;
            stale.clear();
            stale.addAll(wanted.keySet());
            changed.signal();
        } finally {
            lock.unlock();
        }
        LOG.atInfo().addKeyValue("server", settings).log("listening to other nodes' hints");
    }

    private void end(Session mine) {
        lock.lock();
        try {
            if (session == mine) {
                session = null;
            }
        } finally {
            lock.unlock();
        }
        Connections.cut(mine.connection);
    }

    /** What the server is to be told next. */
    private record Difference(
            Session to,
            List<byte[]> subscribe,
            List<byte[]> unsubscribe,
            List<Channel> alreadyKnown) {}

    private void keep() {
        while (closed.getCount() > 0) {
            Optional<Difference> next = next();
            if (next.isPresent()) {
                Session to = next.get().to();
                try {
                    if (!next.get().subscribe().isEmpty()) {
                        to.subscribe(next.get().subscribe().toArray(byte[][]::new));
                    }
                    if (!next.get().unsubscribe().isEmpty()) {
                        to.unsubscribe(next.get().unsubscribe().toArray(byte[][]::new));
                    }
                    next.get().alreadyKnown().forEach(this::tellMissed);
                    if (to.dueForPing()) {
                        to.ping();
                    }
                } catch (JedisException e) {
                    // The reader finds the connection broken, and begins anew with everything.
                    LOG.atDebug().setCause(e).log("the server could not be told");
                    Connections.cut(to.connection);
                }
            }
        }
    }

    /** Waits for a difference, at most until the next sign of life is due. */
    private Optional<Difference> next() {
        lock.lock();
        try {
            long left = settings.timing().heartbeat().toNanos();
            while ((stale.isEmpty() || session == null) && left > 0) {
                left = changed.awaitNanos(left);
            }
            Session to = session;
            if (to == null) {
                return Optional.empty();
            }
            List<byte[]> subscribe = new ArrayList<>();
            List<byte[]> unsubscribe = new ArrayList<>();
            List<Channel> alreadyKnown = new ArrayList<>();
            var channels = stale.iterator();
            while (channels.hasNext() && subscribe.size() + unsubscribe.size() < CHANNELS_AT_ONCE) {
                Channel channel = channels.next();
                channels.remove();
                boolean want = wanted.containsKey(channel);
                if (want && to.known.add(channel)) {
                    subscribe.add(channel.name(settings.prefix()));
                } else if (want) {
                    alreadyKnown.add(channel);
                } else if (to.known.remove(channel)) {
                    unsubscribe.add(channel.name(settings.prefix()));
                }
            }
            return Optional.of(new Difference(to, subscribe, unsubscribe, alreadyKnown));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void tellMissed(Channel channel) {
        if (channel.kind() == Channel.Kind.HEADS) {
            missed.accept(channel.project());
        }
    }

    private void watch() {
        long silence = settings.timing().silence().toNanos();
        try {
            while (!closed.await(silence / 4, TimeUnit.NANOSECONDS)) {
                Session present = present();
                if (present != null && System.nanoTime() - present.heard > silence) {
                    LOG.atWarn().addKeyValue("server", settings).log("the server fell silent");
                    Connections.cut(present.connection);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Session present() {
        lock.lock();
        try {
            return session;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection; {@code closed} has been counted down. */
    @Override
    public void close() {
        lock.lock();
        try {
            changed.signalAll();
            if (session != null) {
                Connections.cut(session.connection);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One connection and what it knows. */
    private final class Session extends BinaryJedisPubSub {
        private final Connection connection;

        /** Channels that the server was told of; guarded by the lock. */
        private final Set<Channel> known = new HashSet<>();

        private volatile long heard = System.nanoTime();
        private long pinged = System.nanoTime();
        private boolean wasConnected;

        Session(Connection connection) {
            this.connection = connection;
        }

        /** Hears until the connection ends, which throws. */
        void listen() {
            // A channel of its own keeps the connection listening while nothing else is wanted.
            proceed(connection, own());
        }

        private byte[] own() {
            return (settings.prefix() + ":node:" + origin).getBytes(StandardCharsets.US_ASCII);
        }

        boolean dueForPing() {
            long now = System.nanoTime();
            boolean due = now - pinged >= settings.timing().heartbeat().toNanos() / 2;
            if (due) {
                pinged = now;
            }
            return due;
        }

        @Override
        public void onPong(byte[] pattern) {
            heard = System.nanoTime();
        }

        @Override
        public void onSubscribe(byte[] name, int count) {
            heard = System.nanoTime();
            if (!wasConnected) {
                wasConnected = true;
                begin(this);
            }
            Channel.named(name, settings.prefix()).ifPresent(Listening.this::tellMissed);
        }

        @Override
        public void onMessage(byte[] name, byte[] message) {
            heard = System.nanoTime();
            Optional<Channel> channel = Channel.named(name, settings.prefix());
            if (channel.isEmpty()) {
                return;
            }
            try {
                HintMessage.Parts parts = HintMessage.parts(message);
                if (parts.origin().equals(origin)) {
                    return;
                }
                switch (channel.get().kind()) {
                    case HEADS -> local.publish(HintMessage.head(parts, channel.get().project()));
                    case TRANSFERS ->
                            local.publish(HintMessage.transfer(parts, channel.get().project()));
                }
            } catch (SynclineException e) {
                // Of a later version, or of somebody who has no business there.
                LOG.atDebug().setCause(e).log("what came isn't a hint");
            }
        }
    }
}
