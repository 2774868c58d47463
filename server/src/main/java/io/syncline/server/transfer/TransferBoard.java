package io.syncline.server.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Transfer;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.TransferHint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transfers of the devices that are connected to this server node. A transfer is shown until
 * its device says that it ended, the connection that told of it closes, or nothing was heard of it
 * for {@link Limits#TRANSFER_SECONDS} seconds. Thread-safe.
 *
 * <p>What devices on other nodes do is heard by the bus where somebody watches, and isn't listed: a
 * list tells of this node's devices only, until the watcher has heard of the others, a second later.
 *
 * <p>Memory is bounded by the connections, each of which tells of at most {@link
 * Limits#TRANSFERS_MAX} transfers at a time. What a connection says too often is dropped, and what
 * comes too soon after the last hint of its transfer is shown in lists but not published: the
 * device repeats itself.
 */
public final class TransferBoard {
    /** The most that a list shows. */
    public static final int LISTED_MAX = 1_000;

    /** Between two hints of one transfer. */
    private static final Duration HINT_EVERY =
            Duration.ofMillis(1_000 / Limits.TRANSFER_MESSAGES_PER_SECOND);

    private static final Duration SILENT = Duration.ofSeconds(Limits.TRANSFER_SECONDS);

    /** Messages of one connection in a second; the rest is dropped. */
    static final int MESSAGES_PER_SECOND =
            Limits.TRANSFERS_MAX * Limits.TRANSFER_MESSAGES_PER_SECOND;

    /** Hints of one project in a second, so that a thousand devices don't flood each other. */
    static final int HINTS_PER_SECOND = 200;

    private final EventBus bus;
    private final InstantSource clock;

    @GuardedBy("this")
    private final Map<ProjectId, Shown> projects = new HashMap<>();

    @GuardedBy("this")
    private final Map<Object, Source> sources = new HashMap<>();

    /** A project's transfers. */
    private static final class Shown {
        final Map<TransferHint.Key, Live> transfers = new LinkedHashMap<>();
        final Rate hints = new Rate(HINTS_PER_SECOND);
    }

    /** A connection. */
    private static final class Source {
        final Rate messages = new Rate(MESSAGES_PER_SECOND);
        int transfers;
    }

    /** One transfer. */
    private static final class Live {
        final Object source;
        final String deviceName;
        Transfer transfer;
        Instant heard;
        Instant published = Instant.MIN;

        Live(Object source, String deviceName, Transfer transfer, Instant heard) {
            this.source = source;
            this.deviceName = deviceName;
            this.transfer = transfer;
            this.heard = heard;
        }
    }

    /** Counts within seconds that begin with their first event. */
    private static final class Rate {
        private final int perSecond;
        private Instant begun = Instant.MIN;
        private int count;

        Rate(int perSecond) {
            this.perSecond = perSecond;
        }

        boolean allows(Instant now) {
            if (!begun.plusSeconds(1).isAfter(now) || begun.isAfter(now)) {
                begun = now;
                count = 0;
            }
            return ++count <= perSecond;
        }
    }

    /** An empty board that publishes on this bus. */
    public TransferBoard(EventBus bus, InstantSource clock) {
        this.bus = bus;
        this.clock = clock;
    }

    /**
     * Takes what a device says.
     *
     * @param source the connection; it must be known that its device is a member of the project
     */
    public synchronized void report(
            Object source, DeviceId device, String deviceName, Transfer said) {
        Instant now = clock.instant();
        Source from = sources.computeIfAbsent(source, _ -> new Source());
        if (!from.messages.allows(now)) {
            return;
        }
        TransferHint.Key key = new TransferHint.Key(device, said.id());
        Shown shown = projects.computeIfAbsent(said.project(), _ -> new Shown());
        Live live = shown.transfers.get(key);
        if (said.ended()) {
            if (live != null && live.source.equals(source)) {
                end(shown, key, live, now);
            }
        } else if (live != null && live.source.equals(source)) {
            live.heard = now;
            live.transfer = said.of(device, live.deviceName);
            publish(shown, key, live, now);
        } else if (live == null && from.transfers < Limits.TRANSFERS_MAX) {
            from.transfers++;
            live = new Live(source, deviceName, said.of(device, deviceName), now);
            shown.transfers.put(key, live);
            publish(shown, key, live, now);
        }
        forgetIfEmpty(said.project(), shown);
    }

    @GuardedBy("this")
    private void publish(Shown shown, TransferHint.Key key, Live live, Instant now) {
        boolean due =
                live.published.equals(Instant.MIN)
                        || !live.published.plus(HINT_EVERY).isAfter(now)
                        || live.published.isAfter(now);
        if (due && shown.hints.allows(now)) {
            live.published = now;
            bus.publish(new TransferHint(key.device(), live.transfer));
        }
    }

    @GuardedBy("this")
    private void end(Shown shown, TransferHint.Key key, Live live, Instant now) {
        shown.transfers.remove(key);
        Source source = sources.get(live.source);
        if (source != null) {
            source.transfers--;
        }
        // Who misses it because there are too many hints forgets the transfer by itself.
        if (shown.hints.allows(now)) {
            bus.publish(new TransferHint(key.device(), live.transfer.over()));
        }
    }

    @GuardedBy("this")
    private void forgetIfEmpty(ProjectId project, Shown shown) {
        if (shown.transfers.isEmpty()) {
            projects.remove(project);
        }
    }

    /** Ends what a connection told of a project that it no longer watches. */
    public synchronized void left(Object source, ProjectId project) {
        endWhere(Optional.of(project), live -> live.source.equals(source));
    }

    /** Ends what a closed connection told of. */
    public synchronized void closed(Object source) {
        if (sources.containsKey(source)) {
            endWhere(Optional.empty(), live -> live.source.equals(source));
            sources.remove(source);
        }
    }

    /** Ends what nothing was heard of for too long; called every few seconds. */
    public synchronized void expire() {
        Instant limit = clock.instant().minus(SILENT);
        endWhere(Optional.empty(), live -> !live.heard.isAfter(limit));
    }

    /** Which transfers. */
    private interface Which {
        boolean is(Live live);
    }

    @GuardedBy("this")
    private void endWhere(Optional<ProjectId> only, Which which) {
        Instant now = clock.instant();
        List<ProjectId> looked =
                only.isPresent() ? List.of(only.get()) : new ArrayList<>(projects.keySet());
        for (ProjectId project : looked) {
            Shown shown = projects.get(project);
            if (shown == null) {
                continue;
            }
            List<TransferHint.Key> gone = new ArrayList<>();
            shown.transfers.forEach((key, live) -> {
                if (which.is(live)) {
                    gone.add(key);
                }
            });
            for (TransferHint.Key key : gone) {
                Live live = shown.transfers.get(key);
                if (live != null) {
                    end(shown, key, live, now);
                }
            }
            forgetIfEmpty(project, shown);
        }
    }

    /** The transfers of a project, oldest first, at most {@link #LISTED_MAX}. */
    public synchronized List<Transfer> list(ProjectId project) {
        Shown shown = projects.get(project);
        return shown == null
                ? List.of()
                : shown.transfers.values().stream()
                        .limit(LISTED_MAX)
                        .map(live -> live.transfer)
                        .toList();
    }

    /** How many transfers are kept. */
    public synchronized int size() {
        return projects.values().stream().mapToInt(shown -> shown.transfers.size()).sum();
    }
}
