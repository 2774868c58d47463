package io.syncline.server.event;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.RightChanges.RightChange;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices what any node took from accounts. The truth is the feed of right changes, read at every
 * tick; that it has something new travels over the bus like the head of a project, one that nobody
 * can be a member of. Thread-safe.
 */
final class RightsWatch implements AutoCloseable {
    /** Stands for the feed where the bus wants a project. */
    static final ProjectId FEED = new ProjectId("0".repeat(32));

    private static final Epoch EPOCH = new Epoch("0".repeat(32));
    private static final int PAGE = 500;

    private final MetadataStore store;
    private final EventBus bus;
    private final Consumer<Set<AccountId>> changed;
    private final Runnable forgotten;
    private final Object lock = new Object();

    /** Up to where the feed was read and acted upon. */
    private volatile long seen;

    @GuardedBy("lock")
    private EventBus.@Nullable Subscription subscription;

    /**
     * @param changed told of the accounts that lost something
     * @param forgotten told when changes were forgotten before they were read here
     */
    RightsWatch(
            MetadataStore store,
            EventBus bus,
            Consumer<Set<AccountId>> changed,
            Runnable forgotten) {
        this.store = store;
        this.bus = bus;
        this.changed = changed;
        this.forgotten = forgotten;
    }

    /** Begins to notice; what was taken before is of no interest. Call once. */
    void start() {
        synchronized (lock) {
            subscription = bus.subscribe(FEED, _ -> look());
            seen = store.<Long>read(read -> read.rightChanges().newest());
        }
    }

    /** Up to where all that was taken has been acted upon. */
    long seen() {
        return seen;
    }

    /** This node has taken something: the others are told. */
    void tell() {
        long newest = store.<Long>read(read -> read.rightChanges().newest());
        bus.publish(new HeadHint(FEED, EPOCH, newest, Optional.empty()));
    }

    /** Reads what is new and acts upon it. */
    void look() {
        synchronized (lock) {
            List<RightChange> page;
            do {
                page = store.read(read -> read.rightChanges().after(seen, PAGE));
                if (page.isEmpty()) {
                    return;
                }
                if (page.getFirst().sequence() > seen + 1) {
                    forgotten.run();
                }
                Set<AccountId> accounts = new HashSet<>();
                page.forEach(change -> accounts.add(change.account()));
                changed.accept(accounts);
                seen = page.getLast().sequence();
            } while (page.size() == PAGE);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (subscription != null) {
                subscription.close();
                subscription = null;
            }
        }
    }
}
