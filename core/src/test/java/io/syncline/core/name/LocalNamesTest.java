package io.syncline.core.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.name.FileSystemTraits.Composition;
import io.syncline.core.name.FileSystemTraits.Unit;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalNamesTest {
    private static final LocalNames LINUX = new LocalNames(FileSystemTraits.LINUX);
    private static final LocalNames WINDOWS = new LocalNames(FileSystemTraits.WINDOWS);

    static List<FileSystemTraits> traits() {
        List<FileSystemTraits> all = new ArrayList<>();
        for (boolean caseSensitive : new boolean[] {false, true}) {
            for (Composition composition : Composition.values()) {
                for (boolean windows : new boolean[] {false, true}) {
                    all.add(
                            new FileSystemTraits(
                                    caseSensitive, composition, windows, Unit.BYTE, 255));
                    all.add(
                            new FileSystemTraits(
                                    caseSensitive, composition, windows, Unit.UTF_16, 255));
                    all.add(
                            new FileSystemTraits(
                                    caseSensitive, composition, windows, Unit.BYTE, 143));
                    all.add(
                            new FileSystemTraits(
                                    caseSensitive, composition, windows, Unit.UTF_16, 64));
                }
            }
        }
        return all;
    }

    /** The vectors of docs/formats.md. */
    @ParameterizedTest
    @CsvSource({
        "a:b.txt, 0, a%3Ab~fnb4o3.txt",
        "con.tar.gz, 0, %63on.tar~ssc2mo.gz",
        "xt_TCPMSS.h, 1, xt_TCPMSS~sdmkuf.h",
        "xt_TCPMSS.h, 2, xt_TCPMSS~pudmov.h",
        "'100% done. ', 0, '100%25 done.%20~vsqa52'"
    })
    @DisplayName("R30 names are spelt as docs/formats.md says")
    void vectors(String name, int attempt, String local) {
        assertThat(WINDOWS.encode(new Name(name), attempt).value()).isEqualTo(local);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "A.b",
                "con",
                "a:b",
                "dot.",
                "space ",
                "a%3Ab.txt",
                "a~b",
                "~",
                "é",
                "e\u0301"
            })
    void aLinuxDirectoryHoldsEveryNameAsItIs(String name) {
        assertThat(LINUX.encode(new Name(name), 0))
                .isEqualTo(new LocalName(name, LocalName.Form.PLAIN));
        assertThat(LINUX.decode(name)).isEqualTo(new Decoded.Plain(new Name(name)));
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("R30 every name is got back without memory, or said to need it")
    void everyNameIsGotBack(FileSystemTraits traits) {
        LocalNames names = new LocalNames(traits);
        for (Name name : someNames(300)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                LocalName local = names.encode(name, attempt);
                String found = asListed(traits, local.value());

                assertHeld(traits, local.value());
                switch (local.form()) {
                    case PLAIN -> {
                        assertThat(local.value()).isEqualTo(name.value());
                        assertThat(names.decode(found)).isEqualTo(new Decoded.Plain(name));
                    }
                    case MAPPED ->
                            assertThat(names.decode(found)).isEqualTo(new Decoded.Mapped(name));
                    case SHORTENED -> {
                        assertThat(names.decode(found)).isInstanceOf(Decoded.Shortened.class);
                        assertThat(names.isShortFor(found, name)).isTrue();
                        assertThat(names.isShortFor(found, new Name("another"))).isFalse();
                        assertThat(name.toBytes().length).isGreaterThan(12);
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("R30 a shortened name is spelt as docs/formats.md says")
    void shortenedVector() {
        String local = WINDOWS.encode(new Name("n:" + "x".repeat(249) + ".txt"), 0).value();

        assertThat(local).isEqualTo("n%3A" + "x".repeat(229) + "~~pzjll5jg5gdbc652.txt");
    }

    @Test
    void onlyNamesNearTheLimitAreShortened() {
        for (int length = 1; length <= 255; length++) {
            Name name = new Name("a".repeat(length));
            assertThat(WINDOWS.encode(name, 1).form())
                    .isEqualTo(length <= 248 ? LocalName.Form.MAPPED : LocalName.Form.SHORTENED);
        }
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("R30 a name that looks encoded is escaped")
    void aNameThatLooksEncodedIsEscaped(FileSystemTraits traits) {
        LocalNames names = new LocalNames(traits);
        Name mapped = new Name(WINDOWS.encode(new Name("a:b.txt"), 0).value());
        Name shortened = new Name("a~~abcdefghijklmnop.txt");

        for (Name name : List.of(mapped, shortened)) {
            LocalName local = names.encode(name, 0);
            assertThat(local.form()).isEqualTo(LocalName.Form.MAPPED);
            assertThat(names.decode(local.value())).isEqualTo(new Decoded.Mapped(name));
            Name again = new Name(local.value());
            assertThat(names.decode(names.encode(again, 0).value()))
                    .isEqualTo(new Decoded.Mapped(again));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a~abcdef.txt",
                "a%3Ab~aaaaaa.txt",
                "a%3Ab.txt",
                "~abcdef",
                "a~ABCDEF",
                "a~abcde1",
                "a%zz~abcdef",
                "a%2F~abcdef",
                "a%C3~abcdef"
            })
    void aNameThatOnlyLooksLikeItStaysItself(String name) {
        assertThat(WINDOWS.decode(name)).isEqualTo(new Decoded.Plain(new Name(name)));
        assertThat(WINDOWS.encode(new Name(name), 0).form()).isEqualTo(LocalName.Form.PLAIN);
    }

    @Test
    @DisplayName("R30 the lowest id keeps the plain name")
    void theLowestIdKeepsThePlainName() {
        Map<NodeId, Name> siblings =
                Map.of(
                        new NodeId(9), new Name("xt_TCPMSS.h"),
                        new NodeId(12), new Name("xt_tcpmss.h"),
                        new NodeId(-3), new Name("XT_TCPMSS.H"),
                        new NodeId(10), new Name("other"));

        Map<NodeId, LocalName> assigned = WINDOWS.assign(siblings, Set.of());

        assertThat(assigned.get(new NodeId(9)))
                .isEqualTo(new LocalName("xt_TCPMSS.h", LocalName.Form.PLAIN));
        assertThat(assigned.get(new NodeId(10)))
                .isEqualTo(new LocalName("other", LocalName.Form.PLAIN));
        assertMapped(assigned, 12, "xt_tcpmss.h");
        assertMapped(assigned, -3, "XT_TCPMSS.H");
    }

    private static void assertMapped(Map<NodeId, LocalName> assigned, long id, String name) {
        LocalName local = assigned.get(new NodeId(id));
        assertThat(local).isNotNull();
        assertThat(local.form()).isEqualTo(LocalName.Form.MAPPED);
        assertThat(WINDOWS.decode(local.value())).isEqualTo(new Decoded.Mapped(new Name(name)));
    }

    @Test
    void aTakenNameIsNotUsed() {
        Map<NodeId, LocalName> assigned =
                LINUX.assign(Map.of(new NodeId(1), new Name(".syncline")), List.of(".syncline"));

        assertMapped(assigned, 1, ".syncline");
    }

    @ParameterizedTest
    @MethodSource("traits")
    @DisplayName("R30 no two siblings have local names that the directory takes for one")
    void siblingsAreToldApart(FileSystemTraits traits) {
        LocalNames names = new LocalNames(traits);
        for (int seed = 0; seed < 8; seed++) {
            Map<NodeId, Name> siblings = siblings(new Random(seed));
            Map<NodeId, LocalName> assigned = names.assign(siblings, Set.of());
            Set<String> seen = new HashSet<>();

            assertThat(assigned.keySet()).isEqualTo(siblings.keySet());
            assigned.values()
                    .forEach(local ->
                            assertThat(seen.add(traits.rivalKey(local.value())))
                                    .as("%s", local)
                                    .isTrue());
            assertThat(names.assign(siblings, Set.of())).isEqualTo(assigned);
        }
    }

    /** Many spellings of few names, their own mapped spellings in other cases among them. */
    private static Map<NodeId, Name> siblings(Random random) {
        String[] stems = {"ab.h", "a:b.txt", "e\u0301t", "\u00e9t", "con", "dot.", "Straße"};
        Map<NodeId, Name> siblings = new HashMap<>();
        Set<Name> used = new HashSet<>();
        for (int id = 1; id <= 60; id++) {
            Name name = new Name(anyCase(stems[random.nextInt(stems.length)], random));
            if (random.nextInt(3) == 0) {
                String local = WINDOWS.encode(name, random.nextInt(3)).value();
                name = new Name(random.nextBoolean() ? local : anyCase(local, random));
            }
            if (used.add(name)) {
                siblings.put(new NodeId(random.nextInt(8) == 0 ? -id : id), name);
            }
        }
        return siblings;
    }

    private static String anyCase(String text, Random random) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(c ->
                        out.appendCodePoint(
                                random.nextBoolean()
                                        ? Character.toUpperCase(c)
                                        : Character.toLowerCase(c)));
        return out.toString();
    }

    @Test
    void whatCanNotBeANameIsSaid() {
        assertThat(WINDOWS.decode("語".repeat(200))).isInstanceOf(Decoded.Impossible.class);
        assertThat(WINDOWS.decode("a\ud800")).isInstanceOf(Decoded.Impossible.class);
        assertThatThrownBy(() -> WINDOWS.encode(new Name("a"), 8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decomposedListingsAreComposed() {
        LocalNames hfs = new LocalNames(FileSystemTraits.HFS_PLUS);

        assertThat(hfs.decode("e\u0301")).isEqualTo(new Decoded.Plain(new Name("\u00e9")));
        assertThat(hfs.encode(new Name("e\u0301"), 0).form()).isEqualTo(LocalName.Form.MAPPED);
        assertThat(hfs.areRivals("e\u0301", "\u00c9")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "con", "CON.txt", "nul.tar.gz", "com1", "LPT9.x", "com\u00b9", "aux ", "conin$",
                        "a.", "a ",
                "a<", "a>b", "a:b", "a\"b", "a\\b", "a|b", "a?", "*", "\u0001", "con .txt"
            })
    void windowsRefusesThese(String name) {
        assertThat(WINDOWS.encode(new Name(name), 0).form()).isEqualTo(LocalName.Form.MAPPED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com",
                "com10",
                "console",
                "lpt",
                "a.b.",
                "acon",
                ".con",
                "a.con",
                " a",
                "...a",
                "com\u00b5"
            })
    void windowsHoldsTheseOrNot(String name) {
        boolean held = !name.endsWith(".");
        assertThat(WINDOWS.encode(new Name(name), 0).form())
                .isEqualTo(held ? LocalName.Form.PLAIN : LocalName.Form.MAPPED);
    }

    private static List<Name> someNames(int count) {
        List<Name> names = new ArrayList<>();
        String[] parts = {
            "a",
            "B",
            "con",
            "aux",
            ".",
            "..",
            " ",
            "%",
            "%3A",
            "~",
            "~~",
            "~abcdef",
            ":",
            "<",
            "?",
            "*",
            "\\",
            "\"",
            "|",
            "\u0001",
            "\u007f",
            "é",
            "e\u0301",
            "\u0327",
            "\u0338",
            "ß",
            "İ",
            "語",
            "\uD83D\uDE00",
            "\ufb03",
            "\u212b",
            ".txt",
            ".tar.gz",
            "word",
            "0",
            "aaaaaaaaaaaaaaaa",
            "\u1100\u1161",
            "가"
        };
        Random random = new Random(11);
        while (names.size() < count) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(4) == 0 ? random.nextInt(120) : random.nextInt(6);
            for (int i = 0; i <= length; i++) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            String name = cut(text.toString());
            if (Name.fault(name).isEmpty()) {
                names.add(new Name(name));
            }
        }
        names.add(new Name("x".repeat(255)));
        names.add(new Name(":".repeat(255)));
        names.add(new Name("語".repeat(85)));
        names.add(new Name("e\u0301".repeat(85)));
        return names;
    }

    private static String cut(String text) {
        String name = text;
        while (name.getBytes(StandardCharsets.UTF_8).length > Name.MAX_BYTES) {
            name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        }
        return name;
    }

    private static String asListed(FileSystemTraits traits, String local) {
        return traits.composition() == Composition.CHANGED
                ? Normalizer.normalize(local, Normalizer.Form.NFD)
                : local;
    }

    private static void assertHeld(FileSystemTraits traits, String local) {
        assertThat(traits.fits(local)).as(local).isTrue();
        assertThat(local).doesNotContain("/", "\0");
        if (traits.windowsNames()) {
            assertThat(WindowsNames.holds(local)).as(local).isTrue();
        }
    }
}
