package io.syncline.system.load;

import com.google.errorprone.annotations.FormatMethod;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.system.bench.Machine;
import io.syncline.system.cluster.Cluster;
import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** {@code ./load}: very many devices on a cluster of this machine, and what they cost. */
public final class Load implements AutoCloseable {
    private static final String USAGE =
            """
            ./load [--devices N] [--nodes N] [--json FILE]

            Connects N devices (100,000) to nodes (7) over PostgreSQL and Redis, all on this machine, each with the
            event socket and two projects: one of fifty devices, and one that all watch. Measures what they take while
            nothing happens, how long until the last one has a hint, how soon devices hear of commits while a hundred
            commit, and how soon they are back when a node is killed. A process holds at most as many sockets as the
            system's limit of descriptors (ulimit -n), and after the end of a node the others hold its share.

              --holders N  processes that hold the devices' sockets (6)
              --rate N     devices that connect a second in the beginning (1000)
              --commits N  commits a second under load (50)
              --seconds N  of each phase (60)
              --json FILE  the figures for programs, too
            """;

    private static final Duration LONG = Duration.ofMinutes(20);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LOOKS_TOLD = 25;
    private static final int COMMITTERS = 100;
    private static final int BROADCASTS = 5;
    private static final List<String> NODE_OPTIONS = List.of("-Xmx768m");

    /** What a run is told. */
    private record Wishes(int devices, int nodes, int holders, int rate, int commits, int seconds) {
        static Wishes of(Map<String, Integer> numbers) {
            return new Wishes(
                    numbers.getOrDefault("--devices", 0),
                    numbers.getOrDefault("--nodes", 0),
                    numbers.getOrDefault("--holders", 0),
                    numbers.getOrDefault("--rate", 0),
                    numbers.getOrDefault("--commits", 0),
                    numbers.getOrDefault("--seconds", 0));
        }
    }

    /** A figure. */
    private record Figure(String name, String what, double value, String unit) {}

    private final Wishes wishes;
    private final Path directory;
    private final Population population;
    private final Cluster cluster;
    private final List<HolderProcess> holders = new ArrayList<>();
    private final List<Integer> ports;
    private final List<Figure> figures = new ArrayList<>();

    private Load(Wishes wishes, Path directory) throws Exception {
        this.wishes = wishes;
        this.directory = directory;
        this.population = new Population(new Random().nextLong(), wishes.devices);
        say("starting PostgreSQL, Redis and %d nodes", wishes.nodes);
        this.cluster = new Cluster(directory, wishes.nodes, false, NODE_OPTIONS);
        this.ports = IntStream.range(0, wishes.nodes).mapToObj(cluster::port).toList();
    }

    /** Runs from anywhere. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Integer> numbers =
                new HashMap<>(
                        Map.of(
                                "--devices", 100_000,
                                "--nodes", 7,
                                "--holders", 6,
                                "--rate", 1_000,
                                "--commits", 50,
                                "--seconds", 60));
        Optional<Path> json = Optional.empty();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--json")) {
                json = Optional.of(Path.of(arguments[++i]).toAbsolutePath());
            } else if (numbers.containsKey(arguments[i])) {
                numbers.put(arguments[i], Integer.parseInt(arguments[++i].replace(",", "")));
            } else {
                System.out.print(USAGE);
                return;
            }
        }
        Wishes wishes = Wishes.of(numbers);
        Path directory = Files.createTempDirectory("load").toRealPath();
        System.out.println("load: " + Machine.describe(directory));
        try (Load load = new Load(wishes, directory)) {
            Runtime.getRuntime().addShutdownHook(new Thread(load::endHolders));
            load.run();
            load.print();
            if (json.isPresent()) {
                Files.writeString(json.get(), load.json());
            }
        }
        // Threads of the services' libraries are left.
        System.exit(0);
    }

    private void run() throws Exception {
        say("making %,d devices in %,d projects", wishes.devices, population.teams() + 1);
        try (MetadataStore store = cluster.openMetadata()) {
            population.make(store);
        }
        Usage empty = Usage.of(nodes());
        connect();
        Usage full = Usage.of(nodes());
        idle(empty, full);
        broadcasts("idle");
        underLoad();
    }

    private void connect() throws IOException {
        long began = System.nanoTime();
        int share = (wishes.devices + wishes.holders - 1) / wishes.holders;
        for (int i = 0; i < wishes.holders; i++) {
            HolderProcess holder =
                    new HolderProcess(
                            population,
                            "127.0." + (2 + i) + ".1",
                            ports,
                            directory.resolve("holder-" + i + ".log"));
            holders.add(holder);
            int first = i * share;
            holder.open(
                    first,
                    Math.min(share, wishes.devices - first),
                    Math.max(1, wishes.rate / wishes.holders));
        }
        awaitAll("connect");
        figure("connect", "all connected, with a hint of each project", seconds(began), "s");
        figureErrors("connect", stats());
    }

    private void idle(Usage empty, Usage full) {
        double devices = wishes.devices;
        figure(
                "memory",
                "resident memory of the nodes, for each connection",
                (full.residentBytes() - empty.residentBytes()) / devices / 1024,
                "KiB");
        figure(
                "heap",
                "live heap of the nodes, for each connection",
                (full.heapBytes() - empty.heapBytes()) / devices / 1024,
                "KiB");
        figure(
                "resident",
                "resident memory of a node with its share",
                full.residentBytes() / 1024.0 / 1024 / wishes.nodes,
                "MiB");
        figure(
                "threads",
                "threads of the nodes more than without connections",
                full.threads() - empty.threads(),
                "");
        say("nothing happens for %d s", wishes.seconds);
        reset();
        Duration before = Usage.processor(nodes());
        long began = System.nanoTime();
        Await.pause(Duration.ofSeconds(wishes.seconds));
        double spent = Usage.processor(nodes()).minus(before).toNanos() / 1e9;
        figure(
                "idle",
                "processor of all nodes while nothing happens",
                spent / seconds(began) * 100,
                "% of a core");
        figure(
                "idle-connection",
                "the same for each connection and minute",
                spent / seconds(began) * 60 * 1e6 / devices,
                "µs");
        figure("idle-cut", "connections that ended meanwhile", stats().cut(), "");
        bus();
    }

    /** What the bus holds: nothing of it may grow with the devices. */
    private void bus() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), cluster.busPort())) {
            socket.getOutputStream()
                    .write(
                            "INFO clients\r\nINFO stats\r\nQUIT\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            String text =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            figure("bus-connections", "connections to Redis", info(text, "connected_clients"), "");
            figure("bus-channels", "channels of Redis", info(text, "pubsub_channels"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double info(String text, String name) {
        Matcher matcher = Pattern.compile(name + ":([0-9]+)").matcher(text);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    private void broadcasts(String when) {
        say("a hint to all, %d times, %s", BROADCASTS, when);
        reset();
        Delays answers = new Delays();
        try (Committers.Sender sender =
                new Committers.Sender(
                        ports.getFirst(), 0, population.common(), new Random(), population)) {
            for (int i = 1; i <= BROADCASTS; i++) {
                long wanted = (long) i * wishes.devices;
                answers.add(sender.send("all-"));
                Await.until(
                        LONG, () -> looked().all().count() >= wanted, () -> "not all have a hint");
            }
        }
        Delays delays = stats().all();
        figure(when + "-broadcast-commit", "the commit's answer, worst", answers.quantile(1), "ms");
        figures(when + "-broadcast", "from sending a commit until devices have the hint", delays);
    }

    private void underLoad() throws InterruptedException {
        int committers = Math.min(COMMITTERS, population.teams());
        say("%d devices commit, %d a second", committers, wishes.commits);
        try (Committers load = new Committers(population, ports)) {
            load.start(committers, wishes.commits);
            // So that compilers are where they are on any other day.
            Await.pause(Duration.ofSeconds(wishes.seconds / 4));
            reset();
            load.reset();
            Duration before = Usage.processor(nodes());
            long began = System.nanoTime();
            Await.pause(Duration.ofSeconds(wishes.seconds));
            double spent = Usage.processor(nodes()).minus(before).toNanos() / 1e9;
            figure("load", "processor of all nodes", spent / seconds(began) * 100, "% of a core");
            figure(
                    "load-commits",
                    "commits answered",
                    load.answered().count() / seconds(began),
                    "/s");
            figures("load-answer", "from sending a commit until its answer", load.answered());
            HolderProcess.Stats stats = stats();
            figures(
                    "load-hint",
                    "from sending a commit until the devices of its project have the hint",
                    stats.team());
            figureErrors("load", stats);
            broadcasts("load");
            storm(load);
        }
    }

    private void storm(Committers load) {
        int node = wishes.nodes - 1;
        reset();
        load.reset();
        int open = stats().open();
        say("node %d is killed", node);
        long began = System.nanoTime();
        cluster.killNode(node);
        Await.until(LONG, () -> looked().cut() > 0, () -> "nobody misses the node");
        awaitAll("reconnect");
        HolderProcess.Stats stats = stats();
        figure("storm-cut", "connections that a killed node had", stats.cut(), "");
        figure("storm", "until all of " + open + " are back", seconds(began), "s");
        figures("storm-back", "from the end of a connection until it is back", stats.back());
        figures("storm-answer", "commits meanwhile", load.answered());
        say("errors of committers meanwhile: %s", load.errors());
        figureErrors("storm", stats);
    }

    private void awaitAll(String what) {
        int[] looks = {0};
        Await.until(
                LONG,
                () -> {
                    HolderProcess.Stats stats = looked();
                    if (looks[0]++ % LOOKS_TOLD == 0) {
                        say(
                                "%s: %,d of %,d are there, %,d hints, %s",
                                what, stats.open(), wishes.devices, stats.hints(), stats.errors());
                    }
                    return stats.open() == wishes.devices;
                },
                () -> what + ": only " + stats() + cluster.diagnosis());
    }

    /** The figures so far, not all the time: asking costs, too. */
    private HolderProcess.Stats looked() {
        Await.pause(LOOK);
        return stats();
    }

    private HolderProcess.Stats stats() {
        return HolderProcess.Stats.sum(holders.stream().map(HolderProcess::stats).toList());
    }

    private void reset() {
        holders.forEach(HolderProcess::reset);
    }

    private List<Program> nodes() {
        return IntStream.range(0, wishes.nodes).mapToObj(cluster::node).toList();
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private void figure(String name, String what, double value, String unit) {
        figures.add(new Figure(name, what, value, unit));
        say("%s: %s: %,.1f %s", name, what, value, unit);
    }

    private void figure(String name, String what, long value, String unit) {
        figure(name, what, (double) value, unit);
    }

    private void figures(String name, String what, Delays delays) {
        figure(name + "-count", what + ": how many", delays.count(), "");
        figure(name + "-p50", what + ", median", delays.quantile(0.5), "ms");
        figure(name + "-p99", what + ", 99 of 100", delays.quantile(0.99), "ms");
        figure(name + "-max", what + ", the last", delays.quantile(1), "ms");
    }

    private void figureErrors(String name, HolderProcess.Stats stats) {
        say("%s: what went wrong: %s", name, stats.errors().isEmpty() ? "nothing" : stats.errors());
    }

    @FormatMethod
    private static void say(String format, Object... values) {
        System.out.println("load: " + format.formatted(values));
    }

    private void print() {
        System.out.println("| figure | what | value |\n|---|---|---|");
        for (Figure figure : figures) {
            System.out.printf(
                    "| %s | %s | %,.1f %s |%n",
                    figure.name, figure.what, figure.value, figure.unit);
        }
    }

    private String json() {
        List<String> lines =
                figures.stream()
                        .map(figure ->
                                "  {\"name\": \"%s\", \"what\": \"%s\", \"value\": %s, \"unit\": \"%s\"}"
                                        .formatted(
                                                figure.name,
                                                figure.what,
                                                figure.value,
                                                figure.unit))
                        .toList();
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }

    private void endHolders() {
        holders.forEach(HolderProcess::close);
    }

    @Override
    public void close() throws IOException {
        endHolders();
        cluster.close();
    }
}
