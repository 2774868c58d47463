package io.syncline.client.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which open pages may steer the daemon. Who may use the control token gets a ticket, good for one
 * page within {@link #TICKET_LIFE}; a page exchanges it for its session, which ends with the
 * daemon, or when it wasn't used for {@link #SESSION_REST}. Tokens are kept as their hashes.
 * Thread-safe.
 */
final class PageSessions {
    static final Duration TICKET_LIFE = Duration.ofMinutes(ControlClient.ADDRESS_MINUTES);
    static final Duration SESSION_REST = Duration.ofHours(12);

    /** How many tickets are open; the oldest goes for another. */
    static final int TICKETS_MAX = 16;

    /** How many pages may be open; the one longest unused goes for another. */
    static final int SESSIONS_MAX = 32;

    private static final int TOKEN_BYTES = 32;

    private final InstantSource clock;
    private final SecureRandom random;

    /** When each ends, in milliseconds since 1970; the first to end is first. */
    @GuardedBy("this")
    private final Map<Hash, Long> tickets = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Map<Hash, Long> sessions = new LinkedHashMap<>();

    PageSessions(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    synchronized String ticket() {
        return add(tickets, TICKET_LIFE, TICKETS_MAX);
    }

    /** A session for a ticket. UNAUTHENTICATED where it is none, was used, or is too old. */
    synchronized String redeem(String ticket) {
        Long ends = tickets.remove(hash(ticket));
        if (ends == null || ends <= clock.millis()) {
            throw new SynclineException(
                    ErrorCode.UNAUTHENTICATED,
                    "this address was used already or is too old; 'syncline open' gives another");
        }
        return add(sessions, SESSION_REST, SESSIONS_MAX);
    }

    /** Whether that is a session's token; if so, it goes on from now. */
    synchronized boolean admits(String token) {
        Hash hash = hash(token);
        Long ends = sessions.remove(hash);
        if (ends == null || ends <= clock.millis()) {
            return false;
        }
        sessions.put(hash, clock.millis() + SESSION_REST.toMillis());
        return true;
    }

    private String add(Map<Hash, Long> all, Duration life, int most) {
        while (all.size() >= most) {
            all.remove(all.keySet().iterator().next());
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        all.put(hash(token), clock.millis() + life.toMillis());
        return token;
    }

    private static Hash hash(String token) {
        return Hash.sha256(token.getBytes(StandardCharsets.UTF_8));
    }
}
