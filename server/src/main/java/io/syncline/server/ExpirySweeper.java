package io.syncline.server;

import io.syncline.server.account.Access;
import io.syncline.server.background.Leased;
import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.WriteTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Deletes what has expired, now and then, in short slices behind what people wait for (R47). A
 * failure is reported and tried again the next time.
 */
final class ExpirySweeper implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** Rows of one slice: a few milliseconds. */
    private static final int SLICE = 200;

    /** Slices of one kind per period, so that a stop never waits long. */
    private static final int SLICES_MAX = 1_000;

    /** How long a commit's answer can be asked for again (R9). */
    static final Duration ANSWERS = Duration.ofDays(30);

    /** How long a replica that is never seen again is shown to members. */
    static final Duration REPLICAS = Duration.ofDays(365);

    /** How long it is remembered what was taken from accounts: sockets look every few seconds. */
    static final Duration RIGHT_CHANGES = Duration.ofHours(1);

    /** How long failed attempts are remembered; they fade within a minute. */
    static final Duration ATTEMPTS = Duration.ofMinutes(10);

    /** The name of the lease that it works under. */
    static final String LEASE = "expiry";

    private final Leased lease;
    private final MetadataStore store;
    private final Access access;
    private final Supplier<Duration> auditRetention;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("expiry-sweeper", () -> PERIOD, this::round);

    /** One kind of row that expires. */
    @FunctionalInterface
    private interface Kind {
        int sweep(WriteTransaction write, Instant now);
    }

    private static final List<Kind> KINDS =
            List.of(
                    (write, now) -> write.sweeper().sessions(now, SLICE),
                    (write, now) -> write.sweeper().links(now, SLICE),
                    (write, now) -> write.sweeper().uploads(now, SLICE),
                    (write, now) -> write.sweeper().answers(now.minus(ANSWERS), SLICE),
                    (write, now) -> write.sweeper().replicas(now.minus(REPLICAS), SLICE),
                    (write, now) -> write.rightChanges().forget(now.minus(RIGHT_CHANGES), SLICE),
                    (write, now) -> write.attempts().forget(now.minus(ATTEMPTS), SLICE));

    /**
     * Sweeps under this lease.
     *
     * @param auditRetention how long entries of the audit log are kept; asked outside of
     *     transactions
     */
    ExpirySweeper(
            Leased lease, Access access, InstantSource clock, Supplier<Duration> auditRetention) {
        this.auditRetention = auditRetention;
        this.lease = lease;
        this.store = lease.store();
        this.access = access;
        this.clock = clock;
    }

    /** Begins to do so in the background. Call once. */
    void start() {
        rounds.start();
    }

    private void round() {
        // What this node alone knows is written down whoever sweeps.
        access.flushSeen(SLICE);
        lease.round(PERIOD, this::sweepAll);
    }

    /** One round over all kinds; says how many rows went, none where another node is at it. */
    int sweep() {
        access.flushSeen(SLICE);
        return lease.during(this::sweepAll).orElse(0);
    }

    private int sweepAll() {
        Instant now = clock.instant();
        Instant forgotten = now.minus(auditRetention.get());
        List<Kind> kinds = new ArrayList<>(KINDS);
        kinds.add((write, _) -> write.audit().forget(forgotten, SLICE));
        int swept = 0;
        for (Kind kind : kinds) {
            for (int i = 0; i < SLICES_MAX && !rounds.isClosed(); i++) {
                int slice = store.writeBehind(write -> kind.sweep(write, now));
                swept += slice;
                if (slice < SLICE) {
                    break;
                }
            }
        }
        return swept;
    }

    @Override
    public void close() {
        rounds.close();
    }
}
