package io.syncline.system.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./fuzz}: targets under Jazzer, guided by coverage, for as long as one likes. */
public final class Fuzz {
    private static final String USAGE =
            """
            ./fuzz [TARGET…] [--minutes N] [--seed N]

            Fuzzes all targets, or these, one after another, each for N minutes (5), and says what
            was found. Ends with 1 where something was.

              --list       the targets
              --samples    writes the samples of the real encoders into the corpus, and ends
              --minutes N  for each target
              --seed N     of libFuzzer; else a new one each time

            What is new in a corpus stays below system-tests/target/fuzz, for the next run. An input
            that is a fault is named there: mend it, and put it into the corpus.
            """;

    private static final Path MODULE = Path.of("system-tests");
    private static final String ENTRY = "io.syncline.system.fuzz.JazzerEntry";
    private static final String INSTRUMENTED =
            "io.syncline.core.**:io.syncline.client.**:io.syncline.server.**:io.syncline.storage.**";

    /**
     * Detectors of Jazzer that aren't for here: the targets connect to servers of their own, and
     * what follows regular expressions takes gigabytes for the rules of a small ignore file.
     */
    private static final String DISABLED =
            "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery"
                    + ":com.code_intelligence.jazzer.sanitizers.RegexRoadblocks"
                    + ":com.code_intelligence.jazzer.sanitizers.RegexInjection";

    private static final int FAULTS_MAX = 5;
    private static final int MEMORY_MEGABYTES = 4_096;
    private static final Duration INPUT_MAX = Duration.ofSeconds(30);

    /** For starting and ending. */
    private static final Duration SLACK = Duration.ofMinutes(5);

    private static final Pattern DONE = Pattern.compile("#(\\d+)\\s.*cov: (\\d+) .*corp: (\\S+)");

    private final int minutes;
    private final Optional<String> seed;
    private final Path work;

    private Fuzz(int minutes, Optional<String> seed, Path work) {
        this.minutes = minutes;
        this.seed = seed;
        this.work = work;
    }

    /** What one target came to. */
    private record Outcome(String inputs, String coverage, String corpus, List<Path> faults) {}

    /** Runs from the project's folder. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> targets = new ArrayList<>();
        int minutes = 5;
        Optional<String> seed = Optional.empty();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--help", "-h" -> {
                    System.out.print(USAGE);
                    return;
                }
                case "--list" -> {
                    Targets.names().forEach(System.out::println);
                    return;
                }
                case "--samples" -> {
                    writeSamples();
                    return;
                }
                case "--minutes" -> minutes = Integer.parseInt(arguments[++i]);
                case "--seed" -> seed = Optional.of(arguments[++i]);
                default -> targets.add(arguments[i]);
            }
        }
        for (String target : targets) {
            if (!Targets.names().contains(target)) {
                System.err.println("fuzz: there is no target " + target + "; see ./fuzz --list");
                System.exit(64);
            }
        }
        Path work = MODULE.resolve("target").resolve("fuzz").toAbsolutePath();
        boolean found =
                new Fuzz(minutes, seed, work).run(targets.isEmpty() ? Targets.names() : targets);
        System.exit(found ? 1 : 0);
    }

    private static void writeSamples() throws IOException {
        for (String name : Targets.names()) {
            Path folder = Files.createTempDirectory("fuzz");
            try (Target target = Targets.open(name, folder)) {
                Corpus.write(target, Corpus.folder(MODULE, name));
            }
        }
    }

    private boolean run(List<String> targets) throws IOException, InterruptedException {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (String target : targets) {
            System.err.println("fuzzing " + target + " for " + minutes + " min");
            outcomes.put(target, fuzz(target));
        }
        System.out.println(
                "| target | inputs | coverage | corpus | faults |\n|---|---|---|---|---|");
        outcomes.forEach((target, outcome) ->
                System.out.printf(
                        "| %s | %s | %s | %s | %d |%n",
                        target,
                        outcome.inputs,
                        outcome.coverage,
                        outcome.corpus,
                        outcome.faults.size()));
        outcomes.values().stream()
                .flatMap(outcome -> outcome.faults.stream())
                .forEach(fault -> System.out.println("fault: " + fault));
        return outcomes.values().stream().anyMatch(outcome -> !outcome.faults.isEmpty());
    }

    private Outcome fuzz(String target) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(work.resolve(target).resolve("corpus"));
        Path faults = Files.createDirectories(work.resolve(target).resolve("faults"));
        Path log = work.resolve(target).resolve("log");
        Process process =
                new ProcessBuilder(command(target, corpus))
                        .directory(faults.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(
                Duration.ofMinutes(minutes).plus(SLACK).toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return outcome(log, faults);
    }

    private List<String> command(String target, Path corpus) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.util.jar.enableMultiRelease=false",
                        "-Dfile.encoding=UTF-8",
                        "-Dsun.jnu.encoding=UTF-8",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-Dsyncline.fuzz.target=" + target,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + ENTRY,
                        "--instrumentation_includes=" + INSTRUMENTED,
                        "--custom_hook_includes=none.**",
                        "--disabled_hooks=" + DISABLED,
                        "--keep_going=" + FAULTS_MAX,
                        corpus.toString(),
                        Corpus.folder(MODULE, target).toAbsolutePath().toString(),
                        "-max_total_time=" + Duration.ofMinutes(minutes).toSeconds(),
                        "-max_len=4096",
                        "-timeout=" + INPUT_MAX.toSeconds(),
                        "-rss_limit_mb=" + MEMORY_MEGABYTES));
        seed.ifPresent(number -> command.add("-seed=" + number));
        return command;
    }

    private static Outcome outcome(Path log, Path faults) throws IOException {
        String inputs = "0";
        String coverage = "0";
        String corpus = "0";
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            Matcher done = DONE.matcher(line);
            if (done.find()) {
                inputs = done.group(1);
                coverage = done.group(2);
                corpus = done.group(3);
            }
        }
        try (var files = Files.list(faults)) {
            return new Outcome(
                    inputs,
                    coverage,
                    corpus,
                    files.filter(file ->
                                    file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
                            .sorted()
                            .toList());
        }
    }
}
