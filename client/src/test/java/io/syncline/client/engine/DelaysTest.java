package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DelaysTest {
    private final Delays<String> delays = new Delays<>();

    private long waitMillis(long now) {
        delays.failed("a", now, 0);
        return delays.nextMillis(now) - now;
    }

    @Test
    void whoFailsAgainAndAgainWaitsEverLonger() {
        long now = 0;
        long last = 0;
        for (int i = 0; i < 8; i++) {
            long wait = waitMillis(now);
            assertThat(wait).isGreaterThan(last);
            last = wait;
            now += wait + Delays.REMEMBERED_MILLIS;
            delays.forget(now);
        }
    }

    @Test
    @DisplayName("L9 what didn't fail again for long is forgotten")
    void whatIsOverIsForgotten() {
        assertThat(waitMillis(0)).isEqualTo(Delays.FIRST_MILLIS);
        long over = Delays.FIRST_MILLIS + Delays.REMEMBERED_MILLIS + 1;
        delays.forget(over);
        assertThat(waitMillis(over)).isEqualTo(Delays.FIRST_MILLIS);
    }
}
