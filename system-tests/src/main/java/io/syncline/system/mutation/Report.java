package io.syncline.system.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code docs/mutations.md}: one row for each mutation. */
final class Report {
    private static final String BEGIN = "| name | ";
    private static final String UNNOTICED = "**unnoticed**";

    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    /** Renews the rows of what was found; those of mutations that are no more go. */
    void write(List<Finding> findings) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int begin = 0;
        while (begin < lines.size() && !lines.get(begin).startsWith(BEGIN)) {
            begin++;
        }
        int end = begin;
        Map<String, String> rows = new LinkedHashMap<>();
        while (end < lines.size() && lines.get(end).startsWith("|")) {
            rows.put(lines.get(end).split("\\|", 3)[1].trim(), lines.get(end));
            end++;
        }
        findings.forEach(found -> rows.put(found.mutation().name(), row(found)));
        List<String> out = new ArrayList<>(lines.subList(0, begin));
        out.add(
                BEGIN
                        + "rule | protection | how it is removed | worlds | noticed by | worlds"
                        + " needed |");
        out.add("|---|---|---|---|---|---|---|");
        for (Mutation mutation : Mutants.ALL) {
            if (rows.containsKey(mutation.name())) {
                out.add(rows.get(mutation.name()));
            }
        }
        out.addAll(lines.subList(end, lines.size()));
        Files.write(file, out);
    }

    private static String row(Finding found) {
        Mutation mutation = found.mutation();
        return "| "
                + String.join(
                        " | ",
                        mutation.name(),
                        mutation.rule(),
                        mutation.protection(),
                        how(mutation),
                        mutation.climate().name().toLowerCase(java.util.Locale.ROOT),
                        found.notice().map(Finding.Notice::oracle).orElse(unnoticed(mutation)),
                        Long.toString(found.worlds()))
                + " |";
    }

    /** What is doubled by others is noticed together with them. */
    private static String unnoticed(Mutation mutation) {
        List<Mutation> beyond = Mutants.beyond(mutation);
        return beyond.isEmpty()
                ? UNNOTICED
                : beyond.stream()
                        .map(other -> "`" + other.name() + "`")
                        .collect(Collectors.joining(", ", "only with others: ", ""));
    }

    private static String how(Mutation mutation) {
        return mutation.parts().stream().map(Report::how).collect(Collectors.joining("; "));
    }

    private static String how(Mutation.Part part) {
        String where =
                "`"
                        + part.type().substring(part.type().lastIndexOf('.') + 1)
                        + "."
                        + part.method()
                        + "`";
        return switch (part.removal()) {
            case Mutation.Removal.Several _ -> throw new IllegalStateException(where);
            case Mutation.Removal.Returns(var value) -> where + " returns " + word(value);
            case Mutation.Removal.Call(var callee, var nth, var value) ->
                    where
                            + ": `"
                            + callee
                            + "` "
                            + (nth > 1 ? nth + " " : "")
                            + "is "
                            + word(value);
            case Mutation.Removal.Other(var callee, var other) ->
                    where + ": `" + other + "` for `" + callee + "`";
        };
    }

    private static String word(Mutation.Value value) {
        return switch (value) {
            case NOTHING -> "nothing";
            case TRUE -> "true";
            case FALSE -> "false";
            case ZERO -> "0";
            case MAX -> "the largest number";
            case EMPTY -> "empty";
            case ARGUMENT -> "its argument";
            case RECEIVER -> "left out";
        };
    }
}
