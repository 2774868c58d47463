package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.server.config.Listen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Metrics as Prometheus fetches them. */
final class MetricsTest {
    private static final Path DASHBOARD = Path.of("../deploy/grafana/syncline.json");
    private static final Pattern EXPRESSION = Pattern.compile("\"(?:expr|query)\": \"(.*)\"");
    private static final Pattern METRIC = Pattern.compile("\\b(?:syncline|jvm|process)_[a-z_]+");

    /** Where an expression names labels: what it groups by, and what it chooses. */
    private static final Pattern LABELS = Pattern.compile("by \\([^)]*\\)|\\{[^}]*\\}");

    private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?=[,)]|=~?\\\\?\")");

    /** What Prometheus adds, and the bounds of histograms' buckets. */
    private static final Set<String> ADDED_LABELS = Set.of("instance", "le");

    private final TestServer server =
            new TestServer(
                    InstantSource.system(),
                    new NodeSettings(
                            "a",
                            Duration.ZERO,
                            Duration.ZERO,
                            Optional.of(new Listen("127.0.0.1", 0))));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        int port = server.server.metricsPort().orElseThrow();
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String scrape() throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        return answer.body();
    }

    @Test
    void requestsPortsAndWorkAreCountedByKind() throws Exception {
        server.get("/v1/projects").expect(200);
        server.get("/v1/projects").expect(200);
        server.get("/v1/projects/" + "0".repeat(32));
        server.get("/v1/nothing/like/that");
        server.server.maintain();
        String text = scrape();
        assertThat(text)
                .contains(
                        "syncline_request_seconds_count{method=\"GET\",status=\"2xx\","
                                + "template=\"/v1/projects\"} 2")
                .contains(
                        "syncline_request_seconds_count{method=\"GET\",status=\"4xx\","
                                + "template=\"/v1/projects/{p}\"} 1")
                .contains("status=\"4xx\",template=\"other\"} 1")
                .containsPattern(
                        "syncline_port_seconds_count\\{call=\"read\",outcome=\"ok\","
                                + "port=\"metadata\"} [1-9]")
                .contains("syncline_work_seconds_count{outcome=\"ok\",work=\"collecting\"} 1")
                .contains("syncline_lease_held{lease=\"expiry\"} 0")
                .contains("syncline_ready 1")
                .contains("syncline_sockets 0");
        assertThat(text).doesNotContain(server.project.value()).doesNotContain("like/that");
        assertThat(get("/").statusCode()).isEqualTo(404);
    }

    @Test
    void everyMetricAndLabelOfTheDashboardIsThere() throws Exception {
        server.get("/v1/projects").expect(200);
        server.server.maintain();
        // The pauses are shown from the first one on, on a thread of the JVM's.
        String text = scrape();
        for (int i = 0; i < 100 && !text.contains("jvm_gc_pause"); i++) {
            System.gc();
            text = scrape();
        }
        Map<String, Set<String>> labelsOfMetrics = new TreeMap<>();
        Matcher expressions = EXPRESSION.matcher(Files.readString(DASHBOARD));
        while (expressions.find()) {
            String expression = expressions.group(1);
            Set<String> labels =
                    LABELS.matcher(expression)
                            .results()
                            .flatMap(found -> LABEL.matcher(found.group()).results())
                            .map(found -> found.group(1))
                            .collect(Collectors.toCollection(TreeSet::new));
            labels.removeAll(ADDED_LABELS);
            METRIC.matcher(expression)
                    .results()
                    .forEach(metric ->
                            labelsOfMetrics
                                    .computeIfAbsent(metric.group(), _ -> new TreeSet<>())
                                    .addAll(labels));
        }
        assertThat(labelsOfMetrics).hasSizeGreaterThan(15);
        assertThat(labelsOfMetrics.get("syncline_port_seconds_count"))
                .containsExactly("call", "outcome", "port");
        for (Map.Entry<String, Set<String>> wanted : labelsOfMetrics.entrySet()) {
            assertThat(text).containsPattern("(?m)^" + wanted.getKey() + "[{ ]");
            for (String label : wanted.getValue()) {
                assertThat(text)
                        .containsPattern("(?m)^" + wanted.getKey() + "\\{(.*,)?" + label + "=\"");
            }
        }
    }
}
