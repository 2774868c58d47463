package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.syncline.core.tree.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonWriterTest {
    private static final JsonFactory LIBRARY =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    @Test
    void commasPartMembersAndElementsAtEveryDepth() {
        byte[] document =
                new JsonWriter()
                        .beginObject()
                        .member("a", 1)
                        .member("b", true)
                        .optional("none", Optional.<String>empty(), JsonWriter::text)
                        .optional("c", Optional.of("x"), JsonWriter::text)
                        .array("d", List.of(1L, 2L), JsonWriter::number)
                        .array("e", List.<Long>of(), JsonWriter::number)
                        .array(
                                "f",
                                List.of("y", "z"),
                                (out, text) -> out.beginObject().member("t", text).endObject())
                        .member("g", 7L, (out, _) -> out.beginObject().endObject())
                        .member("h", false)
                        .decimal("i", -5)
                        .endObject()
                        .toBytes();

        assertThat(new String(document, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{'a':1,'b':true,'c':'x','d':[1,2],'e':[],'f':[{'t':'y'},{'t':'z'}],'g':{},'h':false,'i':'-5'}"
                                .replace('\'', '"'));
    }

    /** A library writes the same bytes: each character, by itself and among others. */
    @Test
    void everyCharacterIsSpeltAsALibraryDoes() throws IOException {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String character = Character.toString(point);
                if (point < 0x900 || point % 257 == 0 || point > 0x10FFF0) {
                    compare(character);
                    compare("ab" + character + "c" + character);
                }
            }
        }
    }

    @Test
    void randomTextsAreSpeltAsALibraryDoes() throws IOException {
        long seed = 11;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            int[] points =
                    random.ints(random.nextInt(300), 0, Character.MAX_CODE_POINT + 1)
                            .map(point -> point % 3 == 0 ? point % 128 : point)
                            .filter(point ->
                                    point < Character.MIN_SURROGATE
                                            || point > Character.MAX_SURROGATE)
                            .toArray();
            compare(new String(points, 0, points.length));
        }
    }

    private static void compare(String text) throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (JsonGenerator generator = LIBRARY.createGenerator(expected)) {
            generator.writeStartObject();
            generator.writeStringField(text, text);
            generator.writeEndObject();
        }
        byte[] written = new JsonWriter().beginObject().member(text, text).endObject().toBytes();
        if (!Arrays.equals(written, expected.toByteArray())) {
            throw new AssertionError(
                    "wrote " + new String(written, StandardCharsets.UTF_8) + ", not " + expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                9,
                10,
                99,
                100,
                -1,
                -9,
                -10,
                1L << 53,
                -(1L << 53),
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void numbersAreSpeltInFull(long number) {
        byte[] document =
                new JsonWriter()
                        .beginObject()
                        .member("n", number)
                        .decimal("d", number)
                        .endObject()
                        .toBytes();

        assertThat(document)
                .asString()
                .isEqualTo("{\"n\":" + number + ",\"d\":\"" + number + "\"}");
    }

    @Test
    void hashesAreSixtyFourDigits() {
        for (String text : List.of("", "a", "b", "c")) {
            Hash hash = Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
            byte[] document =
                    new JsonWriter().beginObject().member("h", hash).endObject().toBytes();

            assertThat(document).asString().isEqualTo("{\"h\":\"" + hash.toHex() + "\"}");
        }
    }

    @Test
    void sizesAreExactAndDocumentsGrow() {
        JsonWriter out = new JsonWriter().beginObject();
        for (int i = 0; i < 1_000; i++) {
            out.member("m" + i, "é".repeat(i));
        }
        long size = out.endObject().sizeBytes();

        assertThat(out.toBytes()).hasSize((int) size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD800", "a\uDC00", "\uDC00\uD800", "\uD83Dx"})
    void halfACharacterIsABug(String text) {
        JsonWriter out = new JsonWriter().beginObject();

        assertThatThrownBy(() -> out.member("t", text)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnfinishedDocumentIsABug() {
        assertThatThrownBy(() -> new JsonWriter().beginObject().toBytes())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().beginObject().endObject().endObject())
                .isInstanceOf(IllegalStateException.class);
    }
}
