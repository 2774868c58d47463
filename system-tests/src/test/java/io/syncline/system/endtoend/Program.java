package io.syncline.system.endtoend;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One running {@code syncline} process. Its error output goes to a file, its lines on standard
 * output to a queue.
 */
public final class Program implements AutoCloseable {
    private final Process process;
    private final Path errorLog;
    private final List<String> command;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Ends a moment after the process: only then is all that it printed in the queue. */
    private final Thread drain;

    private Program(Process process, Path errorLog, List<String> command) {
        this.process = process;
        this.errorLog = errorLog;
        this.command = command;
        // Not a virtual one: whoever reads a pipe keeps its carrier, and there are few.
        this.drain = Thread.ofPlatform().daemon().start(this::drain);
    }

    /** Options of {@code ./syncline} for what ends soon. */
    private static final List<String> SHORT =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** And for what runs for long, so that tests and figures are of what people run. */
    private static final List<String> LONG =
            List.of(
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:Tier4InvocationThreshold=50000",
                    "-XX:Tier4MinInvocationThreshold=6000",
                    "-XX:Tier4CompileThreshold=150000");

    private static final List<String> CLIENT = List.of("-Xmx512m", "-XX:+UseSerialGC");

    /** Starts {@code syncline} with these arguments; {@code javaOptions} go to its JVM. */
    public static Program start(Path errorLog, List<String> javaOptions, List<String> arguments) {
        ProcessBuilder builder = builder(javaOptions, arguments);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(errorLog.toFile()));
        try {
            return new Program(builder.start(), errorLog, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process that isn't started yet, with nothing to read. */
    public static ProcessBuilder builder(List<String> javaOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dsun.jnu.encoding=UTF-8",
                        "-Djdk.util.jar.enableMultiRelease=false",
                        "-XX:+UseCompactObjectHeaders"));
        boolean client = arguments.contains("join") || arguments.contains("sync");
        if (client || arguments.contains("serve") || arguments.contains("up")) {
            command.addAll(LONG);
            command.addAll(client ? CLIENT : List.of("-XX:MaxRAMPercentage=50"));
        } else {
            command.addAll(SHORT);
        }
        command.addAll(javaOptions);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "io.syncline.cli.Main"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder;
    }

    private void drain() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The process was killed; what it printed before is in the queue.
            lines.add("");
        }
    }

    /** The next line that the process prints on standard output, parsed as JSON. */
    public Json awaitJson(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                String line = lines.poll(100, TimeUnit.MILLISECONDS);
                if (line != null && !line.isEmpty()) {
                    return Json.parse(line);
                }
                if (line == null && !drain.isAlive() && lines.isEmpty()) {
                    throw new AssertionError(
                            command + " ended with " + awaitExit(timeout) + ":\n" + errors());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError(command + " printed nothing within " + timeout + ":\n" + errors());
    }

    /** Waits for the end and returns the exit status. */
    public int awaitExit(Duration timeout) {
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new AssertionError(command + " didn't end within " + timeout + ":\n" + errors());
    }

    /** The last lines that the process wrote on standard error. */
    public String errors() {
        try {
            List<String> all = Files.readAllLines(errorLog);
            return String.join("\n", all.subList(Math.max(0, all.size() - 60), all.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The highest resident memory so far in KiB, where the system tells (Linux). */
    public Optional<Long> peakKilobytes() {
        try (var status = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return status.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Processor time so far, of all its threads. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The number by which the system knows it. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(20));
    }

    /** Asks the process to stop (SIGTERM) and waits until it has. */
    public void stop() {
        process.destroy();
        awaitExit(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
