package io.syncline.core.name;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Name;
import java.text.Normalizer;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NameKeyTest {
    @ParameterizedTest
    @CsvSource({
        "README.md, readme.MD",
        "Straße, STRASSE",
        "Straße, straẞe",
        "ΟΔΟΣ, οδος",
        "οδοσ, οδος",
        "e\u0301, \u00e9",
        "E\u0301, \u00e9",
        "\u212b, a\u030a",
        "\ufb03, FFI",
        "\u01c4, \u01c6",
        "\u1fb3, \u0391\u0399",
        "\ud801\udc00, \ud801\udc28",
        "\u0130, i\u0307"
    })
    void namesThatDifferInCaseOrCompositionHaveEqualKeys(String one, String other) {
        assertThat(NameKey.of(new Name(one))).isEqualTo(NameKey.of(new Name(other)));
    }

    @ParameterizedTest
    @CsvSource({"a, b", "e, \u00e9", "a.txt, a.text", "\u00df, s", "1, \u00b9", "\uff21, A"})
    void otherNamesHaveOtherKeys(String one, String other) {
        assertThat(NameKey.of(new Name(one))).isNotEqualTo(NameKey.of(new Name(other)));
    }

    @Test
    void aKeyIsItsOwnKeyAndThatOfEveryCaseForEveryCharacter() {
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (!Character.isDefined(c) || (c >= 0xD800 && c <= 0xDFFF)) {
                continue;
            }
            String text = Character.toString(c);
            NameKey key = NameKey.of(text);
            if (!NameKey.of(key.value()).equals(key)
                    || !NameKey.of(text.toUpperCase(Locale.ROOT)).equals(key)
                    || !NameKey.of(text.toLowerCase(Locale.ROOT)).equals(key)
                    || !NameKey.of(Normalizer.normalize(text, Normalizer.Form.NFD)).equals(key)
                    || !NameKey.of(Normalizer.normalize(text, Normalizer.Form.NFC)).equals(key)) {
                throw new AssertionError(
                        "U+%04X has the key %s and others".formatted(c, key.value()));
            }
        }
    }
}
