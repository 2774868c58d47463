package io.syncline.core.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NameTest {
    static Stream<String> names() {
        return Stream.of(
                "a",
                "...",
                ".a",
                " ",
                "con",
                "a:b",
                "\n",
                "\u007f",
                "\ufeff",
                "é",
                "e\u0301",
                "\uD83D\uDE00",
                "x".repeat(255),
                "é".repeat(127),
                "語".repeat(85),
                "\uD83D\uDE00".repeat(63));
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesAreKeptAsTheyAreSpelt(String value) {
        Name name = new Name(value);

        assertThat(name.value()).isEqualTo(value);
        assertThat(name.toBytes()).isEqualTo(value.getBytes(StandardCharsets.UTF_8));
        assertThat(name.toBytes().length).isBetween(1, Name.MAX_BYTES);
    }

    static Stream<String> others() {
        return Stream.of(
                "",
                ".",
                "..",
                "/",
                "a/b",
                "\0",
                "a\0",
                "\ud800",
                "a\udc00",
                "\udc00\ud800",
                "\ud83da",
                "x".repeat(256),
                "é".repeat(128),
                "語".repeat(86),
                "\uD83D\uDE00".repeat(64),
                "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsNoNameIsInvalid(String value) {
        assertThat(Name.fault(value)).isNotEmpty();
        assertThatThrownBy(() -> new Name(value))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void theOrderIsThatOfTheBytes() {
        List<Name> names =
                new ArrayList<>(
                        List.of(
                                new Name("\ufffd"),
                                new Name("\uD83D\uDE00"),
                                new Name("a"),
                                new Name("aa"),
                                new Name("B"),
                                new Name("é")));
        Collections.sort(names);

        // UTF-16 would sort the surrogate pair before U+FFFD.
        assertThat(names.stream().map(Name::value))
                .containsExactly("B", "a", "aa", "é", "\ufffd", "\uD83D\uDE00");
        for (int i = 1; i < names.size(); i++) {
            assertThat(Arrays.compareUnsigned(names.get(i - 1).toBytes(), names.get(i).toBytes()))
                    .isNegative();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 200, 255})
    void kindsHaveOneWordEach(int code) {
        Kind kind = new Kind(code);

        assertThat(Kind.parse(kind.word())).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FILE",
                "kind-",
                "kind-0",
                "kind-1",
                "kind-3",
                "kind-04",
                "kind-256",
                "kind--4"
            })
    void otherWordsAreNoKinds(String word) {
        assertThatThrownBy(() -> Kind.parse(word)).isInstanceOf(SynclineException.class);
    }
}
