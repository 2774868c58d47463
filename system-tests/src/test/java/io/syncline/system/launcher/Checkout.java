package io.syncline.system.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A checkout with the real scripts, a program of one class, and a {@code build} that only copies
 * it. Its path holds a space.
 */
final class Checkout {
    /** Prints what the launcher handed to it; {@code serve} goes on until it is told to stop. */
    private static final String PROGRAM =
            """
            package io.syncline.cli;

            public final class Main {
                public static void main(String[] arguments) throws Exception {
                    if (arguments.length > 0 && arguments[0].equals("serve")) {
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
                        System.out.println("serving");
                        System.in.read();
                    }
                    System.out.println("arguments " + String.join("|", arguments));
                    System.out.println("names " + System.getProperty("sun.jnu.encoding"));
                    System.out.println("prepared " + System.getProperty("prepared"));
                    System.out.println("options " + java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                            .filter(option -> !option.contains("AOT")).toList());
                    System.exit(arguments.length);
                }
            }
            """;

    private static final String PREPARE =
            """
            package io.syncline.cli.launch;

            public final class Prepare {
                public static void main(String[] arguments) {
                    System.out.println("\\"-Dprepared=" + arguments[0].length() + "\\"");
                }
            }
            """;

    private static final String TRAINING =
            """
            package io.syncline.cli.launch;

            public final class Training {
                public static void main(String[] arguments) {}
            }
            """;

    private static final String BUILD =
            """
            set -eu
            cd "$(dirname "$0")"
            built=$(date -u '+%Y-%m-%d %H:%M:%S UTC')
            echo "[INFO] Building Syncline (all) 1 [1/2]"
            echo "[INFO] Building Syncline core 1 [2/2]"
            echo x >>builds
            if [ -e broken ]; then
                echo "[ERROR] it is broken"
                exit 1
            fi
            for _ in $(seq 600); do
                [ -e hold ] || break
                sleep 0.1
            done
            mkdir -p cli/target/launch/dist/lib web/target/classes
            cp program.jar cli/target/launch/dist/lib/syncline.jar
            printf '%s\\n' "$built" >cli/target/launch/dist/built
            """;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final Path root;

    Checkout(Path folder) throws IOException {
        root = Files.createDirectories(folder.resolve("a checkout"));
        Path real = repository();
        Files.copy(
                real.resolve("syncline"),
                root.resolve("syncline"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectory(root.resolve("scripts"));
        try (Stream<Path> scripts = Files.list(real.resolve("scripts"))) {
            for (Path script : scripts.toList()) {
                Files.copy(
                        script,
                        root.resolve("scripts").resolve(script.getFileName()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.createDirectories(root.resolve("core/src/main"));
        Files.createDirectories(root.resolve("web/src/main"));
        script("build", BUILD);
        makeProgram();
        makeSourcesOlder();
    }

    /** The folder of the repository; tests run in a module's. */
    private static Path repository() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    private void makeProgram() throws IOException {
        Path sources = root.resolve("program/io/syncline/cli");
        Files.createDirectories(sources.resolve("launch"));
        List<Path> files =
                List.of(
                        Files.writeString(sources.resolve("Main.java"), PROGRAM),
                        Files.writeString(sources.resolve("launch/Prepare.java"), PREPARE),
                        Files.writeString(sources.resolve("launch/Training.java"), TRAINING));
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                files.stream().map(Path::toString).toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("the program does not compile");
        }
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (var jar =
                new JarOutputStream(Files.newOutputStream(root.resolve("program.jar")), manifest)) {
            for (Path file : files) {
                Path compiled =
                        file.resolveSibling(
                                file.getFileName().toString().replace(".java", ".class"));
                jar.putNextEntry(
                        new JarEntry(root.resolve("program").relativize(compiled).toString()));
                jar.write(Files.readAllBytes(compiled));
            }
        }
    }

    /** Makes every source an hour old: a build is stamped by the second, and begins in this one. */
    private void makeSourcesOlder() throws IOException {
        for (String source : List.of("pom.xml", "core/src/main", "web/src/main", "web/src")) {
            setAge(source, Duration.ofHours(1));
        }
    }

    /** Makes {@code source} look as if it was written that long ago, or in the future. */
    void setAge(String source, Duration age) throws IOException {
        Files.setLastModifiedTime(root.resolve(source), FileTime.from(Instant.now().minus(age)));
    }

    /** Writes an executable bash script into the checkout. */
    Path script(String name, String text) throws IOException {
        Path script = Files.writeString(root.resolve(name), "#!/usr/bin/env bash\n" + text);
        makeExecutable(script);
        return script;
    }

    /** Lets everyone run {@code file}. */
    static void makeExecutable(Path file) throws IOException {
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
    }

    /** How often {@code build} ran. */
    int builds() throws IOException {
        Path builds = root.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    /** The published folder that the launcher uses now. */
    Path published() throws IOException {
        return root.resolve(".launch")
                .resolve(Files.readAllLines(root.resolve(".launch/current")).get(1));
    }

    /** Runs the launcher to its end. */
    Outcome run(String... arguments) throws IOException, InterruptedException {
        return start(root.resolve("syncline"), Map.of("SYNCLINE_NO_WARM", "yes"), arguments)
                .outcome();
    }

    /** Starts {@code script} with {@code environment} on top of a plain one. */
    Running start(Path script, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(root, "output", ".txt");
        Path errors = Files.createTempFile(root, "errors", ".txt");
        var builder = new ProcessBuilder(command);
        builder.environment().remove("SYNCLINE_JAVA_OPTIONS");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
        return new Running(builder.start(), output, errors);
    }

    /** Waits until {@code condition} holds. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.sleep(20);
        }
    }

    /** What an ended launcher left. */
    record Outcome(int status, String output, String errors) {}

    /** A launcher, or the program that it became. */
    record Running(Process process, Path outputFile, Path errorsFile) {
        String output() {
            return read(outputFile);
        }

        String errors() {
            return read(errorsFile);
        }

        /** Closes its input and waits for its end. */
        Outcome outcome() throws IOException, InterruptedException {
            process.getOutputStream().close();
            return ended();
        }

        /** Waits for its end, its input still open. */
        Outcome ended() throws InterruptedException {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("did not end: " + output() + errors());
            }
            return new Outcome(process.exitValue(), output(), errors());
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
