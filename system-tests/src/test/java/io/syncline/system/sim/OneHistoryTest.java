package io.syncline.system.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a seed gives must not depend on what a run of the JVM draws for itself: the hash codes of
 * objects, and the order in which its immutable sets and maps are gone through.
 */
class OneHistoryTest {
    private static final long SECONDS_MAX = 120;

    /**
     * Hash codes from a random source of all threads, and by address; usual are those by thread.
     */
    private static final List<String> HASH_CODES = List.of("-XX:hashCode=0", "-XX:hashCode=1");

    @TempDir private Path scratch;

    @ParameterizedTest
    @DisplayName("one seed is one history in two runs of the JVM")
    @CsvSource({"MIXED, 10, 8", "COLLECTING, 3, 2", "POWER, 1, 4"})
    void acrossRuns(Climate climate, long seed, int seeds) throws Exception {
        List<List<String>> traces = new ArrayList<>();
        for (String hashCode : HASH_CODES) {
            traces.add(traces(hashCode, climate, seed, seeds));
        }

        assertThat(traces.getFirst()).hasSize(seeds).isEqualTo(traces.getLast());
    }

    private List<String> traces(String hashCode, Climate climate, long seed, int seeds)
            throws IOException, InterruptedException {
        Path out = scratch.resolve(hashCode.substring(1));
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UnlockExperimentalVMOptions",
                        hashCode,
                        "--enable-native-access=ALL-UNNAMED",
                        Platform.OPTION,
                        "-Djdk.trackAllThreads=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sim.class.getName(),
                        "--seed",
                        Long.toString(seed),
                        "--seeds",
                        Integer.toString(seeds),
                        "--climate",
                        climate.name(),
                        "--steps",
                        "40",
                        "--once",
                        "--verbose");
        Process run =
                builder.redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .start();
        try {
            assertThat(run.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        return Files.readAllLines(out).stream().filter(line -> line.contains(", trace ")).toList();
    }
}
