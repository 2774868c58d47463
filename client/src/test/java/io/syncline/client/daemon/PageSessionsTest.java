package io.syncline.client.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PageSessionsTest {
    private Instant now = Instant.EPOCH;
    private final PageSessions sessions = new PageSessions(() -> now, new SecureRandom());

    private void assertRefused(String ticket) {
        assertThatThrownBy(() -> sessions.redeem(ticket))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void aTicketOpensOnePage() {
        String ticket = sessions.ticket();
        assertThat(sessions.admits(ticket)).isFalse();
        String session = sessions.redeem(ticket);
        assertThat(sessions.admits(session)).isTrue();
        assertRefused(ticket);
        assertRefused(session);
        assertRefused("");
    }

    @Test
    void aTicketEnds() {
        String ticket = sessions.ticket();
        now = now.plus(PageSessions.TICKET_LIFE);
        assertRefused(ticket);
    }

    @Test
    void aSessionLivesAsLongAsItIsUsed() {
        String session = sessions.redeem(sessions.ticket());
        for (int i = 0; i < 5; i++) {
            now = now.plus(PageSessions.SESSION_REST.minus(Duration.ofSeconds(1)));
            assertThat(sessions.admits(session)).isTrue();
        }
        now = now.plus(PageSessions.SESSION_REST);
        assertThat(sessions.admits(session)).isFalse();
    }

    @Test
    void theOldestGoesForOneTooMany() {
        List<String> tickets = new ArrayList<>();
        for (int i = 0; i <= PageSessions.TICKETS_MAX; i++) {
            tickets.add(sessions.ticket());
        }
        assertRefused(tickets.getFirst());
        List<String> open = new ArrayList<>();
        open.add(sessions.redeem(tickets.getLast()));
        for (int i = 1; i < PageSessions.SESSIONS_MAX; i++) {
            open.add(sessions.redeem(sessions.ticket()));
        }
        assertThat(sessions.admits(open.getFirst())).isTrue();
        open.add(sessions.redeem(sessions.ticket()));
        assertThat(sessions.admits(open.get(1))).isFalse();
        assertThat(sessions.admits(open.getFirst())).isTrue();
        assertThat(sessions.admits(open.getLast())).isTrue();
    }
}
