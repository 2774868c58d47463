package io.syncline.system.sim;

import io.syncline.core.wire.Limits;
import io.syncline.system.sim.Action.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What happens more often than elsewhere in some worlds, so that one kind of fault is met soon. */
public enum Climate {
    /** Everything now and then. */
    MIXED(Map.of()),
    /** Devices lose their power and their processes. */
    POWER(Map.of(Kind.POWER_CUT, 8, Kind.KILL, 4)),
    /** Requests and answers are lost and repeated, lines cut. */
    NETWORK(Map.of(Kind.WEATHER, 6, Kind.CUT, 3, Kind.DISCONNECT, 3)),
    /** The server is killed, and taken back to what it was. */
    SERVER(Map.of(Kind.SERVER_KILL, 4, Kind.BACK_UP, 12, Kind.GO_BACK, 12, Kind.MAINTAIN, 3)),
    /**
     * The server is taken back while who knows that can't reach it; what it hinted at comes late.
     */
    FORKED(Map.of(Kind.FORK, 1, Kind.CUT, 0, Kind.GO_BACK, 0, Kind.BACK_UP, 0)),
    /** The server cleans up, days pass in between, and not all that is sent is committed. */
    COLLECTING(Map.of(Kind.MAINTAIN, 12, Kind.TIME, 5, Kind.RASH, 1, Kind.LATE_COMMIT, 1)),
    /** Something between devices and server mixes up what it was asked. */
    CONFUSED(Map.of(Kind.WEATHER, 8, Kind.CUT, 2)),
    /** What is sent overtakes what was sent before, and people save what has just come. */
    LATE(Map.of(Kind.WEATHER, 6, Kind.DISCONNECT, 12, Kind.HASTE, 1)),
    /** Devices are off the net, and people change the same few directories there. */
    APART(Map.of(Kind.CUT, 10, Kind.DISCONNECT, 2, Kind.INSIDE_OUT, 1)),
    /** People change again what has just been read, while it is on its way, on slow lines. */
    RESTLESS(
            Map.of(
                    Kind.AGAIN,
                    1,
                    Kind.MEANWHILE,
                    1,
                    Kind.WEATHER,
                    8,
                    Kind.SLOW,
                    6,
                    Kind.WATCHER,
                    3)),
    /** People save files in the moment in which the client is about to touch them. */
    HASTY(Map.of(Kind.HASTE, 1, Kind.KILL, 2)),
    /** People delete nearly all, and clients ask early whether that was meant. */
    DELETING(Map.of(Kind.SWEEP, 1)),
    /** Processes end and power fails in the very moment in which the client changes its disk. */
    SUDDEN(Map.of(Kind.SUDDEN, 1, Kind.HASTE, 1, Kind.CUT, 2)),
    /** One person at one device, with nobody to interfere; the others follow. */
    ALONE(
            Map.ofEntries(
                    Map.entry(Kind.HASTE, 1),
                    Map.entry(Kind.WEATHER, 3),
                    Map.entry(Kind.CUT, 2),
                    Map.entry(Kind.KILL, 2),
                    Map.entry(Kind.POWER_CUT, 0),
                    Map.entry(Kind.LOSE_STATE, 0),
                    Map.entry(Kind.GO_BACK, 0))),
    /** As {@link #ALONE}, but processes end in the middle of a change of their disk. */
    FOLLOWED(
            Map.ofEntries(
                    Map.entry(Kind.SUDDEN, 1),
                    Map.entry(Kind.WEATHER, 3),
                    Map.entry(Kind.CUT, 6),
                    Map.entry(Kind.POWER_CUT, 0),
                    Map.entry(Kind.LOSE_STATE, 0),
                    Map.entry(Kind.GO_BACK, 0))),
    /** One person who goes from device to device, on disks of all systems. */
    TURNS(
            Map.ofEntries(
                    Map.entry(Kind.TURN, 1),
                    Map.entry(Kind.CUT, 0),
                    Map.entry(Kind.KILL, 2),
                    Map.entry(Kind.DISK, 0),
                    Map.entry(Kind.CLOCK, 0),
                    Map.entry(Kind.POWER_CUT, 0),
                    Map.entry(Kind.LOSE_STATE, 0),
                    Map.entry(Kind.SERVER_DOWN, 0),
                    Map.entry(Kind.GO_BACK, 0))),
    /** As {@link #ALONE}, but moves are taken back before the server's answer to them is there. */
    RETURNING(
            Map.ofEntries(
                    Map.entry(Kind.UNDO, 1),
                    Map.entry(Kind.POWER_CUT, 0),
                    Map.entry(Kind.LOSE_STATE, 0),
                    Map.entry(Kind.GO_BACK, 0))),
    /** As {@link #ALONE}, but things come and go in the moment in which the client lists them. */
    FLEETING(
            Map.ofEntries(
                    Map.entry(Kind.FLEET, 1),
                    Map.entry(Kind.HIDE, 1),
                    Map.entry(Kind.WATCHER, 3),
                    Map.entry(Kind.KILL, 2),
                    Map.entry(Kind.POWER_CUT, 0),
                    Map.entry(Kind.LOSE_STATE, 0),
                    Map.entry(Kind.GO_BACK, 0))),
    /** Folders that are copied to other machines together with what their clients know. */
    CLONED(Map.of(Kind.CLONE, 1, Kind.CUT, 2)),
    /** Devices that are put away for months, while the server forgets what nobody needs. */
    AWAY(
            Map.of(
                    Kind.AWAY, 1,
                    Kind.SEASON, 1,
                    Kind.BACK_UP, 0,
                    Kind.GO_BACK, 0,
                    Kind.POWER_CUT, 0,
                    Kind.MAINTAIN, 6)),
    /** Disks of all systems, with names that some of them can't hold or can't tell apart. */
    FOREIGN(Map.of(Kind.HASTE, 0)),
    /** Folders on disks that are pulled out and put back in. */
    PLUGGED(Map.of(Kind.PLUG, 1, Kind.KILL, 4, Kind.ANSWER, 4)),
    /** Devices whose state is taken back to a backup of it. */
    RESTORED(Map.of(Kind.OLD_STATE, 1, Kind.CUT, 2)),
    /** The power fails right after a device has come to rest, on disks that order nothing. */
    AFTERWARDS(Map.of(Kind.POWER_CUT, 0, Kind.LATE_CUT, 1)),
    /** People take rights from directories, and give them back. */
    LOCKED(Map.of(Kind.LOCK, 1, Kind.RESTART, 3)),
    /** People change what the folder ignores, and work with that as well. */
    IGNORING(Map.of(Kind.IGNORE, 1, Kind.CUT, 2)),
    /** A client of somebody else commits what ours never would. */
    RASH(Map.of(Kind.RASH, 1, Kind.CUT, 3, Kind.MAINTAIN, 6)),
    /** Disks fail, and devices lose what they know. */
    DISK(Map.of(Kind.DISK, 10, Kind.SLOW, 4, Kind.WATCHER, 4, Kind.LOSE_STATE, 8, Kind.KILL, 2));

    @SuppressWarnings("ImmutableEnumChecker") // Made by Map.of.
    private final Map<Kind, Integer> factors;

    Climate(Map<Kind, Integer> factors) {
        this.factors = factors;
    }

    /**
     * How many deletes a client doesn't ask about (R28); as in the product, but where they matter.
     */
    int brakeNodes() {
        return this == DELETING ? 4 : 1_000;
    }

    /** Whether there is one person only, at one device at a time, and nobody interferes. */
    boolean hasOnePerson() {
        return switch (this) {
            case ALONE, FOLLOWED, TURNS, RETURNING, FLEETING -> true;
            default -> false;
        };
    }

    /** How many changes a page has at most: as in the product, or as if projects were large. */
    int pageEntries() {
        return switch (this) {
            case NETWORK, SERVER, FORKED, CONFUSED, COLLECTING, AWAY -> 3;
            default -> Limits.CHANGES_PAGE_ENTRIES_MAX;
        };
    }

    /** The share of answers about changes that are answers to another question. */
    double confusedShare() {
        return this == CONFUSED ? 0.2 : 0;
    }

    /** The share of answers about changes that lack one. */
    double damagedShare() {
        return this == CONFUSED ? 0.05 : 0;
    }

    /** How long a transaction of the server's background may have to wait for those before it. */
    int behindMillisMax() {
        return this == COLLECTING ? 300 : 0;
    }

    /** How long it may take until something happens again, where time passes. */
    Duration pause(RandomGenerator random) {
        boolean days = this == COLLECTING && random.nextInt(3) == 0;
        return days
                ? Duration.ofMinutes(random.nextLong(24 * 60, 60 * 60))
                : Duration.ofNanos(random.nextLong(1_000_000_000L << random.nextInt(12)));
    }

    /** Whether people work on the same few directories, and often on those themselves. */
    boolean isCrowded() {
        return this == APART || this == RASH || this == RESTLESS;
    }

    /** How many times as often as in a mixed world. */
    int factor(Kind kind) {
        boolean isRare =
                switch (kind) {
                    case HASTE,
                            SWEEP,
                            SUDDEN,
                            PLUG,
                            OLD_STATE,
                            LATE_CUT,
                            LOCK,
                            IGNORE,
                            CLONE,
                            AWAY,
                            SEASON,
                            UNDO,
                            FORK,
                            AGAIN,
                            MEANWHILE,
                            FLEET,
                            HIDE,
                            TURN,
                            LATE_COMMIT,
                            INSIDE_OUT,
                            RASH ->
                            true;
                    default -> false;
                };
        return factors.getOrDefault(kind, isRare ? 0 : 1);
    }
}
