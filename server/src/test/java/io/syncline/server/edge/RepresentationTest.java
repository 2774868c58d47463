package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in part, and whether they changed (RFC 9110 §13, §14). */
final class RepresentationTest {
    private static final byte[] BYTES = new byte[1_000];
    private static final AtomicInteger FOUND = new AtomicInteger();

    static {
        for (int i = 0; i < BYTES.length; i++) {
            BYTES[i] = (byte) (i * 7);
        }
    }

    private static HttpClient http;
    private static Edge edge;

    @BeforeAll
    static void start() {
        http = HttpClient.newHttpClient();
        Handler whole = call -> answer(call, BYTES.length);
        edge =
                Edge.start(
                        new EdgeSettings(
                                "127.0.0.1",
                                0,
                                false,
                                Optional.empty(),
                                EdgeSettings.Bounds.defaults()),
                        new Router()
                                .add("GET", "/v1/whole", whole)
                                .add("HEAD", "/v1/whole", whole)
                                .add("GET", "/v1/empty", call -> answer(call, 0)),
                        "/v1/events",
                        _ -> {
                            throw SynclineException.invalid("no sockets here");
                        });
    }

    @AfterAll
    static void stop() {
        http.shutdownNow();
        edge.close();
    }

    private static Answer answer(Call call, int size) {
        return Representation.answer(
                call,
                "\"tag\"",
                Map.of("Cache-Control", "private, no-cache"),
                () -> {
                    FOUND.incrementAndGet();
                    return new Representation(
                            Map.of("X-More", "yes"),
                            size,
                            (from, length, out) -> out.write(BYTES, (int) from, (int) length));
                });
    }

    private static HttpResponse<byte[]> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> reply, String name) {
        return reply.headers().firstValue(name).orElse("");
    }

    @Test
    void everythingIsSentUnlessAskedOtherwise() throws Exception {
        HttpResponse<byte[]> all = send("GET", "/v1/whole");

        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(all.body()).isEqualTo(BYTES);
        assertThat(header(all, "ETag")).isEqualTo("\"tag\"");
        assertThat(header(all, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(all, "Cache-Control")).isEqualTo("private, no-cache");
        assertThat(header(all, "Content-Type")).isEqualTo(Answer.BINARY);
        assertThat(header(all, "X-More")).isEqualTo("yes");
        assertThat(header(all, "Content-Range")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,0",
        "bytes=0-999,0,999",
        "bytes=10-19,10,19",
        "bytes=990-,990,999",
        "bytes=990-5000,990,999",
        "bytes=-1,999,999",
        "bytes=-5000,0,999",
        "BYTES= 3-4 ,3,4"
    })
    void oneRangeIsSentAlone(String range, int from, int to) throws Exception {
        HttpResponse<byte[]> part = send("GET", "/v1/whole", "Range", range);

        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BYTES, from, to + 1));
        assertThat(header(part, "Content-Range")).isEqualTo("bytes " + from + "-" + to + "/1000");
        assertThat(header(part, "ETag")).isEqualTo("\"tag\"");
        assertThat(header(part, "X-More")).isEqualTo("yes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=1-2,4-5",
                "bytes=5-4",
                "bytes=-",
                "bytes=x-1",
                "lines=1-2",
                "bytes=1",
                "bytes=0-9999999999999999999"
            })
    void whatIsNoSingleRangeIsAnsweredWithEverything(String range) throws Exception {
        HttpResponse<byte[]> all = send("GET", "/v1/whole", "Range", range);

        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(all.body()).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/whole,bytes=1000-,1000",
        "/v1/whole,bytes=1000-1001,1000",
        "/v1/whole,bytes=-0,1000",
        "/v1/empty,bytes=0-,0",
        "/v1/empty,bytes=-1,0"
    })
    void whatCannotBeSatisfiedSaysHowLongItIs(String path, String range, int size)
            throws Exception {
        HttpResponse<byte[]> none = send("GET", path, "Range", range);

        assertThat(none.statusCode()).isEqualTo(416);
        assertThat(header(none, "Content-Range")).isEqualTo("bytes */" + size);
        assertThat(none.body()).isEmpty();
    }

    @Test
    @DisplayName("If-Range with another tag, a weak one or a date is answered with everything")
    void aPartOfWhatChangedIsNotSent() throws Exception {
        assertThat(rangeIf("\"tag\"")).isEqualTo(206);
        assertThat(rangeIf("\"other\"")).isEqualTo(200);
        assertThat(rangeIf("W/\"tag\"")).isEqualTo(200);
        assertThat(rangeIf("Thu, 01 Jan 2026 00:00:00 GMT")).isEqualTo(200);
    }

    private static int rangeIf(String validator) throws Exception {
        return send("GET", "/v1/whole", "Range", "bytes=0-9", "If-Range", validator).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"tag\"", "W/\"tag\"", "*", "\"a\", \"tag\""})
    void whatIsKnownIsNotLookedFor(String tags) throws Exception {
        int before = FOUND.get();

        HttpResponse<byte[]> same =
                send("GET", "/v1/whole", "If-None-Match", tags, "Range", "bytes=0-1");

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(header(same, "ETag")).isEqualTo("\"tag\"");
        assertThat(header(same, "Cache-Control")).isEqualTo("private, no-cache");
        assertThat(header(same, "X-More")).isEmpty();
        assertThat(FOUND).hasValue(before);
    }

    @Test
    void headTellsTheWholeLengthWhateverTheRange() throws Exception {
        HttpResponse<byte[]> head = send("HEAD", "/v1/whole", "Range", "bytes=0-1");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo("1000");
        assertThat(head.body()).isEmpty();
    }
}
