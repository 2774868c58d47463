package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A command that ran to its end: what a person saw of it.
 *
 * @param status with which it ended
 * @param out what it printed on standard output
 * @param error and on standard error
 */
record Finished(List<String> command, int status, String out, String error) {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Commands that always are a process: they run on, or share a home with what does. */
    private static final Set<String> PROCESSES = Set.of("up", "join", "sync", "serve");

    /** Commands that were a process once. */
    private static final Set<String> STARTED = ConcurrentHashMap.newKeySet();

    /** Runs {@code syncline} with this home. */
    static Finished run(Path home, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--home", home.toString()));
        all.addAll(List.of(arguments));
        return run(Program.builder(List.of(), all));
    }

    /**
     * Runs {@code syncline} with this home: a command as a process the first time, and then, unless
     * it goes on running or syncs, inside this one, which spares half a second of processor time
     * each.
     */
    static Finished ask(Path home, String... arguments) {
        String command =
                List.of(arguments).contains("--help")
                        ? "--help"
                        : Stream.of(arguments)
                                .filter(word -> !word.startsWith("-"))
                                .findFirst()
                                .orElse("");
        if (PROCESSES.contains(command) || STARTED.add(command)) {
            return run(home, arguments);
        }
        return here(home, arguments);
    }

    /** Runs, inside this process, what is refused before anything of it begins: status 2. */
    static Finished refused(Path home, String... arguments) {
        return here(home, arguments).ended(2);
    }

    private static Finished here(Path home, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--home", home.toString()));
        all.addAll(List.of(arguments));
        PrintStream outBefore = System.out;
        PrintStream errorBefore = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
        try {
            int status =
                    CompletableFuture.supplyAsync(() -> Main.run(all.toArray(String[]::new)))
                            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return new Finished(
                    all,
                    status,
                    out.toString(StandardCharsets.UTF_8),
                    error.toString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(all + " doesn't end well: " + out + error, e);
        } finally {
            System.setOut(outBefore);
            System.setErr(errorBefore);
        }
    }

    /** Runs any process. */
    static Finished run(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> error = read(process.getErrorStream());
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        builder.command() + " doesn't end: " + out.join() + error.join());
            }
            return new Finished(builder.command(), process.exitValue(), out.join(), error.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<String> read(InputStream in) {
        CompletableFuture<String> all = new CompletableFuture<>();
        // Not a virtual one: whoever reads a pipe keeps its carrier, and there are few.
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try (in) {
                        all.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        all.completeExceptionally(e);
                    }
                });
        return all;
    }

    /** That it ended well, without a word on standard error beyond notes. */
    Finished ok() {
        return ended(0);
    }

    Finished ended(int wanted) {
        assertThat(status).as("%s", this).isEqualTo(wanted);
        return this;
    }

    /** That it failed so, saying these words in one line to a person. */
    Finished failed(int wanted, String... words) {
        ended(wanted);
        assertThat(error).startsWith("syncline: ").doesNotContain("Exception", "\tat ");
        assertThat(List.of(words)).allMatch(error::contains, "is part of: " + error);
        return this;
    }

    /** Its one document. */
    Json json() {
        ok();
        assertThat(out.lines()).hasSize(1);
        return Json.parse(out);
    }

    /** Its documents, one a line. */
    List<Json> documents() {
        ok();
        return out.lines().map(Json::parse).toList();
    }
}
