package io.syncline.cli;

import io.syncline.core.error.SynclineException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads times as people write them: {@code 2h} (ago), {@code today}, {@code yesterday} (their first
 * moments here), {@code 14:30}, {@code 2026-11-20}, {@code 2026-11-20 14:30}, or RFC 3339 with its
 * zone.
 */
final class Times {
    /** What to write in a description of an option. */
    static final String FORMS =
            "a time: 2h, 3d, yesterday, 14:30, 2026-11-20, '2026-11-20 14:30' or RFC 3339";

    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private static final Pattern AGO = Pattern.compile("([0-9]{1,6}) ?(s|m|min|h|d|w)(?: ago)?");

    private Times() {}

    /** The moment that a text means, for somebody in that zone. */
    static Instant parse(String text, Instant now, ZoneId zone) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        Optional<Duration> ago = duration(plain);
        if (ago.isPresent()) {
            return now.minus(ago.get());
        }
        LocalDate today = now.atZone(zone).toLocalDate();
        switch (plain) {
            case "now" -> {
                return now;
            }
            case "today" -> {
                return today.atStartOfDay(zone).toInstant();
            }
            case "yesterday" -> {
                return today.minusDays(1).atStartOfDay(zone).toInstant();
            }
            default -> {}
        }
        String formal = plain.toUpperCase(Locale.ROOT).replaceFirst("^(\\S{10}) ", "$1T");
        List<Function<String, Instant>> forms =
                List.of(
                        spelt -> OffsetDateTime.parse(spelt).toInstant(),
                        spelt -> ZonedDateTime.of(LocalDateTime.parse(spelt), zone).toInstant(),
                        spelt -> LocalDate.parse(spelt).atStartOfDay(zone).toInstant(),
                        spelt -> today.atTime(LocalTime.parse(spelt)).atZone(zone).toInstant());
        for (Function<String, Instant> form : forms) {
            Optional<Instant> read = tried(form, formal);
            if (read.isPresent()) {
                return read.get();
            }
        }
        throw SynclineException.invalid("'" + text + "' isn't " + FORMS);
    }

    /** A time in milliseconds since 1970 as {@code 2026-11-26 15:04} of that zone. */
    static String minutes(long millis, ZoneId zone) {
        return MINUTES.format(Instant.ofEpochMilli(millis).atZone(zone));
    }

    private static Optional<Instant> tried(Function<String, Instant> form, String text) {
        try {
            return Optional.of(form.apply(text));
        } catch (DateTimeException _) {
            // Another form, perhaps.
            return Optional.empty();
        }
    }

    /** {@code 2h} as a length of time; empty where the text isn't one. */
    static Optional<Duration> duration(String text) {
        Matcher matcher = AGO.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m", "min" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    default -> Duration.ofDays(7 * count);
                });
    }
}
