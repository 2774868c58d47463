package io.syncline.core.wire;

/** What a member may do in a project; each may also do what the ones below it may. */
public enum Role {
    /** Reads. */
    VIEWER,
    /** Reads and commits. */
    EDITOR,
    /** Also invites, removes members and revokes. */
    OWNER;

    /** Whether this role includes what {@code needed} may do. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }
}
