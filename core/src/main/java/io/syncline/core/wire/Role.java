package io.syncline.core.wire;

import java.util.Locale;

/** What a member may do in a project; each may also do what the ones below it may. */
public enum Role {
    /** Reads. */
    VIEWER,
    /** Reads and commits. */
    EDITOR,
    /** Also invites, removes members and revokes. */
    OWNER;

    /** Its name as it is written in documents and for people. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this role includes what {@code needed} may do. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }
}
