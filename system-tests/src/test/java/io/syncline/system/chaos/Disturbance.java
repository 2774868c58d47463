package io.syncline.system.chaos;

import java.time.Duration;
import java.util.Locale;

/** Something that fails. */
enum Disturbance {
    /** The process of a node is ended as by {@code kill -9}, and starts again. */
    NODE_KILLED(5),
    /** The processes of all nodes are, at one moment. */
    ALL_NODES_KILLED(5),
    /** Redis is stopped, and starts again empty. */
    BUS_STOPPED(60),
    /** Nothing gets from the nodes to Redis or back, and connections stay. */
    BUS_PARTED(60),
    /** PostgreSQL is stopped, which cuts off who is connected, and starts again. */
    DATABASE_RESTARTED(10),
    /** Nothing gets from the nodes to PostgreSQL or back, and connections stay. */
    DATABASE_PARTED(40),
    /** Every request to the bucket is answered 503. */
    BUCKET_ERRORS(40),
    /** Each piece of an answer of the bucket comes half a second late. */
    BUCKET_SLOW(40),
    /** Nothing gets from the nodes to the bucket or back, and connections stay. */
    BUCKET_PARTED(40);

    private final Duration longest;

    Disturbance(int longestSeconds) {
        this.longest = Duration.ofSeconds(longestSeconds);
    }

    /** How long it lasts at most in {@code ./chaos}. */
    Duration longest() {
        return longest;
    }

    /** As people write it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
