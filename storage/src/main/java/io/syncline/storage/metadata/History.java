package io.syncline.storage.metadata;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a project was: the versions that {@link Nodes.Writable#put} left behind, within retention.
 * Versions come without name keys.
 *
 * <p>A version is <em>over</em> when a later one of its node replaced it, or at once where it is a
 * deletion. It is kept until it has been over for as long as {@link #retention} says (L2): what was
 * written a year ago and replaced yesterday is still there. A version that isn't over is never
 * forgotten, so a project has at most its live nodes and what ended within retention.
 */
public interface History {
    /** How long versions are kept after their end unless a project says otherwise. */
    Duration RETENTION = Duration.ofDays(30);

    /** How long this project's versions are kept after their end, where it says so itself. */
    Optional<Duration> ownRetention();

    /** The same, {@link #RETENTION} where it says nothing. */
    default Duration retention() {
        return ownRetention().orElse(RETENTION);
    }

    /**
     * The sequence up to which ends were looked at by {@link Writable#trim}: of the versions above
     * it none was forgotten yet. 0 at first.
     */
    long trimmed();

    /** The version that a change made, if it is still kept. */
    Optional<Version> at(long sequence);

    /** The versions at these sequences; those that aren't kept are left out. */
    Map<Long, Version> at(Collection<Long> sequences);

    /**
     * The lowest kept sequence at or after a time; absent when the newest is older. Found by
     * halving, so it is exact only where times rise with sequences, which a clock set back breaks.
     */
    OptionalLong since(Instant time);

    /**
     * A part of history, newest first.
     *
     * @param before exclusive
     * @param from inclusive
     * @param device only changes by this device
     * @param limit versions at most
     * @param scan versions looked at, at most
     */
    Slice slice(long before, long from, Optional<DeviceId> device, int limit, int scan);

    /**
     * What a slice found.
     *
     * @param next the {@code before} of the next slice; absent when nothing is left
     */
    record Slice(List<Version> versions, OptionalLong next) {
        public Slice {
            versions = List.copyOf(versions);
        }
    }

    /** A node's newest version below a sequence. */
    Optional<Version> below(NodeId id, long sequence);

    /**
     * A node's newest version below a sequence that isn't one of a device's since another sequence:
     * what the device found when it began. Costs time in proportion to what the device did.
     */
    Optional<Version> belowOthers(NodeId id, long sequence, DeviceId device, long since);

    /** The newest nodes that re-create these (R34); those never re-created are left out. */
    Map<NodeId, NodeId> recreated(Collection<NodeId> ids);

    /** Deletions below a sequence, newest first. */
    List<Version> deleted(long before, int limit);

    /**
     * Deletions of nodes that were in a directory, in byte order of names, the newest of a name
     * first.
     *
     * @param after where the page before ended
     */
    List<Version> deletedIn(NodeId parent, Optional<Deleted> after, int limit);

    /** A place in the order of {@link #deletedIn}. */
    record Deleted(Name name, long sequence) {}

    /** Deletions of nodes that were at this place, newest first. */
    List<Version> deletedAt(Place place, int limit);

    /** With the mutations. */
    interface Writable extends History {
        /** Sets how long this project's versions are kept after their end. */
        void retain(Duration retention);

        /**
         * Forgets the versions that were over before a time, in order of their ends, and goes on
         * where it stopped the last time.
         *
         * @param limit ends looked at, at most
         * @return how many were looked at; below the limit nothing is left to forget
         */
        int trim(Instant before, int limit);
    }
}
