package io.syncline.client.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.DiskTraits;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.Settle.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SettleTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Settle SETTLE =
            Settle.on(new DiskTraits(true, true, true, true, true, 1), Duration.ofMillis(100));

    @Test
    void aFileIsReadOnceItWasLeftAlone() {
        assertThat(SETTLE.verdict(stat(-30), ago(30), ago(30), NOW))
                .isEqualTo(new Verdict.Wait(Duration.ofMillis(70)));
        assertThat(SETTLE.verdict(stat(-100), ago(100), ago(100), NOW))
                .isEqualTo(new Verdict.Read());
        // Moved in: its own times are old.
        assertThat(SETTLE.verdict(stat(-5000), ago(0), ago(0), NOW)).isEqualTo(new Verdict.Read());
    }

    @Test
    @DisplayName("a time in the future doesn't make a file wait for it")
    void timesInTheFutureSayNothing() {
        assertThat(SETTLE.verdict(stat(86_400_000), ago(0), ago(0), NOW))
                .isEqualTo(new Verdict.Wait(Duration.ofMillis(100)));
        assertThat(SETTLE.verdict(stat(86_400_000), ago(100), ago(100), NOW))
                .isEqualTo(new Verdict.Read());
    }

    @Test
    @DisplayName("R32 a file that never settles is read after ten minutes")
    void aFileThatNeverSettlesIsReadInTheEnd() {
        long tenMinutes = Duration.ofMinutes(10).toMillis();
        assertThat(SETTLE.verdict(stat(-1), ago(1), ago(tenMinutes - 1), NOW))
                .isInstanceOf(Verdict.Wait.class);
        assertThat(SETTLE.verdict(stat(-1), ago(1), ago(tenMinutes), NOW))
                .isEqualTo(new Verdict.ReadBusy());
    }

    @Test
    @DisplayName("R32 what was read counts only if the file is the same before and after")
    void readingMustNotBeTorn() {
        assertThat(Settle.isUntorn(stat(-5), stat(-5))).isTrue();
        assertThat(Settle.isUntorn(stat(-5), stat(-4))).isFalse();
    }

    @Test
    @DisplayName("a file changed within the clock's step is read again")
    void changesWithinTheClocksStepAreRacy() {
        assertThat(SETTLE.isRacy(stat(-10), NOW)).isTrue();
        assertThat(SETTLE.isRacy(stat(-17), NOW)).isFalse();
        assertThat(SETTLE.isRacy(stat(10), NOW)).isTrue();
        var fat = new DiskTraits(false, false, false, false, false, 2_000_000_000L);
        assertThat(Settle.on(fat, Duration.ofMillis(100)).isRacy(stat(-1900), NOW)).isTrue();
    }

    private static Instant ago(long millis) {
        return NOW.minusMillis(millis);
    }

    private static Stat stat(long millisFromNow) {
        long nanos = (NOW.toEpochMilli() + millisFromNow) * 1_000_000L;
        return new Stat(FileKind.FILE, new FileIdentity(0, 1, 1), 5, nanos, nanos, false, 1);
    }
}
