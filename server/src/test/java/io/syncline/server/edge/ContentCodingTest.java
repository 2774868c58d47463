package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ZstandardCoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge compresses, for whom, and what it says about it. */
class ContentCodingTest {
    private static final byte[] TEXT = "{\"a\":1} ".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] RANDOM = new byte[2_000];

    static {
        new Random(1).nextBytes(RANDOM);
    }

    private static HttpClient http;
    private static Edge edge;

    @BeforeAll
    static void start() {
        http = HttpClient.newHttpClient();
        edge =
                Edge.start(
                        new EdgeSettings(
                                "127.0.0.1",
                                0,
                                false,
                                Optional.empty(),
                                EdgeSettings.Bounds.defaults()),
                        router(),
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

    private static Router router() {
        return new Router()
                .add("GET", "/v1/json", _ -> Answer.json(TEXT))
                .add("HEAD", "/v1/json", _ -> Answer.json(TEXT))
                .add("GET", "/v1/small/{n}", call -> Answer.json(first((int) call.number("n"))))
                .add("GET", "/v1/random", _ -> Answer.json(RANDOM.clone()))
                .add("GET", "/v1/binary", _ -> Answer.binary(ByteBuffer.wrap(TEXT)))
                .add(
                        "GET",
                        "/v1/part",
                        _ ->
                                new Answer(
                                        206,
                                        Map.of(
                                                "Content-Type",
                                                Answer.JSON,
                                                "Content-Range",
                                                "bytes 0-7999/9000"),
                                        new Answer.Bytes(ByteBuffer.wrap(TEXT))))
                .add(
                        "GET",
                        "/v1/streamed",
                        _ ->
                                new Answer(
                                        200,
                                        Map.of("Content-Type", Answer.JSON),
                                        new Answer.Stream(TEXT.length, out -> out.write(TEXT))))
                .add(
                        "GET",
                        "/v1/coded",
                        _ -> Answer.json(TEXT).with("Content-Encoding", "unheard-of"))
                .add("GET", "/v1/tagged", _ -> Answer.json(TEXT).with("ETag", "\"t\""))
                .add(
                        "GET",
                        "/v1/failing",
                        _ -> {
                            throw new SynclineException(ErrorCode.STALE, "x".repeat(4_000));
                        });
    }

    private static byte[] first(int count) {
        return Arrays.copyOf(TEXT, count);
    }

    private static HttpResponse<byte[]> send(String method, String path, String... accepted)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(edge.url() + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        for (String header : accepted) {
            request.header("Accept-Encoding", header);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String coding(HttpResponse<byte[]> answer) {
        return answer.headers().firstValue("Content-Encoding").orElse("none");
    }

    private static byte[] plain(HttpResponse<byte[]> answer) throws IOException {
        return switch (coding(answer)) {
            case "zstd" ->
                    bytes(ZstandardCoding.decode(ByteBuffer.wrap(answer.body()), TEXT.length));
            case "gzip" ->
                    new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
            default -> answer.body();
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** What the buffer is a view of. */
    private static byte[] backing(ByteBuffer buffer) {
        assertThat(buffer.arrayOffset()).isZero();
        return buffer.array();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zstd|zstd",
                "gzip|gzip",
                "gzip, zstd|zstd",
                "gzip;q=1, zstd;q=0.001|zstd",
                "GZip , ZSTD|zstd",
                "gzip, deflate, br, zstd|zstd",
                "zstd;q=0, gzip|gzip",
                "zstd;q=0.000,gzip;q=0.5|gzip",
                "zstd ; q=0 , gzip ; q=0.|none",
                "gzip;q=0|none",
                "br, deflate|none",
                "identity|none",
                "*|none",
                "*;q=0|none",
                "zstd;q=2|none",
                "zstd;q=-1|none",
                "zstd;q=0.0001|none",
                "zstd;level=9|none",
                "zstd gzip|none",
                "xzstd|none",
                ",,;,=,;q=1|none"
            })
    void codingIsNegotiated(String accepted, String coding) throws Exception {
        HttpResponse<byte[]> answer = send("GET", "/v1/json", accepted);
        assertThat(coding(answer)).isEqualTo(coding);
        assertThat(plain(answer)).isEqualTo(TEXT);
        assertThat(answer.headers().allValues("Vary")).containsExactly("Accept-Encoding");
        if (!coding.equals("none")) {
            assertThat(answer.body().length).isLessThan(TEXT.length / 20);
        }
    }

    @Test
    void headersOfOneNameAreOneList() throws Exception {
        assertThat(coding(send("GET", "/v1/json", "br", "gzip", "zstd"))).isEqualTo("zstd");
        assertThat(coding(send("GET", "/v1/json", "zstd;q=0", "gzip"))).isEqualTo("gzip");
        assertThat(coding(send("GET", "/v1/json"))).isEqualTo("none");
    }

    @Test
    void smallAnswersAreSentAsTheyAre() throws Exception {
        HttpResponse<byte[]> small = send("GET", "/v1/small/1023", "zstd");
        assertThat(coding(small)).isEqualTo("none");
        assertThat(small.body()).isEqualTo(first(1023));
        assertThat(small.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(coding(send("GET", "/v1/small/1024", "zstd"))).isEqualTo("zstd");
    }

    @Test
    void whatDoesNotShrinkIsSentAsItIs() throws Exception {
        for (String coding : List.of("zstd", "gzip")) {
            HttpResponse<byte[]> answer = send("GET", "/v1/random", coding);
            assertThat(coding(answer)).isEqualTo("none");
            assertThat(answer.body()).isEqualTo(RANDOM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/binary", "/v1/part", "/v1/streamed"})
    void bytesAndPartsAndStreamsAreNeverCompressed(String path) throws Exception {
        HttpResponse<byte[]> answer = send("GET", path, "zstd, gzip");
        assertThat(coding(answer)).isEqualTo("none");
        assertThat(answer.body()).isEqualTo(TEXT);
    }

    @Test
    void whatIsCodedAlreadyStaysSo() throws Exception {
        HttpResponse<byte[]> answer = send("GET", "/v1/coded", "zstd, gzip");
        assertThat(coding(answer)).isEqualTo("unheard-of");
        assertThat(answer.body()).isEqualTo(TEXT);
    }

    @Test
    void problemsAreSentAsTheyAre() throws Exception {
        HttpResponse<byte[]> answer = send("GET", "/v1/failing", "zstd, gzip");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(coding(answer)).isEqualTo("none");
    }

    @Test
    void headTellsWhatGetWouldSend() throws Exception {
        for (String coding : List.of("zstd", "gzip", "none")) {
            HttpResponse<byte[]> get = send("GET", "/v1/json", coding);
            HttpResponse<byte[]> head = send("HEAD", "/v1/json", coding);
            assertThat(head.body()).isEmpty();
            assertThat(coding(head)).isEqualTo(coding);
            assertThat(head.headers().firstValueAsLong("Content-Length"))
                    .hasValue(get.body().length);
        }
    }

    @Test
    @DisplayName("scenario 50: the tag of a compressed answer is a weak one")
    void tagOfACompressedAnswerIsWeak() throws Exception {
        assertThat(send("GET", "/v1/tagged").headers().firstValue("ETag")).contains("\"t\"");
        assertThat(send("GET", "/v1/tagged", "zstd").headers().firstValue("ETag"))
                .contains("W/\"t\"");
    }

    @Test
    void equalAnswersAreCompressedOnce() {
        SharedBytes bytes = new SharedBytes(TEXT.clone());
        for (ContentCoding coding : ContentCoding.values()) {
            assertThat(backing(bytes.in(coding))).isSameAs(backing(bytes.in(coding)));
            assertThat(bytes.in(coding)).isNotSameAs(bytes.in(coding));
        }
    }
}
