package io.syncline.client.scan;

import io.syncline.client.disk.DiskTraits;
import io.syncline.client.disk.Stat;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether a file has been left alone for long enough to be read, and whether what was read can be
 * trusted. A function of attributes and times that are handed in.
 *
 * @param quiet how long a file must have been left alone
 * @param patience after how long a file that is never left alone is read all the same (R32)
 * @param clockStep the time within which two writes may leave equal timestamps: a file whose
 *     timestamp is that close to the look at it may change without a sign
 */
public record Settle(Duration quiet, Duration patience, Duration clockStep) {
    /** How long a file that is never left alone is waited for (R32). */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * Linux stamps files with a clock that ticks every 1..10 ms (4 ms usually; finer since 6.13,
     * but not on every file system), Windows every 15.6 ms.
     */
    private static final Duration SYSTEM_CLOCK_STEP = Duration.ofMillis(16);

    /** For a disk that keeps times as these traits say. */
    public static Settle on(DiskTraits traits, Duration quiet) {
        Duration kept = Duration.ofNanos(traits.mtimeGranularityNanos());
        return new Settle(
                quiet, PATIENCE, kept.compareTo(SYSTEM_CLOCK_STEP) > 0 ? kept : SYSTEM_CLOCK_STEP);
    }

    /** What to do about a file that changed. */
    public sealed interface Verdict {
        /** It was left alone: read it. */
        record Read() implements Verdict {}

        /** It never is: read it, and commit only if it is the same before and after (R32). */
        record ReadBusy() implements Verdict {}

        /** Look again after that long. */
        record Wait(Duration delay) implements Verdict {}
    }

    /**
     * Whether to read a file now.
     *
     * @param now the file as it is
     * @param lastChange when this device last saw it differ from the look before; the file's own
     *     time isn't asked alone, since programs set it, and clocks jump
     * @param firstChange when it was first seen to differ from what is agreed
     * @param at the present
     */
    public Verdict verdict(Stat now, Instant lastChange, Instant firstChange, Instant at) {
        Duration seenQuiet = Duration.between(lastChange, at);
        Duration ownAge = age(Math.max(now.mtimeNanos(), now.ctimeNanos()), at);
        // A file that was last touched long ago (moved in, restored) needn't wait. Times in the
        // future say nothing.
        Duration quietFor = ownAge.compareTo(seenQuiet) > 0 ? ownAge : seenQuiet;
        if (quietFor.compareTo(quiet) >= 0) {
            return new Verdict.Read();
        }
        if (Duration.between(firstChange, at).compareTo(patience) >= 0) {
            return new Verdict.ReadBusy();
        }
        Duration left = quiet.minus(quietFor.isNegative() ? Duration.ZERO : quietFor);
        return new Verdict.Wait(left.compareTo(quiet) > 0 ? quiet : left);
    }

    /** Whether what was read between two looks is one state of the file. */
    public static boolean isUntorn(Stat before, Stat after) {
        return after.unchangedSince(before);
    }

    /**
     * Whether a file was changed so shortly before it was looked at that a later write may leave
     * the same timestamps: then equal attributes prove nothing, and it has to be read again once
     * more.
     *
     * @param looked when the attributes were read
     */
    public boolean isRacy(Stat stat, Instant looked) {
        Duration sinceChange = age(Math.max(stat.mtimeNanos(), stat.ctimeNanos()), looked);
        return sinceChange.compareTo(clockStep) <= 0;
    }

    private static Duration age(long nanos, Instant at) {
        Instant changed =
                Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
        return Duration.between(changed, at);
    }
}
