package io.syncline.core.plan;

/** What is to become of a node, judged from which sides have it and what they did to it. */
enum Fate {
    /** Live on both sides. */
    KEEP,
    /** Live there, to appear here: new there, or deleted here but edited or moved there. */
    ARRIVE,
    /** Live here only and never known to the server. */
    CREATE,
    /** Deleted there but to live on here, as a local-only node: edited or moved here. */
    DETACH,
    /** Deleted there and unchanged here. A directory goes only if nothing lives in it. */
    TRASH,
    /** Deleted here and unchanged there. A directory goes only if nothing lives in it. */
    DELETE,
    /**
     * Its deletion on one side loses to a move on the other, of itself or of a directory that was
     * deleted with it (R17).
     */
    LOST,
    /** On neither side. */
    GONE
}
