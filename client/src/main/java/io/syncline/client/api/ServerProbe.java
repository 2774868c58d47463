package io.syncline.client.api;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What a server says of itself to anybody.
 *
 * @param roundTrip how long the answer took
 * @param ahead how far its clock is ahead of ours, to about half a second; absent where its answer
 *     has no date
 */
public record ServerProbe(Hello hello, Duration roundTrip, Optional<Duration> ahead) {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /**
     * Asks.
     *
     * @throws SynclineException as {@link ServerApi} says: UNAVAILABLE where nobody answers, with
     *     why (TLS included), UPGRADE_REQUIRED where no protocol version is common
     */
    public static ServerProbe of(ServerAddress address, InstantSource clock) {
        Http http = new Http(address, Optional.empty(), new TrafficMeter());
        Instant before = clock.instant();
        Transport.Answer answer =
                http.exchange(
                        new Transport.Request(
                                Traffic.Category.OTHER,
                                "GET",
                                "/v1/hello",
                                Optional.empty(),
                                LIMIT,
                                Limits.JSON_BODY_BYTES_MAX));
        Duration took = Duration.between(before, clock.instant());
        ByteBuffer body = answer.body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        if (answer.status() != 200) {
            throw ServerFailure.unavailable("the server answered with status " + answer.status());
        }
        // The date is cut to seconds, and from some moment within the round trip.
        Instant middle = before.plus(took.dividedBy(2));
        Optional<Duration> ahead =
                answer.header("Date")
                        .flatMap(ServerProbe::date)
                        .map(date -> Duration.between(middle, date.plusMillis(500)));
        return new ServerProbe(WireJson.HELLO.fromBytes(bytes), took, ahead);
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
