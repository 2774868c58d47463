package io.syncline.server.check;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.check.Finding;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Tries an event bus between two nodes, in a project of its own. It leaves nothing. */
public final class EventsCheck {
    /** What a hint between nodes takes at the most, and a subscription. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventBus one;
    private final EventBus other;
    private final ProjectId project;
    private final Epoch epoch;
    private final Duration patience;

    /** The buses of two nodes, and how long is waited for each of them. */
    public EventsCheck(EventBus one, EventBus other, RandomGenerator random, Duration patience) {
        this.one = one;
        this.other = other;
        this.project = new ProjectId(RandomId.next(random));
        this.patience = patience;
        this.epoch = new Epoch(RandomId.next(random));
    }

    /** Looks. */
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        found.add(
                Finding.of(
                        "hints go both ways between nodes",
                        "look at address, password and TLS of the bus; allow SUBSCRIBE and PUBLISH"
                                + " on the channels of the prefix",
                        () ->
                                "there in "
                                        + delivery(one, other)
                                        + ", back in "
                                        + delivery(other, one)));
        return found;
    }

    private String delivery(EventBus from, EventBus to) throws Exception {
        CountDownLatch known = new CountDownLatch(1);
        BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        to.whenMissed(_ -> known.countDown());
        try (EventBus.Subscription _ = to.subscribe(project, hint -> heard.add(hint.sequence()))) {
            if (to.reach() != EventBus.Reach.PROCESS
                    && !known.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw SynclineException.invalid(
                        "no subscription within " + patience.toSeconds() + " s");
            }
            long[] sequence = {0};
            double millis =
                    Medians.millis(
                            MetadataCheck.TIMES,
                            () -> {
                                sequence[0]++;
                                from.publish(new HeadHint(project, epoch, sequence[0]));
                                Long come = heard.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
                                if (come == null || come != sequence[0]) {
                                    throw SynclineException.invalid(
                                            "hint " + sequence[0] + " didn't come");
                                }
                            });
            return Medians.text("", millis).strip();
        }
    }
}
