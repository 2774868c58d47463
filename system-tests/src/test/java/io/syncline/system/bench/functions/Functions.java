package io.syncline.system.bench.functions;

import static java.util.stream.Collectors.toSet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks of functions: runs those whose names match, and says what JMH measured. */
public final class Functions {
    /** How it is run: short, for a table; JMH's own defaults take an hour. */
    public static final String HOW = "1 fork, 2 iterations of 1 s to warm up, 5 of 1 s measured";

    private static final String PACKAGE = Functions.class.getPackageName() + ".";
    private static final int WARMUPS = 2;
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.seconds(1);

    /** The method that does the same in the plainest way. */
    private static final String NAIVE = "naive";

    private Functions() {}

    /**
     * A function that was measured.
     *
     * @param name class and method
     * @param size how many items one call works on
     * @param items their unit
     * @param n how many iterations were measured
     * @param nanosPerItem mean over the iterations
     * @param errorShare half of the 99.9 % confidence interval as a share of the mean; empty where
     *     too few iterations were measured
     * @param naiveRatio how many times the naive version's time is this one's; empty without one
     * @param naive what that does instead
     */
    public record Measured(
            String name,
            long size,
            String items,
            long n,
            double nanosPerItem,
            OptionalDouble errorShare,
            OptionalDouble naiveRatio,
            String naive) {}

    /** The names of all, sorted: class and method, naive versions included. */
    public static List<String> names() {
        return BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT),
                        List.of("^" + Pattern.quote(PACKAGE)),
                        List.of())
                .stream()
                .map(entry -> entry.getUsername().substring(PACKAGE.length()))
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Measures the functions whose names contain a match, each beside its naive version.
     *
     * @param pattern of {@link #names}; a naive version is measured with the one it is beside
     * @param progress is told each name before it is measured
     */
    public static List<Measured> measure(Pattern pattern, Consumer<String> progress)
            throws RunnerException {
        return run(
                pattern,
                progress,
                new OptionsBuilder()
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .warmupIterations(WARMUPS)
                        .warmupTime(ITERATION)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(ITERATION));
    }

    /** Calls each once in this process, on so many items: tells whether it works, nothing else. */
    static List<Measured> once(int size) throws RunnerException {
        return run(
                Pattern.compile(""),
                _ -> {},
                new OptionsBuilder()
                        .mode(Mode.SingleShotTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .param("size", Integer.toString(size))
                        .param("nodes", Integer.toString(size)));
    }

    private static List<Measured> run(
            Pattern pattern, Consumer<String> progress, ChainedOptionsBuilder how)
            throws RunnerException {
        // Two builds on one machine may test at once; only figures would suffer.
        System.setProperty("jmh.ignoreLock", "true");
        List<String> wanted =
                names().stream()
                        .filter(name -> !isNaive(name) && pattern.matcher(name).find())
                        .toList();
        Set<String> compared =
                wanted.stream()
                        .filter(Functions::isCompared)
                        .map(Functions::subject)
                        .collect(toSet());
        Map<String, RunResult> results = new HashMap<>();
        for (String name : names()) {
            if (wanted.contains(name) || (isNaive(name) && compared.contains(subject(name)))) {
                progress.accept(name);
                results.put(name, run(name, how));
            }
        }
        return wanted.stream().map(name -> measured(name, results)).toList();
    }

    private static RunResult run(String name, ChainedOptionsBuilder how) throws RunnerException {
        return new Runner(
                        new OptionsBuilder()
                                .parent(how.build())
                                .include("^" + Pattern.quote(PACKAGE + name) + "$")
                                .shouldFailOnError(true)
                                .verbosity(VerboseMode.SILENT)
                                .build())
                .runSingle();
    }

    private static Measured measured(String name, Map<String, RunResult> results) {
        RunResult own = Objects.requireNonNull(results.get(name));
        Items items = items(name);
        boolean compared = isCompared(name);
        RunResult naive = compared ? results.get(subject(name) + "." + NAIVE) : null;
        long size = Long.parseLong(own.getParams().getParam("size"));
        double nanos = own.getPrimaryResult().getScore();
        double error = own.getPrimaryResult().getScoreError();
        return new Measured(
                name,
                size,
                items.value(),
                own.getPrimaryResult().getSampleCount(),
                nanos / size,
                Double.isNaN(error) ? OptionalDouble.empty() : OptionalDouble.of(error / nanos),
                naive == null
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(naive.getPrimaryResult().getScore() / nanos),
                compared ? items.naive() : "");
    }

    private static boolean isCompared(String name) {
        return name.equals(beside(name));
    }

    /** The function that the naive version of the same subject is beside. */
    static String beside(String name) {
        return subject(name) + "." + items(name).against();
    }

    private static Items items(String name) {
        try {
            return Objects.requireNonNull(
                    Class.forName(PACKAGE + subject(name)).getAnnotation(Items.class),
                    () -> name + " doesn't say what it works on");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String subject(String name) {
        return name.substring(0, name.indexOf('.'));
    }

    private static boolean isNaive(String name) {
        return name.endsWith("." + NAIVE);
    }
}
