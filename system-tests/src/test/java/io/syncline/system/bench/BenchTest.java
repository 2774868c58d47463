package io.syncline.system.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.system.bench.functions.Functions;
import io.syncline.system.endtoend.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmark's form, on a project too small for its times to say anything. */
final class BenchTest {
    private static final int FILES = 300;
    private static final Set<String> MEMBERS =
            Set.of("name", "n", "p50_ms", "p99_ms", "value", "unit", "goal", "naive_ratio");

    @Test
    @DisplayName("every row is measured on a small project, told as JSON, and cleaned up after")
    void everyRowIsTold(@TempDir Path directory) throws Exception {
        Path json = directory.resolve("rows.json");
        Path plots = directory.resolve("plots");
        Path work = directory.resolve("work");
        var arguments =
                new Bench.Arguments(
                        Set.of(),
                        Optional.empty(),
                        FILES,
                        Optional.of(json),
                        Optional.of(plots),
                        Optional.of(work));

        assertThat(Bench.run(arguments)).as("no row fails").isTrue();

        Json report = Json.parse(Files.readString(json));
        assertThat(report.at("machine").text()).contains("processors");
        Set<String> names = new HashSet<>();
        for (Json row : report.at("rows").elements()) {
            assertThat(((Map<?, ?>) row.value()).keySet()).isEqualTo(MEMBERS);
            names.add(row.at("name").text());
            assertThat(row.at("n").number()).isPositive();
            assertThat(number(row, "value")).isNotNegative();
        }
        assertThat(names).containsAll(Bench.ROWS.keySet());
        for (String name :
                Set.of("list-10k", "changes-500", "users-100", "insert-front", "snapshot-bytes")) {
            assertThat(number(row(report, name), "naive_ratio")).as(name).isPositive();
        }
        try (var drawn = Files.list(plots)) {
            for (Path plot : drawn.toList()) {
                assertIsDrawing(plot);
            }
        }
        assertThat(plots.resolve("list.svg")).exists();
        assertThat(work).isEmptyDirectory();
    }

    private static Json row(Json report, String name) {
        return report.at("rows").elements().stream()
                .filter(row -> row.at("name").text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double number(Json row, String name) {
        return ((Number) row.at(name).value()).doubleValue();
    }

    private static void assertIsDrawing(Path plot) throws Exception {
        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile());
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("polyline").getLength()).isPositive();
        assertThat(document.getElementsByTagName("circle").getLength()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--only list-10k,nonsense",
                "--only=",
                "--files 1",
                "--files many",
                "--files",
                "--functions no-such-function",
                "--functions (",
                "list-10k"
            })
    void whatItDoesNotKnowIsAnError(String line) {
        assertThatThrownBy(() -> Bench.parse(line.split(" "))).isInstanceOf(Bench.Usage.class);
    }

    @Test
    void rowsAndSizesAreTaken() throws Exception {
        Bench.Arguments taken =
                Bench.parse(
                        new String[] {"--only", "watch,list-10k", "--files=10,000", "--json", "x"});

        assertThat(taken.only()).containsExactly("watch", "list-10k");
        assertThat(taken.files()).isEqualTo(10_000);
        assertThat(taken.json()).contains(Path.of("x"));
    }

    @Test
    void functionsAreTakenAllOrByPattern() throws Exception {
        assertThat(Bench.parse(new String[] {"--functions"}).functions().orElseThrow().pattern())
                .isEmpty();
        Bench.Arguments some =
                Bench.parse(new String[] {"--functions", "Cutting|Hashing", "--json", "x"});
        assertThat(some.functions().orElseThrow().pattern()).isEqualTo("Cutting|Hashing");
        assertThat(some.asksForRows()).isFalse();
        Bench.Arguments both = Bench.parse(new String[] {"--functions=cut", "--only=watch"});
        assertThat(both.asksForRows()).isTrue();
        assertThat(both.asksFor("watch")).isTrue();
        assertThat(both.asksFor("million")).isFalse();
    }

    @Test
    void functionsAreToldBesideRows(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("functions.json");
        var one =
                new Functions.Measured(
                        "Cutting.cut",
                        100,
                        "bytes",
                        5,
                        0.25,
                        OptionalDouble.of(0.02),
                        OptionalDouble.empty(),
                        "");
        Report report = new Report("m", List.of(), List.of(one));
        report.writeJson(file);

        assertThat(Files.readString(file))
                .isEqualTo(
                        "{\"machine\":\"m\",\"rows\":[],\"functions\":[{\"name\":\"Cutting.cut\","
                                + "\"size\":100,\"items\":\"bytes\",\"n\":5,\"ns_per_item\":0.25,"
                                + "\"items_per_s\":4.0E9,\"error_share\":0.02,"
                                + "\"naive_ratio\":null}]}\n");
        assertThat(report.table())
                .contains("| Cutting.cut | 100 bytes | 0.250 ± 2 % | 4.00 G | 5 |");
    }

    @Test
    void helpNamesEveryRow() {
        assertThat(Bench.help()).contains(Bench.ROWS.keySet()).contains("--json FILE");
    }

    @Test
    void quantilesAreThoseOfTheSortedTimes() {
        Times times = new Times(5, 1, 4, 2, 3);

        assertThat(times.median()).isEqualTo(3);
        assertThat(times.p99()).isEqualTo(5);
        assertThat(times.count()).isEqualTo(5);
    }

    @Test
    void whatIsMissingInARowIsNull(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("rows.json");
        new Report("m", List.of(Row.ofValue("x", "y", Times.NONE, 3, "MB")), List.of())
                .writeJson(file);

        assertThat(Files.readString(file))
                .isEqualTo(
                        "{\"machine\":\"m\",\"rows\":[{\"name\":\"x\",\"n\":1,\"p50_ms\":null,"
                                + "\"p99_ms\":null,\"value\":3.0,\"unit\":\"MB\",\"goal\":null,"
                                + "\"naive_ratio\":null}]}\n");
    }
}
