package io.syncline.system.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.system.launcher.Checkout.Outcome;
import io.syncline.system.launcher.Checkout.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LauncherTest {
    private static final Map<String, String> QUIET = Map.of("SYNCLINE_NO_WARM", "yes");

    @TempDir private Path folder;
    private Checkout checkout;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = new Checkout(folder);
    }

    @Test
    void buildsOnFirstUseAndSaysWhatItBuilds() throws Exception {
        Outcome outcome = checkout.run("a b", "*");

        assertThat(outcome.errors()).contains("building for the first time", "  core\n");
        assertThat(outcome.errors()).doesNotContain("(all)");
        assertThat(outcome.output()).contains("arguments a b|*\n");
        assertThat(outcome.status()).as("the program's own").isEqualTo(2);
    }

    @Test
    void buildsNothingWhileSourcesAreOlder() throws Exception {
        checkout.run();

        assertThat(checkout.run().errors()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhenSourcesAreNewer() throws Exception {
        checkout.run();
        Files.writeString(checkout.root.resolve("core/src/main/New.java"), "");
        checkout.setAge("core/src/main/New.java", Duration.ofHours(-1));

        assertThat(checkout.run().errors()).contains("sources changed, building");
        assertThat(checkout.builds()).isEqualTo(2);
    }

    @Test
    void aFullBuildThatIsNewEnoughIsTaken() throws Exception {
        checkout.run();
        Path dist = checkout.root.resolve("cli/target/dist");
        Files.move(checkout.root.resolve("cli/target/launch/dist"), dist);
        Files.delete(checkout.root.resolve(".launch/current"));

        assertThat(checkout.run().errors()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void aFailedBuildIsSaidAndLeavesTheOldOne() throws Exception {
        checkout.run();
        Path before = checkout.published();
        Files.writeString(checkout.root.resolve("broken"), "");
        checkout.setAge("pom.xml", Duration.ofHours(-1));

        Outcome outcome = checkout.run("version");

        assertThat(outcome.status()).isEqualTo(70);
        assertThat(outcome.errors()).contains("[ERROR] it is broken", "the build failed");
        assertThat(outcome.output()).isEmpty();
        assertThat(checkout.published()).isEqualTo(before).isDirectory();
    }

    @Test
    void twoLaunchersBuildOnce() throws Exception {
        Path hold = Files.writeString(checkout.root.resolve("hold"), "");
        Path script = checkout.root.resolve("syncline");
        Running first = checkout.start(script, QUIET);
        Checkout.await("the build", () -> Files.exists(checkout.root.resolve("builds")));
        Running second = checkout.start(script, QUIET);
        Checkout.await("the second", () -> second.errors().contains("waiting for another build"));

        Files.delete(hold);

        assertThat(first.outcome().status()).isZero();
        assertThat(second.outcome().status()).isZero();
        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void whatALongRunningProgramRunsFromIsNotSwept() throws Exception {
        Running server = checkout.start(checkout.root.resolve("syncline"), QUIET, "serve");
        Checkout.await("the server", () -> server.output().contains("serving"));
        Path running = checkout.published();

        rebuild();
        Path second = checkout.published();
        rebuild();
        rebuild();

        assertThat(running.resolve("lib/syncline.jar")).exists();
        assertThat(second).as("held by nobody").doesNotExist();

        server.outcome();
        rebuild();
        assertThat(running).as("held by nobody any more").doesNotExist();
    }

    private void rebuild() throws Exception {
        checkout.setAge("pom.xml", Duration.ofHours(-1));
        assertThat(checkout.run().status()).isZero();
        checkout.setAge("pom.xml", Duration.ofHours(1));
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        Running server = checkout.start(checkout.root.resolve("syncline"), QUIET, "serve");
        Checkout.await("the server", () -> server.output().contains("serving"));

        // Not Process.destroy(), which closes the input as well: the program could then end by
        // itself.
        server.process().toHandle().destroy();

        Outcome outcome = server.ended();
        assertThat(outcome.output()).contains("stopped");
        assertThat(outcome.status()).as("128 + SIGTERM").isEqualTo(143);
    }

    @Test
    void startsByASymbolicLinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("sl"), Path.of("a checkout/syncline"));

        assertThat(checkout.start(link, QUIET, "x").outcome().output()).contains("arguments x\n");
    }

    @ParameterizedTest
    @CsvSource({
        "join, -Xmx512m",
        "sync, -Xmx512m",
        "--home /some/where --json join, -Xmx512m",
        "--home=/some/where sync, -Xmx512m",
        "up, MaxRAMPercentage=50",
        "--json up, MaxRAMPercentage=50"
    })
    void whatRunsForLongIsCompiledWellAndBounded(String command, String bound) throws Exception {
        String output = checkout.run(command.split(" ")).output();

        assertThat(output).contains(bound, "Tier4").doesNotContain("TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @CsvSource({"status", "--home join status", "--json version"})
    void whatEndsSoonStartsFast(String command) throws Exception {
        assertThat(checkout.run(command.split(" ")).output()).contains("TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @CsvSource({"C", "POSIX", "xx_YY.UTF-8", "C.UTF-8"})
    @DisplayName("R11 names that aren't ASCII survive any locale")
    void namesSurviveAnyLocale(String locale) throws Exception {
        Map<String, String> environment =
                Map.of("SYNCLINE_NO_WARM", "yes", "LC_ALL", locale, "LANG", locale);

        // By a shell, since this JVM would encode the argument by its own locale.
        Path script =
                checkout.script(
                        "start",
                        """
                        exec "$(dirname "$0")/syncline" $'r\\xc3\\xa9sum\\xc3\\xa9'
                        """);
        Outcome outcome = checkout.start(script, environment).outcome();

        assertThat(outcome.output()).contains("names UTF-8\n", "arguments résumé\n");
    }

    @Test
    void isWarmedInTheBackgroundAndStartsWithoutItsCacheAsWell() throws Exception {
        Path script = checkout.root.resolve("syncline");
        checkout.start(script, Map.of()).outcome();
        Path options = checkout.published().resolve("java.options");
        Checkout.await("the cache", () -> Files.exists(options));
        Path cache = checkout.published().resolve("syncline.aot");
        String prepared = "prepared " + checkout.published().toString().length() + "\n";
        assertThat(cache).isNotEmptyFile();
        // The JVM says so itself if it can't use the cache.
        Outcome strict =
                checkout.start(script, Map.of("SYNCLINE_JAVA_OPTIONS", "-XX:AOTMode=on")).outcome();
        assertThat(strict.output()).contains(prepared);
        assertThat(strict.status()).isZero();

        byte[] bytes = Files.readAllBytes(cache);
        Files.write(cache, Arrays.copyOf(bytes, bytes.length / 2));
        assertStartsQuietly(prepared);
        Files.writeString(cache, "not a cache");
        assertStartsQuietly(prepared);
        Files.delete(cache);
        assertStartsQuietly(prepared);
    }

    private void assertStartsQuietly(String prepared) throws Exception {
        Outcome outcome = checkout.run();
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.output()).contains(prepared).doesNotContain("AOT");
        assertThat(outcome.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"25.0.3, 25", "26-ea, 26", "1.8.0_412, 1", "17, 17"})
    void readsTheVersionOfAJdkFromItsFile(String release, int version) throws Exception {
        Path jdk = folder.resolve("jdk");
        Path tools = Files.createDirectories(jdk.resolve("bin"));
        Checkout.makeExecutable(Files.writeString(tools.resolve("java"), ""));
        Checkout.makeExecutable(Files.writeString(tools.resolve("javac"), ""));
        Files.writeString(
                jdk.resolve("release"),
                "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\nOS_NAME=\"Linux\"\n".formatted(release));
        Path script =
                checkout.script(
                        "ask",
                        """
                        . "$(dirname "$0")/scripts/java.sh"
                        jdk_version "$1"
                        """);

        assertThat(checkout.start(script, Map.of(), jdk.toString()).outcome().output())
                .isEqualTo(version + "\n");
        assertThat(checkout.start(script, Map.of(), folder.toString()).outcome().output())
                .isEqualTo("0\n");
    }
}
