package io.syncline.system.mutation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs the mutation check from the command line; see docs/simulator.md. */
public final class Mutations {
    private static final String USAGE =
            """
            Usage: syncline sim --mutations [--seeds COUNT] [--report FILE] [--verbose] [NAME...]

            Removes one protection after the other, those named or all, and runs simulated worlds until an
            oracle notices. Renews their rows in docs/mutations.md. A NAME may be the beginning of names.

              --seeds    worlds for each, at most (200)
              --report   the file with the table
              --verbose  tells what happened in the world that failed
            """;

    private Mutations() {}

    /** Exits with 0 where all were noticed, 1 where some weren't, 2 where it was called wrongly. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("logback.configurationFile", "io/syncline/system/sim/logback.xml");
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        long seeds = 200;
        Path report = Path.of("docs/mutations.md");
        boolean verbose = false;
        var names = new ArrayList<String>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--mutations" -> {}
                case "--verbose" -> verbose = true;
                case "--seeds" -> seeds = Long.parseLong(arguments[++i]);
                case "--report" -> report = Path.of(arguments[++i]);
                default -> names.add(arguments[i]);
            }
        }
        List<Mutation> wanted =
                Mutants.ALL.stream()
                        .filter(m ->
                                names.isEmpty() || names.stream().anyMatch(m.name()::startsWith))
                        .toList();
        if (wanted.isEmpty() || !Files.exists(report)) {
            out.println(USAGE);
            System.exit(2);
        }
        System.exit(run(wanted, seeds, report, verbose, out) ? 0 : 1);
    }

    private static boolean run(
            List<Mutation> wanted, long seeds, Path report, boolean verbose, PrintWriter out)
            throws IOException {
        Path scratch = Files.createTempDirectory("syncline-mutations");
        var findings = new ArrayList<Finding>();
        try {
            var campaign = new Campaign(seeds, scratch);
            for (Mutation mutation : wanted) {
                Finding found = campaign.search(mutation);
                findings.add(found);
                new Report(report).write(List.of(found));
                out.println(line(found));
                if (verbose) {
                    found.notice().ifPresent(n -> out.println(n.why() + "\n" + n.story()));
                }
            }
        } finally {
            delete(scratch);
        }
        long noticed = findings.stream().filter(found -> found.notice().isPresent()).count();
        out.println(noticed + " noticed, " + (findings.size() - noticed) + " unnoticed");
        return noticed == findings.size();
    }

    private static String line(Finding found) {
        return found.mutation().name()
                + ": "
                + found.notice()
                        .map(notice -> notice.oracle() + " at seed " + notice.seed())
                        .orElse("unnoticed in " + found.worlds() + " worlds");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
