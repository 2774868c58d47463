package io.syncline.server;

import io.syncline.server.account.Access;
import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Sweeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

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

    private final MetadataStore store;
    private final Access access;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("expiry-sweeper", () -> PERIOD, this::sweep);

    /** One kind of row that expires. */
    @FunctionalInterface
    private interface Kind {
        int sweep(Sweeper sweeper, Instant now);
    }

    private static final List<Kind> KINDS =
            List.of(
                    (sweeper, now) -> sweeper.sessions(now, SLICE),
                    (sweeper, now) -> sweeper.links(now, SLICE),
                    (sweeper, now) -> sweeper.uploads(now, SLICE),
                    (sweeper, now) -> sweeper.answers(now.minus(ANSWERS), SLICE),
                    (sweeper, now) -> sweeper.replicas(now.minus(REPLICAS), SLICE));

    ExpirySweeper(MetadataStore store, Access access, InstantSource clock) {
        this.store = store;
        this.access = access;
        this.clock = clock;
    }

    /** Begins to do so in the background. Call once. */
    void start() {
        rounds.start();
    }

    /** One round over all kinds; says how many rows went. */
    int sweep() {
        access.flushSeen(SLICE);
        Instant now = clock.instant();
        int swept = 0;
        for (Kind kind : KINDS) {
            for (int i = 0; i < SLICES_MAX && !rounds.isClosed(); i++) {
                int slice = store.writeBehind(write -> kind.sweep(write.sweeper(), now));
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
