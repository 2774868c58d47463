package io.syncline.system.bench;

import io.syncline.system.bench.functions.Functions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Prints the table of budgets with what is measured on this machine; {@code ./bench} starts it.
 * Ends with 0, with 64 where it is asked for what it doesn't know, and with 70 where a row fails:
 * the others are measured and told all the same.
 */
public final class Bench {
    private static final int USAGE = 64;
    private static final int FAILED = 70;
    private static final int FILES_MIN = 100;
    private static final int FILES_MAX = 5_000_000;
    private static final List<Integer> PLOT_SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);

    static final String HELP =
            """
            usage: ./bench [--only ROW,…] [--files N] [--json FILE] [--plots DIR] [--work DIR]
                   ./bench --functions [PATTERN] [--json FILE]

            Measures what docs/bench/README.md lists, on this machine, each row beside a naive
            version in the same run, and prints a table: the measured value, the goal, sample
            count, median and 99th percentile of single rounds, and how many times the naive
            version's figure is ours.

              --only ROW,…  only these rows, separated by commas
              --functions [PATTERN]
                            measures functions by JMH instead: those whose names (as Cutting.cut)
                            contain a match of the regular expression, or all; short, %s;
                            with --only or --plots, these as well
              --files N     files in the measured project (100..5,000,000; default 1,000,000);
                            small values are for trying it out
              --json FILE   also writes the rows as JSON
              --plots DIR   also draws cost against size, 1,000 files to N, as SVG
              --work DIR    where to put the stores; needs about 12 GB at 1,000,000 files, and is
                            cleaned up (default: a new directory below TMPDIR or /tmp)
              --help        this text

            rows:
            """
                    .formatted(Functions.HOW);

    /** Measures one or more lines of the table. */
    @FunctionalInterface
    interface Measuring {
        List<Row> measure() throws Exception;
    }

    /**
     * What was asked for.
     *
     * @param only names of rows; empty: all, unless only functions are asked for
     * @param functions which ones
     */
    record Arguments(
            Set<String> only,
            Optional<Pattern> functions,
            int files,
            Optional<Path> json,
            Optional<Path> plots,
            Optional<Path> work) {
        Arguments {
            only = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(only));
        }

        /** Whether rows or plots are wanted, which need servers. */
        boolean asksForRows() {
            return functions.isEmpty() || !only.isEmpty() || plots.isPresent();
        }

        boolean asksFor(String row) {
            return only.isEmpty() ? functions.isEmpty() : only.contains(row);
        }
    }

    /** The command line isn't one. */
    static final class Usage extends Exception {
        private static final long serialVersionUID = 1;

        Usage(String message) {
            super(message);
        }
    }

    private Bench() {}

    /** Runs it; see {@link #HELP}. */
    public static void main(String[] words) {
        if (List.of(words).contains("--help")) {
            System.out.print(help());
            return;
        }
        int status = FAILED;
        try {
            status = run(parse(words)) ? 0 : FAILED;
        } catch (Usage e) {
            System.err.println("bench: " + e.getMessage() + "; see ./bench --help");
            status = USAGE;
        } catch (IOException e) {
            System.err.println("bench: " + e);
        }
        System.exit(status);
    }

    static String help() {
        StringBuilder out = new StringBuilder(HELP);
        ROWS.forEach((name, what) ->
                out.append("  ")
                        .append(name)
                        .append(" ".repeat(16 - name.length()))
                        .append(what)
                        .append('\n'));
        return out.toString();
    }

    /** Every row with what it is about, in the order in which they are measured. */
    static final Map<String, String> ROWS = new LinkedHashMap<>();

    static {
        ROWS.put("list-10k", "a folder of 10,000 files, page by page");
        ROWS.put("list-10k-first", "the same when it has just changed");
        ROWS.put("list-page", "any one page of it");
        ROWS.put("first-page", "the first page of a project");
        ROWS.put("changes-500", "500 changes since a cursor");
        ROWS.put("find", "files by a part of their names");
        ROWS.put("snapshot-load", "a whole tree from its snapshot, until it can be asked");
        ROWS.put("snapshot-bytes", "the bytes of that");
        ROWS.put("million", "the project made through the API and synced to a second device");
        ROWS.put("client-heap", "memory of that device");
        ROWS.put("rescan", "scan of that device's unchanged folder");
        ROWS.put("delta-5pct", "bytes that tell of changes to 5 % of the files");
        ROWS.put("commit-500", "a durable commit of 500 changes");
        ROWS.put("users-100", "the server's processor under 100 active users");
        ROWS.put("bounds", "deadline and rates of a small request");
        ROWS.put("watch", "watches on a directory for every ten files");
        ROWS.put("latency-save", "a save until another device has it");
        ROWS.put("insert-front", "1 MiB inserted at the front of 2 GiB");
        ROWS.put("overwrite-5pct", "5 % of 2 GiB overwritten here and there");
        ROWS.put("sync-small", "first sync of small files, to a second device, and renamed");
        ROWS.put("sync-large", "first sync of one large file, and to a second device");
        ROWS.put("collect", "the collector over two million blocks");
    }

    private static Map<String, Measuring> rows(Bed bed) {
        ServerRows server = new ServerRows(bed);
        SnapshotRow snapshot = new SnapshotRow(bed);
        ClientRows client = new ClientRows(bed);
        DeviceRows devices = new DeviceRows(bed);
        SyncRows syncs = new SyncRows(bed);
        Map<String, Measuring> rows = new LinkedHashMap<>();
        rows.put("list-10k", () -> List.of(server.list()));
        rows.put("list-10k-first", () -> List.of(server.listFirst()));
        rows.put("list-page", () -> List.of(server.page()));
        rows.put("first-page", () -> List.of(server.firstPage()));
        rows.put("changes-500", () -> List.of(server.changes()));
        rows.put("find", () -> List.of(server.find()));
        rows.put("snapshot-load", () -> List.of(snapshot.load()));
        rows.put("snapshot-bytes", () -> List.of(snapshot.bytes()));
        rows.put("million", client::million);
        rows.put("client-heap", () -> List.of(client.heap()));
        rows.put("rescan", () -> List.of(client.rescan()));
        rows.put("delta-5pct", () -> List.of(server.delta()));
        rows.put("commit-500", () -> List.of(server.commit()));
        rows.put("users-100", () -> List.of(new UsersRow(bed).measure()));
        rows.put("bounds", () -> List.of(new BoundsRow(bed).measure()));
        rows.put("watch", () -> List.of(client.watch()));
        rows.put("latency-save", () -> List.of(devices.latency()));
        rows.put("insert-front", () -> List.of(devices.insert()));
        rows.put("overwrite-5pct", () -> List.of(devices.overwrite()));
        rows.put("sync-small", syncs::small);
        rows.put("sync-large", syncs::large);
        rows.put("collect", () -> List.of(new CollectRow(bed).measure()));
        return rows;
    }

    static Arguments parse(String[] words) throws Usage {
        Set<String> only = new LinkedHashSet<>();
        Optional<Pattern> functions = Optional.empty();
        int files = 1_000_000;
        Optional<Path> json = Optional.empty();
        Optional<Path> plots = Optional.empty();
        Optional<Path> work = Optional.empty();
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = equals < 0 ? word : word.substring(0, equals);
            if (option.equals("--functions")) {
                boolean given = i + 1 < words.length && !words[i + 1].startsWith("--");
                functions =
                        Optional.of(
                                pattern(
                                        equals >= 0
                                                ? word.substring(equals + 1)
                                                : given ? words[++i] : ""));
                continue;
            }
            if (!List.of("--only", "--files", "--json", "--plots", "--work").contains(option)) {
                throw new Usage("unknown argument '" + word + "'");
            }
            if (equals < 0 && ++i == words.length) {
                throw new Usage(option + " needs a value");
            }
            String value = equals < 0 ? words[i] : word.substring(equals + 1);
            switch (option) {
                case "--only" -> only.addAll(names(value));
                case "--files" -> files = files(value);
                case "--json" -> json = Optional.of(Path.of(value));
                case "--plots" -> plots = Optional.of(Path.of(value));
                default -> work = Optional.of(Path.of(value));
            }
        }
        return new Arguments(only, functions, files, json, plots, work);
    }

    private static List<String> names(String value) throws Usage {
        List<String> names = List.of(value.split(",", -1));
        for (String name : names) {
            if (!ROWS.containsKey(name)) {
                throw new Usage(
                        "there is no row '"
                                + name
                                + "'; there are "
                                + String.join(", ", ROWS.keySet()));
            }
        }
        return names;
    }

    private static Pattern pattern(String value) throws Usage {
        try {
            Pattern pattern = Pattern.compile(value);
            if (Functions.names().stream().noneMatch(name -> pattern.matcher(name).find())) {
                throw new Usage(
                        "no function is named like '"
                                + value
                                + "'; there are "
                                + String.join(", ", Functions.names()));
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new Usage("'" + value + "' is no regular expression: " + e.getDescription());
        }
    }

    private static int files(String value) throws Usage {
        try {
            int files = Integer.parseInt(value.replaceAll("[,_]", ""));
            if (files >= FILES_MIN && files <= FILES_MAX) {
                return files;
            }
        } catch (NumberFormatException e) {
            throw new Usage("--files is a number, not '" + value + "'");
        }
        throw new Usage("--files is %,d..%,d".formatted(FILES_MIN, FILES_MAX));
    }

    /** Measures, and tells; false where a row failed. */
    static boolean run(Arguments arguments) throws IOException {
        List<String> failed = new ArrayList<>();
        List<Functions.Measured> functions = new ArrayList<>();
        arguments
                .functions()
                .ifPresent(pattern ->
                        attempt(
                                "functions",
                                () ->
                                        functions.addAll(
                                                Functions.measure(
                                                        pattern, name -> Progress.say("%s", name))),
                                failed));
        if (arguments.asksForRows()) {
            runRows(arguments, functions, failed);
        } else {
            Path here = Path.of(System.getProperty("java.io.tmpdir"));
            tell(arguments, new Report(Machine.describe(here), List.of(), functions));
        }
        failed.forEach(line -> System.err.println("bench: " + line));
        return failed.isEmpty();
    }

    private static void runRows(
            Arguments arguments, List<Functions.Measured> functions, List<String> failed)
            throws IOException {
        Path parent = arguments.work().orElse(Path.of(System.getProperty("java.io.tmpdir")));
        Path directory =
                Files.createTempDirectory(Files.createDirectories(parent), "syncline-bench");
        String machine = Machine.describe(directory);
        List<Row> measured = new ArrayList<>();
        try (Bed bed = new Bed(directory, arguments.files())) {
            Thread cleaning = new Thread(bed::close);
            Runtime.getRuntime().addShutdownHook(cleaning);
            rows(bed)
                    .forEach((name, measuring) -> {
                        if (arguments.asksFor(name)) {
                            attempt(name, () -> measured.addAll(measuring.measure()), failed);
                        }
                    });
            arguments
                    .plots()
                    .ifPresent(plots -> attempt("plots", () -> draw(bed, machine, plots), failed));
            // Before the cleaning, which takes minutes where a million files were made.
            tell(arguments, new Report(machine, measured, functions));
            Progress.say("removing what was made");
            Runtime.getRuntime().removeShutdownHook(cleaning);
        }
    }

    private static void tell(Arguments arguments, Report report) throws IOException {
        System.out.print(report.table());
        if (arguments.json().isPresent()) {
            report.writeJson(arguments.json().get());
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    /** A row that fails doesn't take the hours of the others with it. */
    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void attempt(String name, Attempt attempt, List<String> failed) {
        Progress.say("%s", name);
        try {
            attempt.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.add(name + " was interrupted");
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            failed.add(name + " failed: " + e);
        }
    }

    private static void draw(Bed bed, String machine, Path plots) throws Exception {
        List<Integer> sizes =
                Stream.concat(
                                PLOT_SIZES.stream().filter(size -> size < bed.files()),
                                Stream.of(bed.files()))
                        .toList();
        List<Plot.Series> series = new ArrayList<>(new ServerRows(bed).curves(sizes));
        series.add(new SnapshotRow(bed).curve(sizes));
        Plot.writeAll(series, machine, plots);
    }
}
