package io.syncline.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of {@code docs/scenarios.md} against the tests that it names. */
class ScenariosTest {
    /** Collected from other systems; those after them we thought of. */
    private static final int COLLECTED = 74;

    private static final Path ROOT = root();
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\|.*\\| ([^|]*) \\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

    /** "scenario 7", "scenarios 1, 2 and 5", "1 to 4", "22..24". */
    private static final Pattern MENTION =
            Pattern.compile("scenarios? ((?:\\d+(?:\\.\\.|, | and | to )?)+)");

    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:(?:\\.\\.| to )(\\d+))?");

    private record Named(String type, String method) {}

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("docs/scenarios.md"))) {
            at = Optional.ofNullable(at.getParent()).orElseThrow();
        }
        return at;
    }

    private static Map<Integer, List<Named>> rows() throws IOException {
        var rows = new TreeMap<Integer, List<Named>>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/scenarios.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                var tests = new ArrayList<Named>();
                Matcher test = TEST.matcher(row.group(2));
                while (test.find()) {
                    tests.add(new Named(test.group(1), test.group(2)));
                }
                assertThat(rows.put(Integer.parseInt(row.group(1)), tests)).as(line).isNull();
            }
        }
        return rows;
    }

    /** The text of all test classes of that name. */
    private static List<String> sources(String type) throws IOException {
        var texts = new ArrayList<String>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : (Iterable<Path>) modules.sorted()::iterator) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests)) {
                    try (Stream<Path> files = Files.walk(tests)) {
                        for (Path file : (Iterable<Path>) files::iterator) {
                            if (file.endsWith(type + ".java")) {
                                texts.add(Files.readString(file));
                            }
                        }
                    }
                }
            }
        }
        return texts;
    }

    /** A test's annotations: what is between the blank line before it and its name. */
    private static Optional<String> annotations(Named test) throws IOException {
        for (String source : sources(test.type())) {
            Matcher at = Pattern.compile("\\bvoid " + test.method() + "\\(").matcher(source);
            if (at.find()) {
                String before = source.substring(0, at.start());
                return Optional.of(before.substring(before.lastIndexOf("\n\n") + 1));
            }
        }
        return Optional.empty();
    }

    private static Set<Integer> mentioned(String annotations) {
        // Long names are put together of several literals.
        Matcher mention = MENTION.matcher(annotations.replaceAll("\"\\s*\\+\\s*\"", ""));
        var numbers = new TreeSet<Integer>();
        while (mention.find()) {
            Matcher range = RANGE.matcher(mention.group(1));
            while (range.find()) {
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                IntStream.rangeClosed(first, last).forEach(numbers::add);
            }
        }
        return numbers;
    }

    @Test
    void everyScenarioHasARow() throws IOException {
        List<Integer> numbers = List.copyOf(rows().keySet());
        assertThat(numbers).hasSizeGreaterThanOrEqualTo(COLLECTED + 10);
        assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
    }

    @Test
    void everyRowNamesTestsThatExistAndOneThatNamesIt() throws IOException {
        for (var row : rows().entrySet()) {
            assertThat(row.getValue()).as("tests of scenario %d", row.getKey()).isNotEmpty();
            var mentioned = new TreeSet<Integer>();
            for (Named test : row.getValue()) {
                Optional<String> annotations = annotations(test);
                assertThat(annotations).as("%s of scenario %d", test, row.getKey()).isPresent();
                assertThat(annotations.get())
                        .as("%s", test)
                        .containsPattern("@(Test|ParameterizedTest)\\b");
                mentioned.addAll(mentioned(annotations.get()));
            }
            assertThat(mentioned).as("tests of scenario %d", row.getKey()).contains(row.getKey());
        }
    }

    @Test
    void mentionsAreFound() {
        assertThat(mentioned("scenarios 1, 2 and 5: x")).containsExactly(1, 2, 5);
        assertThat(mentioned("R25, scenarios 11, 22..24: x")).containsExactly(11, 22, 23, 24);
        assertThat(mentioned("\"scenarios 1 to \"\n + \"4: x\"")).containsExactly(1, 2, 3, 4);
        assertThat(mentioned("L2 nothing of the kind")).isEmpty();
    }
}
