package io.syncline.server.activity;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.edge.RequestObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What a node remembers of itself is right, and bounded. */
final class SeriesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void quantilesAreOffByAnEighthAtMost() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Times times = new Times();
            long[] micros = new long[1 + random.nextInt(2_000)];
            for (int i = 0; i < micros.length; i++) {
                micros[i] = (long) Math.exp(random.nextDouble() * 18);
                times.add(TimeUnit.MICROSECONDS.toNanos(micros[i]));
            }
            Arrays.sort(micros);
            assertThat(times.count()).isEqualTo(micros.length);
            for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
                long exact = micros[(int) Math.ceil(share * micros.length) - 1];
                assertThat(times.quantileMillis(share) * 1e3)
                        .as("seed %d, share %s", seed, share)
                        .isBetween((double) exact, exact * 1.125 + 1.001);
            }
        }
    }

    @Test
    void timesWithoutEndAndWithoutAnyAreBounded() {
        Times times = new Times();
        assertThat(times.quantileMillis(0.99)).isZero();
        times.add(Long.MAX_VALUE);
        times.add(-1);
        assertThat(times.count()).isEqualTo(2);
        assertThat(times.quantileMillis(1)).isBetween(100_000.0, 2_000_000.0);
    }

    private static List<Object> column(byte[] document, String name) {
        Map<?, ?> series = new Yaml().load(new String(document, StandardCharsets.UTF_8));
        return List.copyOf((List<?>) Objects.requireNonNull(series.get(name)));
    }

    @Test
    void bothRingsAreBounded() {
        Series series = new Series();
        Instant now = START;
        for (int i = 0; i < 9_000; i++) {
            now = now.plusSeconds(Series.FINE_SECONDS);
            series.answered(200, 1_000_000, false);
            if (i % 6 == 0) {
                series.answered(503, 1_000_000, true);
            }
            series.tick(now, i, 7);
        }
        byte[] hour = series.toJson("node", 60, now);
        assertThat(column(hour, "times")).hasSize(Series.FINE_POINTS);
        assertThat(column(hour, "sockets").getLast()).isEqualTo(8_999);
        byte[] day = series.toJson("node", 1_440, now);
        assertThat(column(day, "times")).hasSize(Series.COARSE_POINTS);
        // Seven requests in a minute.
        assertThat(column(day, "requestsPerSecond")).containsOnly(0.117);
        assertThat(column(day, "errorsPerSecond")).containsOnly(0.017);
        assertThat(column(series.toJson("node", 5, now), "times")).hasSize(30);
    }

    @Test
    void projectsAreBoundedAndForgotten() {
        BusyProjects projects = new BusyProjects();
        Instant now = START;
        for (int i = 0; i < 50; i++) {
            projects.answered("busy", TimeUnit.MILLISECONDS.toNanos(1), now);
        }
        projects.answered("slow", TimeUnit.SECONDS.toNanos(1), now);
        projects.answered("slow", TimeUnit.SECONDS.toNanos(1), now);
        for (int i = 0; i < 3 * BusyProjects.PROJECTS_MAX; i++) {
            projects.answered("project " + i, TimeUnit.MILLISECONDS.toNanos(2), now);
        }
        Comparator<BusyProjects.Busy> bySlowness =
                Comparator.comparingDouble(BusyProjects.Busy::p99Millis).reversed();
        assertThat(projects.first(bySlowness, 5_000, now))
                .hasSizeBetween(
                        BusyProjects.PROJECTS_MAX - BusyProjects.LEAVING, BusyProjects.PROJECTS_MAX)
                .first()
                .satisfies(busy -> assertThat(busy.project()).isEqualTo("slow"));
        assertThat(projects.of("busy", now).requests()).isEqualTo(50);
        now = START.plus(Duration.ofMinutes(40));
        assertThat(projects.of("busy", now).requests()).isEqualTo(50);
        now = START.plus(Duration.ofMinutes(71));
        assertThat(projects.first(bySlowness, 5_000, now)).isEmpty();
    }

    @Test
    void errorsAreBounded() {
        Activity activity = new Activity(() -> START, () -> 0);
        for (int i = 0; i < 3 * RecentErrors.ERRORS_MAX; i++) {
            activity.turnedAway(
                    new RequestObserver.Seen(
                            "request " + i,
                            "GET",
                            RequestObserver.OTHER,
                            Optional.empty(),
                            503,
                            0,
                            Optional.of(ErrorCode.UNAVAILABLE),
                            "\uD800 why ".repeat(500)));
        }
        List<Object> errors = column(activity.errors(), "errors");
        assertThat(errors).hasSize(RecentErrors.ERRORS_MAX);
        assertThat(((Map<?, ?>) errors.getFirst()).get("request")).isEqualTo("request 599");
        assertThat(String.valueOf(((Map<?, ?>) errors.getFirst()).get("reason")))
                .hasSizeLessThanOrEqualTo(500);
    }
}
