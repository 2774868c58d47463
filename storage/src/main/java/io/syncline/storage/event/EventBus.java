package io.syncline.storage.event;

import io.syncline.core.tree.ProjectId;
import java.util.function.Consumer;

/**
 * Carries hints from whoever committed to whoever watches, on every node of the server.
 *
 * <p><b>Thread safety.</b> Any number of threads may call at once.
 *
 * <p><b>Delivery</b> is at most once and may be late. Hints of one project that wait for one
 * subscriber are coalesced: of one epoch the highest sequence stays, of two epochs the one
 * published last. So what waits is bounded by one hint per subscription and project, and a quiet
 * bus has delivered the highest hint of each project, unless the bus says otherwise (a lost
 * connection to a message server). A subscriber sees hints that are published on this node after
 * {@link #subscribe} returned.
 *
 * <p><b>Other nodes' hints</b> may be missed: between {@link #subscribe} and the moment when the
 * message server knows of it, and while it can't be reached. The bus tells of either at its end
 * ({@link #whenMissed}), and says meanwhile how far hints reach ({@link #reach}): whoever needs
 * more than hints looks at the heads.
 *
 * <p><b>Subscribers</b> are called one hint at a time per subscription, on a thread of the bus. One
 * that is slow delays no other subscription and no publisher; what it throws is logged and goes no
 * further.
 */
public interface EventBus extends AutoCloseable {
    /** Most subscriptions at once; one more is {@code LIMITED}. */
    int SUBSCRIPTIONS_MAX = 200_000;

    /** Most transfers of which a hint waits for one subscription. */
    int TRANSFERS_WAITING_MAX = 256;

    /** Says that a head rose. Never blocks on subscribers and never throws because of them. */
    void publish(HeadHint hint);

    /**
     * Says how far a transfer is. As with heads, but coalesced by transfer: of each the newest
     * waits, of at most {@link #TRANSFERS_WAITING_MAX} transfers; hints of further ones are
     * dropped.
     */
    void publish(TransferHint hint);

    /** Watches the transfers of one project until the subscription is closed. */
    Subscription subscribeTransfers(ProjectId project, Consumer<TransferHint> subscriber);

    /** Watches one project until the subscription is closed. */
    Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber);

    /** How far hints reach. */
    enum Reach {
        /** Everybody: all subscribers are in this process, and nothing is ever missed. */
        PROCESS,
        /** All nodes. */
        CLUSTER,
        /** This process only, although there may be other nodes. */
        CUT_OFF
    }

    /** How far hints reach now. */
    default Reach reach() {
        return Reach.PROCESS;
    }

    /**
     * Sets who is told that other nodes' hints of a watched project may have been missed until now.
     * It is called on a thread of the bus, for every head subscription at least once where there
     * are other nodes, and must return at once. Never called where {@link #reach} is {@code
     * PROCESS}.
     */
    default void whenMissed(Consumer<ProjectId> listener) {
        // Within one process nothing is missed.
    }

    /** Ends all subscriptions; later hints go nowhere. Idempotent. */
    @Override
    void close();

    /** A standing wish for hints. */
    interface Subscription extends AutoCloseable {
        /** Ends it; a call that is being made may still finish. Idempotent. */
        @Override
        void close();
    }
}
