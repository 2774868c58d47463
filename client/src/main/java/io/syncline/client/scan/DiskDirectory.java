package io.syncline.client.scan;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One directory that a walk saw: a link upwards, its attributes and the sum of its entries, but not
 * the entries. There may be a million of these.
 */
final class DiskDirectory {
    /** What the walk could do with it. */
    enum Reading {
        /**
         * Seen as an entry of its parent; not opened, since it is known to be the same as before.
         */
        NOT_READ,
        READ,
        /** Read in part: nothing may be taken for deleted. */
        INCOMPLETE,
        UNREADABLE
    }

    private final @Nullable DiskDirectory parent;
    private final String name;
    private final Stat stat;
    Reading reading = Reading.NOT_READ;
    String why = "";
    ListingDigest digest = ListingDigest.EMPTY;

    DiskDirectory(@Nullable DiskDirectory parent, String name, Stat stat) {
        this.parent = parent;
        this.name = name;
        this.stat = stat;
    }

    /** The directory that holds it, null for the root. */
    @Nullable DiskDirectory parent() {
        return parent;
    }

    String name() {
        return name;
    }

    Stat stat() {
        return stat;
    }

    FileIdentity identity() {
        return stat.identity();
    }

    boolean isRoot() {
        return parent == null;
    }

    /** Whether its entries, as far as they are readable, are known. */
    boolean isListed() {
        return reading == Reading.READ || reading == Reading.INCOMPLETE;
    }

    void unreadable(String reason) {
        reading = Reading.UNREADABLE;
        why = reason;
    }

    LocalPath path() {
        var names = new ArrayDeque<String>();
        DiskDirectory at = this;
        for (DiskDirectory up = at.parent; up != null; up = up.parent) {
            names.addFirst(at.name);
            at = up;
        }
        return LocalPath.of(names.toArray(String[]::new));
    }
}
