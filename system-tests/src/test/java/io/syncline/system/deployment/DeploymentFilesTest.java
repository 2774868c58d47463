package io.syncline.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.server.config.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The unit, the images and the manifests say only what the program understands. */
final class DeploymentFilesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DEPLOY = ROOT.resolve("deploy");

    /** How long a drain takes at most beyond its grace: docs/operations.md. */
    private static final int DRAIN_SECONDS = 25;

    private static String read(String file) {
        try {
            return Files.readString(DEPLOY.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Object> yaml(String file) {
        List<Object> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(read(file))
                .forEach(documents::add);
        return documents;
    }

    /** What is at a path of names and numbers. */
    private static Object at(Object from, Object... path) {
        Object found = from;
        for (Object step : path) {
            @Nullable Object next =
                    step instanceof Integer index
                            ? ((List<?>) found).get(index)
                            : ((Map<?, ?>) found).get(step);
            assertThat(next).as("%s of %s", step, Arrays.toString(path)).isNotNull();
            found = Objects.requireNonNull(next);
        }
        return found;
    }

    private static String text(Object from, Object... path) {
        return at(from, path).toString();
    }

    private static Object kind(String kind) {
        return yaml("kubernetes.yaml").stream()
                .filter(document -> text(document, "kind").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isKey(String word) {
        return Arrays.stream(Key.values())
                .anyMatch(key ->
                        key.text().equals(word)
                                || (key.isSecret() && (key.text() + "-file").equals(word)));
    }

    private static boolean isVariable(String word) {
        return Arrays.stream(Key.values())
                .anyMatch(key ->
                        key.environment().equals(word)
                                || (key.isSecret() && (key.environment() + "_FILE").equals(word)));
    }

    static Stream<String> settings() {
        return Stream.of(
                read("debian/syncline.conf"), text(kind("ConfigMap"), "data", "syncline.conf"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("settings")
    void everySettingIsAKey(String settings) {
        List<String> keys =
                settings.lines()
                        .map(line -> line.startsWith("#") ? line.substring(1) : line)
                        .filter(line -> line.matches("[a-z-]+ = .*"))
                        .map(line -> line.substring(0, line.indexOf(" = ")))
                        .toList();

        assertThat(keys).isNotEmpty().allMatch(DeploymentFilesTest::isKey);
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    void everyVariableIsAKey() {
        Set<String> variables = new HashSet<>();
        for (String file : List.of("compose.yaml", "kubernetes.yaml", "Containerfile")) {
            read(file)
                    .lines()
                    .flatMap(line -> Stream.of(line.split("[^A-Z_]+", -1)))
                    .filter(word -> word.startsWith("SYNCLINE_"))
                    .forEach(variables::add);
        }

        assertThat(variables).hasSizeGreaterThan(8).allMatch(DeploymentFilesTest::isVariable);
    }

    private static int setting(String settings, Key key) {
        return settings.lines()
                .filter(line -> line.startsWith(key.text() + " = "))
                .map(line -> line.substring(key.text().length() + 3))
                .findFirst()
                .map(Integer::parseInt)
                .orElse(0);
    }

    @Test
    @DisplayName("whoever supervises a node waits for the end of its drain before it kills")
    void drainsFit() {
        Object pod = at(kind("Deployment"), "spec", "template", "spec");
        int grace =
                setting(text(kind("ConfigMap"), "data", "syncline.conf"), Key.DRAIN_GRACE_SECONDS);
        assertThat(Integer.parseInt(text(pod, "terminationGracePeriodSeconds")))
                .isGreaterThanOrEqualTo(grace + DRAIN_SECONDS);
        // A balancer notices within twice its interval.
        assertThat(
                        2
                                * Integer.parseInt(
                                        text(
                                                pod,
                                                "containers",
                                                0,
                                                "readinessProbe",
                                                "periodSeconds")))
                .isLessThanOrEqualTo(grace);

        Object node = at(yaml("compose.yaml").getFirst(), "services", "node-a");
        assertThat(Integer.parseInt(text(node, "stop_grace_period").replace("s", "")))
                .isGreaterThanOrEqualTo(
                        Integer.parseInt(text(node, "environment", "SYNCLINE_DRAIN_GRACE_SECONDS"))
                                + DRAIN_SECONDS);

        Optional<String> stop =
                read("syncline.service")
                        .lines()
                        .filter(line -> line.startsWith("TimeoutStopSec="))
                        .findFirst();
        assertThat(stop).contains("TimeoutStopSec=90s");
        assertThat(setting(read("debian/syncline.conf"), Key.DRAIN_GRACE_SECONDS))
                .isLessThanOrEqualTo(90 - DRAIN_SECONDS);
    }

    @Test
    void probesAskWhatTheServerAnswers() throws IOException {
        Object container = at(kind("Deployment"), "spec", "template", "spec", "containers", 0);
        String protocol = Files.readString(ROOT.resolve("docs/protocol.md"));

        assertThat(text(container, "livenessProbe", "httpGet", "path")).isEqualTo("/health/live");
        assertThat(text(container, "readinessProbe", "httpGet", "path")).isEqualTo("/health/ready");
        assertThat(protocol).contains("/health/live").contains("/health/ready");
    }

    @Test
    @DisplayName("service, disruption budget and spread mean the pods of the deployment")
    void selectorsMeanThePods() {
        Object deployment = kind("Deployment");
        Object labels = at(deployment, "spec", "template", "metadata", "labels");

        assertThat(at(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(kind("Service"), "spec", "selector")).isEqualTo(labels);
        assertThat(at(kind("PodDisruptionBudget"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(text(kind("Service"), "spec", "ports", 0, "targetPort"))
                .isEqualTo(
                        text(
                                deployment,
                                "spec",
                                "template",
                                "spec",
                                "containers",
                                0,
                                "ports",
                                0,
                                "name"));
    }

    @Test
    void everyMountHasItsVolumeAndEverySecretItsFile() {
        Object pod = at(kind("Deployment"), "spec", "template", "spec");
        List<String> volumes = names((List<?>) at(pod, "volumes"));
        assertThat(names((List<?>) at(pod, "containers", 0, "volumeMounts")))
                .hasSameElementsAs(volumes);

        Map<?, ?> compose = (Map<?, ?>) yaml("compose.yaml").getFirst();
        for (Object service : ((Map<?, ?>) at(compose, "services")).values()) {
            Map<?, ?> one = (Map<?, ?>) service;
            for (Object secret : list(one.get("secrets"))) {
                assertThat(at(compose, "secrets", secret)).isNotNull();
            }
            for (Object volume : list(one.get("volumes"))) {
                String name = volume.toString().substring(0, volume.toString().indexOf(':'));
                assertThat(((Map<?, ?>) at(compose, "volumes")).keySet().contains(name))
                        .as(name)
                        .isTrue();
            }
        }
    }

    private static List<?> list(@Nullable Object there) {
        return there == null ? List.of() : (List<?>) there;
    }

    private static List<String> names(List<?> things) {
        return things.stream().map(thing -> text(thing, "name")).toList();
    }

    @Test
    void nothingRunsAsRoot() {
        assertThat(read("syncline.service"))
                .contains(
                        "\nUser=syncline\n", "\nNoNewPrivileges=yes\n", "\nProtectSystem=strict\n");
        assertThat(read("Containerfile")).contains("\nUSER 10001:10001\n").doesNotContain("sudo");
        assertThat(text(kind("Deployment"), "spec", "template", "spec", "securityContext"))
                .contains("runAsNonRoot=true");
    }

    @Test
    @DisplayName("an image holds an entry point that packages hold, and copies what exists")
    void containerfileIsWhole() {
        List<String> words =
                read("Containerfile")
                        .replace("\\\n", " ")
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .toList();

        assertThat(words)
                .startsWith("FROM")
                .containsOnlyOnce("ENTRYPOINT", "CMD", "USER")
                .isSubsetOf(
                        "FROM",
                        "ADD",
                        "RUN",
                        "ENV",
                        "USER",
                        "VOLUME",
                        "EXPOSE",
                        "STOPSIGNAL",
                        "ENTRYPOINT",
                        "CMD");
        assertThat(read("Containerfile")).contains("ADD target/package/syncline-*.tar.gz");
    }

    @Test
    @DisplayName("the unit starts what the package installs, with settings that it installs")
    void unitAndPackageFit() throws IOException {
        String script = Files.readString(ROOT.resolve("scripts/package"));

        assertThat(read("syncline.service"))
                .contains(
                        "\n"
                                + "ExecStart=/usr/bin/syncline serve --config"
                                + " /etc/syncline/syncline.conf\n")
                .contains("\nStateDirectory=syncline\n");
        assertThat(read("debian/syncline.conf")).contains("\ndata = /var/lib/syncline\n");
        assertThat(script)
                .contains("\"$deb/usr/bin/syncline\"")
                .contains("/etc/syncline/syncline.conf >\"$deb/DEBIAN/conffiles\"");
    }
}
