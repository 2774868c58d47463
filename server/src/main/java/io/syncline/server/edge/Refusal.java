package io.syncline.server.edge;

/** Why the edge gave a request up, whoever it came from. */
public enum Refusal {
    /** All places were taken, or the server is stopping. */
    NO_PLACE,
    /** It wasn't done in time. */
    DEADLINE,
    /** Its body came too slowly. */
    SLOW_BODY,
    /** Its answer was taken too slowly. */
    SLOW_READER
}
