package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Name;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConflictNameTest {
    private final ConflictName names = new ConflictName("laptop");

    @ParameterizedTest
    @CsvSource({
        "report.txt, 1, report (conflict of laptop).txt",
        "report.txt, 2, report (conflict 2 of laptop).txt",
        "Makefile, 1, Makefile (conflict of laptop)",
        ".profile, 1, .profile (conflict of laptop)",
        "a.tar.gz, 1, a.tar (conflict of laptop).gz",
        "Dr. Smith's letter, 1, Dr. Smith's letter (conflict of laptop)",
        "ends., 3, ends. (conflict 3 of laptop)",
    })
    void theSuffixStandsBeforeTheExtension(String original, int number, String expected) {
        assertThat(names.of(new Name(original), false, number).value()).isEqualTo(expected);
    }

    @Test
    void aDirectoryHasNoExtension() {
        assertThat(names.of(new Name("photos.2024"), true, 1).value())
                .isEqualTo("photos.2024 (conflict of laptop)");
    }

    @Test
    @DisplayName("R38 nor does that of a directory that has the name of a file's conflict copy")
    void aDirectoryInThePlaceOfAConflictCopy() {
        assertThat(names.of(new Name("a (conflict of x).txt"), true, 2).value())
                .isEqualTo("a (conflict 2 of laptop).txt");
    }

    @ParameterizedTest
    @DisplayName("R38 a conflict name never nests, whichever device made it")
    @ValueSource(
            strings = {
                "a (conflict of laptop).txt",
                "a (conflict 7 of laptop).txt",
                "a (conflict of Anna's phone).txt",
                "a (conflict 12 of x).txt",
            })
    void conflictNamesDoNotNest(String original) {
        assertThat(names.of(new Name(original), false, 2).value())
                .isEqualTo("a (conflict 2 of laptop).txt");
    }

    @Test
    @DisplayName("R38 a long stem is shortened at a character to 255 bytes")
    void aLongStemIsShortenedAtACharacter() {
        String value = names.of(new Name("é".repeat(125) + ".txt"), false, 1).value();
        assertThat(value).endsWith("é (conflict of laptop).txt");
        assertThat(new Name(value).toBytes()).hasSizeBetween(254, 255);
        String emoji = names.of(new Name("😀".repeat(63)), false, 1).value();
        assertThat(new Name(emoji).toBytes()).hasSizeBetween(252, 255);
        assertThat(emoji).endsWith("😀 (conflict of laptop)");
    }

    @ParameterizedTest
    @CsvSource({
        "a/b:c*d, a b c d",
        "'  (x)  ', x",
        "'..//', ..",
        "'', device",
        "'///', device",
        "Büro, Büro",
    })
    void aLabelIsMadeFitForAName(String label, String fit) {
        assertThat(new ConflictName(label).of(new Name("f"), false, 1).value())
                .isEqualTo("f (conflict of " + fit + ")");
    }

    @Test
    void aLongLabelIsCut() {
        Name name = new ConflictName("é".repeat(500)).of(new Name("f".repeat(255)), false, 999);
        assertThat(name.value()).startsWith("ffff").contains("(conflict 999 of é");
        assertThat(name.toBytes()).hasSize(255);
    }
}
