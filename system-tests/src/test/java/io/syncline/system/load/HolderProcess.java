package io.syncline.system.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link Holder} as its parent has it. One thread uses it. */
final class HolderProcess implements AutoCloseable {
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    /**
     * What happened since counting began.
     *
     * @param open devices that are connected and have a hint of both their projects
     * @param opened how often one became so
     * @param cut how often one no longer was
     * @param team from sending a commit to a project of a team until a device had the hint
     * @param all the same of the common project
     * @param back from the end of a connection until the device was open again
     * @param errors how often what went wrong
     */
    record Stats(
            int open,
            int opened,
            int cut,
            long hints,
            Delays team,
            Delays all,
            Delays back,
            String errors) {
        static Stats parse(String line) {
            String[] words = line.split(" ", -1);
            return new Stats(
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Long.parseLong(words[3]),
                    Delays.parse(words[4]),
                    Delays.parse(words[5]),
                    Delays.parse(words[6]),
                    words[7]);
        }

        static Stats sum(List<Stats> each) {
            Delays team = new Delays();
            Delays all = new Delays();
            Delays back = new Delays();
            each.forEach(stats -> {
                team.addAll(stats.team);
                all.addAll(stats.all);
                back.addAll(stats.back);
            });
            return new Stats(
                    each.stream().mapToInt(Stats::open).sum(),
                    each.stream().mapToInt(Stats::opened).sum(),
                    each.stream().mapToInt(Stats::cut).sum(),
                    each.stream().mapToLong(Stats::hints).sum(),
                    team,
                    all,
                    back,
                    each.stream()
                            .map(Stats::errors)
                            .filter(text -> !text.equals("-"))
                            .collect(Collectors.joining(" ")));
        }
    }

    /** Starts one whose connections come from this address. */
    HolderProcess(Population population, String source, List<Integer> ports, Path log)
            throws IOException {
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseCompactObjectHeaders",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                Long.toString(population.seed()),
                                Integer.toString(population.devices()),
                                source,
                                ports.stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")))
                        .redirectError(log.toFile())
                        .start();
        orders = process.outputWriter(StandardCharsets.US_ASCII);
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Adds devices, so many a second. */
    void open(int first, int count, int perSecond) {
        var _ = ask("open " + first + " " + count + " " + perSecond);
    }

    Stats stats() {
        return Stats.parse(ask("stats"));
    }

    /** Counts anew. */
    void reset() {
        var _ = ask("reset");
    }

    private String ask(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("a holder ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
