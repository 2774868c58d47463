package io.syncline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final Instant NOW = Instant.parse("2026-07-15T10:20:30Z");
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "now, 2026-07-15T10:20:30Z",
        "2h, 2026-07-15T08:20:30Z",
        "90 min ago, 2026-07-15T08:50:30Z",
        "3d, 2026-07-12T10:20:30Z",
        "2w, 2026-07-01T10:20:30Z",
        "today, 2026-07-14T22:00:00Z",
        "Yesterday, 2026-07-13T22:00:00Z",
        "09:30, 2026-07-15T07:30:00Z",
        "2026-07-01, 2026-06-30T22:00:00Z",
        "2026-01-02 14:30, 2026-01-02T13:30:00Z",
        "2026-01-02T14:30:05, 2026-01-02T13:30:05Z",
        "2026-01-02T14:30:05z, 2026-01-02T14:30:05Z",
        "2026-01-02T14:30:05+02:00, 2026-01-02T12:30:05Z"
    })
    void timesAreReadAsPeopleWriteThem(String text, Instant meant) {
        assertThat(Times.parse(text, NOW, ZONE)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "2", "h", "-2h", "2026-13-01", "25:00", "2h 3m", "9999999d"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Times.parse(text, NOW, ZONE))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("isn't a time");
    }
}
