package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, against a real server and real devices: runs the journeys of {@code
 * web/e2e}, which say what they need. Pictures of all pages are in {@code target/screenshots}.
 */
class PageTest {
    /** Far beyond what it takes: only a run that hangs comes here. */
    private static final Duration PATIENCE = Duration.ofMinutes(9);

    @TempDir private Path directory;

    @Test
    @DisplayName(
            "a first visit, files, a lost connection, a million rows: nothing for axe, a quiet"
                    + " console")
    void journeysPass() throws IOException, InterruptedException {
        Path module = Path.of("").toAbsolutePath();
        Path output = directory.resolve("journeys.log");
        Path work = Files.createDirectories(directory.resolve("work"));
        try (Deployment deployment = new Deployment(directory)) {
            ProcessBuilder journeys =
                    new ProcessBuilder("node", "e2e/run.mjs")
                            .directory(module.resolveSibling("web").toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            journeys.environment()
                    .putAll(
                            Map.of(
                                    "SYNCLINE_URL",
                                    deployment.url().toString(),
                                    "SYNCLINE_PASSWORD",
                                    deployment.ready().at("password").text(),
                                    "SYNCLINE_WORK",
                                    work.toString(),
                                    "SYNCLINE_SHOTS",
                                    module.resolve("target/screenshots").toString(),
                                    "SYNCLINE_PROGRAM",
                                    json(program())));
            Process process = journeys.start();
            try {
                boolean ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                assertThat(ended && process.exitValue() == 0)
                        .as("%s", Files.readString(output))
                        .isTrue();
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /** How a device is started; the journeys add its arguments. */
    private static List<String> program() {
        return Program.builder(List.of("-Xmx512m", "-XX:+UseSerialGC"), List.of()).command();
    }

    private static String json(List<String> words) {
        return words.stream()
                .map(word -> '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "[", "]"));
    }
}
