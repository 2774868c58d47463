package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonReaderTest {
    /** Reads any document with one list of numbers, which is enough to try the rules of text. */
    private static final JsonCodec<List<Long>> NUMBERS =
            Members.list("n", JsonWriter::number, JsonReader::number);

    private static final JsonCodec<List<String>> TEXTS =
            Members.list("t", JsonWriter::text, JsonReader::text);

    private static final JsonCodec<List<DeviceId>> DEVICES =
            Members.list("d", (out, device) -> out.text(device.value()), JsonReader::device);

    private static final JsonCodec<List<Hash>> HASHES =
            Members.list("h", Members::writeHash, JsonReader::hash);

    private static final JsonCodec<List<Instant>> TIMES =
            Members.list("t", (out, time) -> out.text(time.toString()), JsonReader::instant);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "1",
                "{\"n\":[1]} x",
                "{\"n\":[1]}{}",
                "{\"n\":[1],}",
                "{\"n\":[1,]}",
                "{'n':[1]}",
                "{n:[1]}",
                "{\"n\":[1]/**/}",
                "{\"n\":[01]}",
                "{\"n\":[+1]}",
                "{\"n\":[NaN]}",
                "{\"n\":[1.0]}",
                "{\"n\":[1e2]}",
                "{\"n\":[\"1\"]}",
                "{\"n\":[null]}",
                "{\"n\":[true]}",
                "{\"n\":[[1]]}",
                "{\"n\":1}",
                "{\"n\":null}",
                "{\"n\":[9007199254740993]}",
                "{\"n\":[-9007199254740993]}",
                "{\"n\":[9223372036854775808]}",
                "{\"n\":[99999999999999999999999999999999999999999999]}",
                "{\"n\":[1],\"n\":[1]}",
                "{\"n\":[1],\"x\":1,\"x\":2}",
                "{\"n\":[1],\"x\":{\"y\":1,\"y\":2}}",
                "{}"
            })
    void malformedDocumentsAreInvalid(String json) {
        assertCode(ErrorCode.INVALID, () -> NUMBERS.fromBytes(utf8(json)));
    }

    /** The id read before is told again only for exactly its spelling. */
    @Test
    void devicesAreThoseSpelt() {
        String one = "0123456789abcdef".repeat(2);
        String other = "0123456789abcdef0123456789abcdee";
        String escaped = "\\u0030" + one.substring(1);

        assertThat(DEVICES.fromBytes(devices(one, one, other, other, one, escaped, one)))
                .extracting(DeviceId::value)
                .containsExactly(one, one, other, other, one, one, one);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0",
                "0123456789ABCDEF0123456789ABCDEF",
                "0123456789abcdef0123456789abcde\\ud800",
                "0123456789abcdef0123456789abcde\u0130"
            })
    void noOtherTextIsADevice(String text) {
        String one = "0123456789abcdef".repeat(2);

        assertThatThrownBy(() -> DEVICES.fromBytes(devices(text)))
                .hasMessage("JSON at '/d/0': an id is 32 lower-case hexadecimal digits");
        assertThatThrownBy(() -> DEVICES.fromBytes(devices(one, text, one)))
                .hasMessage("JSON at '/d/1': an id is 32 lower-case hexadecimal digits");
    }

    @Test
    void hashesAreReadOutOfTheirOwnCharacters() {
        String first = "0123456789abcdef".repeat(4);
        String last = "f".repeat(64);
        String escaped = "\\u0030" + first.substring(1);

        assertThat(HASHES.fromBytes(hashes(first, last, escaped)))
                .extracting(Hash::toHex)
                .containsExactly(first, last, first);
        for (String wrong : List.of("", first + "0", first.substring(1), "F" + last.substring(1))) {
            assertThatThrownBy(() -> HASHES.fromBytes(hashes(first, wrong, last)))
                    .hasMessage("JSON at '/h/1': a hash is 64 lower-case hexadecimal digits");
        }
        assertThatThrownBy(() -> HASHES.fromBytes(utf8("{\"h\":[1]}")))
                .hasMessage("JSON at '/h/0': expected a string");
    }

    private static byte[] devices(String... values) {
        return utf8("{\"d\":[\"" + String.join("\",\"", values) + "\"]}");
    }

    private static byte[] hashes(String... values) {
        return utf8("{\"h\":[\"" + String.join("\",\"", values) + "\"]}");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 15, 16, 17, 18, 100, 5_000})
    void noMemberIsNamedTwiceAmongFewOrMany(int count) {
        for (int twice : new int[] {-1, 0, count / 2, count - 1}) {
            StringBuilder members = new StringBuilder();
            for (int i = 0; i < count; i++) {
                // Objects within have the same names, and names of one hash aren't one name.
                members.append(
                        "\"%s%d\":{\"m0\":[{\"m0\":0}]},"
                                .formatted(i % 2 == 0 ? "Aa" : "BB", i / 2));
            }
            String last = twice < 0 ? "m" : (twice % 2 == 0 ? "Aa" : "BB") + twice / 2;
            String json = "{\"n\":[1]," + members + "\"" + last + "\":1}";
            if (twice < 0) {
                assertThat(NUMBERS.fromBytes(utf8(json))).containsExactly(1L);
            } else {
                assertCode(ErrorCode.INVALID, () -> NUMBERS.fromBytes(utf8(json)));
            }
            // Skipped as a whole.
            String within = "{\"x\":[%s],\"n\":[1]}".formatted(json);
            if (twice < 0) {
                assertThat(NUMBERS.fromBytes(utf8(within))).containsExactly(1L);
            } else {
                assertCode(ErrorCode.INVALID, () -> NUMBERS.fromBytes(utf8(within)));
            }
        }
    }

    @Test
    void theBoundsOfNumbersAreRead() {
        assertThat(NUMBERS.fromBytes(utf8(" {\"n\" : [9007199254740992,-9007199254740992,-0]} ")))
                .containsExactly(1L << 53, -(1L << 53), 0L);
    }

    @Test
    void theMessageNamesThePlaceAndNotTheInput() {
        assertThatThrownBy(() -> NUMBERS.fromBytes(utf8("{\"n\":[1,\"secret\"]}")))
                .hasMessage("JSON at '/n/1': expected a whole number");
        assertThatThrownBy(() -> NUMBERS.fromBytes(utf8("{\"n\":[1,secret]}")))
                .hasMessage("JSON at '/n/1': malformed or beyond limits");
        assertThatThrownBy(() -> NUMBERS.fromBytes(utf8("{\"m\":1}")))
                .hasMessage("JSON at '': member 'n' is missing");
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(JsonReader.DEPTH_MAX) + "]".repeat(JsonReader.DEPTH_MAX);
        String fits = "[".repeat(JsonReader.DEPTH_MAX - 1) + "]".repeat(JsonReader.DEPTH_MAX - 1);

        assertCode(
                ErrorCode.INVALID, () -> NUMBERS.fromBytes(utf8("{\"n\":[],\"x\":" + deep + "}")));
        assertThat(NUMBERS.fromBytes(utf8("{\"n\":[],\"x\":" + fits + "}"))).isEmpty();
    }

    @Test
    void stringsAndMemberNamesAreBounded() {
        String longest = "a".repeat(JsonReader.STRING_CHARS_MAX);

        assertThat(TEXTS.fromBytes(utf8("{\"t\":[\"" + longest + "\"]}"))).containsExactly(longest);
        assertCode(
                ErrorCode.INVALID, () -> TEXTS.fromBytes(utf8("{\"t\":[\"" + longest + "a\"]}")));
        assertCode(
                ErrorCode.INVALID,
                () -> TEXTS.fromBytes(utf8("{\"t\":[],\"" + "m".repeat(200) + "\":1}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\udc00\\ud800", "a\\ud83d", "\\ud83dx"})
    void loneSurrogatesAreInvalid(String escaped) {
        assertCode(ErrorCode.INVALID, () -> TEXTS.fromBytes(utf8("{\"t\":[\"" + escaped + "\"]}")));
    }

    @Test
    void surrogatePairsAreText() {
        assertThat(TEXTS.fromBytes(utf8("{\"t\":[\"\\ud83d\\ude00\",\"\uD83D\uDE00\"]}")))
                .containsExactly("\uD83D\uDE00", "\uD83D\uDE00");
    }

    @Test
    void onlyUtf8IsRead() {
        String json = "{\"n\":[1]}";

        assertCode(
                ErrorCode.INVALID,
                () -> NUMBERS.fromBytes(json.getBytes(StandardCharsets.UTF_16LE)));
        assertCode(
                ErrorCode.INVALID,
                () -> NUMBERS.fromBytes(json.getBytes(StandardCharsets.UTF_16BE)));
        byte[] overlong = {
            '{', '"', 't', '"', ':', '[', '"', (byte) 0xC0, (byte) 0xAF, '"', ']', '}'
        };
        assertCode(ErrorCode.INVALID, () -> TEXTS.fromBytes(overlong));
        byte[] cesu = {
            '{', '"', 't', '"', ':', '[', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ']', '}'
        };
        assertCode(ErrorCode.INVALID, () -> TEXTS.fromBytes(cesu));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, true",
        "2026-01-02T03:04:05.123456789Z, true",
        "2026-01-02T03:04:05+01:00, false",
        "2026-01-02, false",
        "1767323045, false",
        "Z, false"
    })
    void timesAreUtc(String time, boolean valid) {
        byte[] json = utf8("{\"t\":[\"" + time + "\"]}");
        if (valid) {
            assertThat(TIMES.fromBytes(json)).containsExactly(Instant.parse(time));
        } else {
            assertCode(ErrorCode.INVALID, () -> TIMES.fromBytes(json));
        }
    }

    @Test
    void aStreamLongerThanItsBoundIsTooLarge() {
        byte[] json = utf8("{\"n\":[1,2,3]}");

        assertThat(NUMBERS.fromStream(new ByteArrayInputStream(json), json.length)).hasSize(3);
        assertCode(
                ErrorCode.TOO_LARGE,
                () -> NUMBERS.fromStream(new ByteArrayInputStream(json), json.length - 1));
    }

    @Test
    void aFailingStreamIsUnavailable() {
        InputStream failing =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("reset");
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        throw new IOException("reset");
                    }
                };

        assertCode(ErrorCode.UNAVAILABLE, () -> NUMBERS.fromStream(failing, 10));
    }

    @Test
    void aStreamStaysOpen() {
        class Watched extends ByteArrayInputStream {
            boolean closed;

            Watched(byte[] bytes) {
                super(bytes);
            }

            @Override
            public void close() {
                closed = true;
            }
        }
        Watched stream = new Watched(utf8("{\"n\":[]}"));

        NUMBERS.fromStream(stream, 100);

        assertThat(stream.closed).isFalse();
    }

    private static void assertCode(ErrorCode code, ThrowingCallable callable) {
        assertThatThrownBy(callable)
                .isInstanceOfSatisfying(
                        SynclineException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
