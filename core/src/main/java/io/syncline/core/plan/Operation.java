package io.syncline.core.plan;

/** What one side needs done about a node's place. */
enum Operation {
    NONE,
    /** It appears: Materialise here, Create there. */
    MAKE,
    /** It gets another place. */
    MOVE,
    /** A local-only node loses its name to a rival. */
    SET_ASIDE,
    /** It disappears: Trash here, Delete there. */
    REMOVE;

    /** Whether the node's old place is free afterwards. */
    boolean vacates() {
        return this == MOVE || this == SET_ASIDE || this == REMOVE;
    }
}
