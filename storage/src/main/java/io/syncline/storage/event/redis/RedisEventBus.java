package io.syncline.storage.event.redis;

import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Spreads a process's own bus over all nodes, by the pub/sub of Redis or Valkey: each project has a
 * channel for heads and one for transfers, and a node listens to those of the projects that are
 * watched on it.
 *
 * <p>The process's own subscribers are told directly, whatever state the server is in. Publishing
 * only puts a hint into a bounded, coalescing place; nothing here ever blocks or fails a commit.
 * Opening doesn't wait for the server either.
 */
public final class RedisEventBus implements EventBus {
    private final EventBus local;
    private final Publishing publishing;
    private final Listening listening;
    private final CountDownLatch closed = new CountDownLatch(1);

    private RedisEventBus(RedisSettings settings, EventBus local, RandomGenerator random) {
        String origin = RandomId.next(random);
        this.local = local;
        this.publishing = new Publishing(settings, origin, random, closed);
        this.listening = new Listening(settings, origin, local, random, closed);
    }

    /**
     * Begins to connect.
     *
     * @param local tells this process's subscribers; closed with this bus
     * @param random for the node's name and for the waits between attempts; thread-safe
     */
    public static RedisEventBus open(
            RedisSettings settings, EventBus local, RandomGenerator random) {
        RedisEventBus bus = new RedisEventBus(settings, local, random);
        bus.publishing.start();
        bus.listening.start();
        return bus;
    }

    @Override
    public void publish(HeadHint hint) {
        local.publish(hint);
        if (isOpen()) {
            publishing.offer(hint);
        }
    }

    @Override
    public void publish(TransferHint hint) {
        local.publish(hint);
        if (isOpen()) {
            publishing.offer(hint);
        }
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    @Override
    public Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
        return listen(
                new Channel(Channel.Kind.HEADS, project), local.subscribe(project, subscriber));
    }

    @Override
    public Subscription subscribeTransfers(ProjectId project, Consumer<TransferHint> subscriber) {
        return listen(
                new Channel(Channel.Kind.TRANSFERS, project),
                local.subscribeTransfers(project, subscriber));
    }

    private Subscription listen(Channel channel, Subscription subscription) {
        listening.want(channel);
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (!ended.getAndSet(true)) {
                subscription.close();
                listening.drop(channel);
            }
        };
    }

    @Override
    public Reach reach() {
        return listening.isConnected() ? Reach.CLUSTER : Reach.CUT_OFF;
    }

    @Override
    public void whenMissed(Consumer<ProjectId> listener) {
        listening.whenMissed(listener);
    }

    /** How many projects' heads wait to be published. */
    public int waiting() {
        return publishing.waiting();
    }

    /** How many hints were dropped because too many waited. */
    public long dropped() {
        return publishing.dropped();
    }

    @Override
    public void close() {
        closed.countDown();
        publishing.close();
        listening.close();
        local.close();
    }
}
