package io.syncline.server;

import io.syncline.core.error.SynclineException;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.config.Listen;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One of the nodes that a server consists of.
 *
 * @param name tells nodes over the same stores apart, 1..64 letters, digits, {@code .}, {@code _}
 *     and {@code -}; {@link NodeLeases#ONLY} where it is the only one
 * @param drainGrace how long a stop lets balancers find out that the node isn't ready, before new
 *     requests are turned away
 * @param drainSpread within which time a stop closes the event sockets, so that devices don't come
 *     back to other nodes all at once; few sockets are closed faster
 * @param metrics where metrics are shown; where nowhere, nothing is measured
 */
public record NodeSettings(
        String name, Duration drainGrace, Duration drainSpread, Optional<Listen> metrics) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** The only node of its server, that stops at once. */
    public static final NodeSettings ONLY =
            new NodeSettings(
                    NodeLeases.ONLY, Duration.ZERO, Duration.ofSeconds(5), Optional.empty());

    public NodeSettings {
        if (!NAME.matcher(name).matches()) {
            throw SynclineException.invalid(
                    "a node's name is 1..64 letters, digits, dots, underscores and dashes");
        }
        check("the grace of a drain", drainGrace);
        check("the spread of a drain", drainSpread);
    }

    private static void check(String what, Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw SynclineException.invalid(what + " is 0.." + LONGEST.toSeconds() + " s");
        }
    }
}
