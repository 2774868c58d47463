package io.syncline.system.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.system.bench.functions.Functions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What was measured as tables for people and as JSON for programs. */
record Report(String machine, List<Row> rows, List<Functions.Measured> functions) {
    Report {
        rows = List.copyOf(rows);
        functions = List.copyOf(functions);
    }

    /** The tables in Markdown, those with something in them, after a line for the machine. */
    String table() {
        StringBuilder out = new StringBuilder("machine: ").append(machine).append('\n');
        if (!rows.isEmpty()) {
            out.append('\n').append(rowTable());
        }
        if (!functions.isEmpty()) {
            out.append('\n').append(functionTable());
        }
        return out.toString();
    }

    private String rowTable() {
        StringBuilder out = new StringBuilder();
        out.append(
                "| row | what | measured | goal | n | p50 ms | p99 ms | naive / ours | notes |\n");
        out.append("|---|---|---|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            boolean timed = row.times().count() > 0;
            out.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s %s | %s | %s | %s | %s | %s | %s |%n",
                            row.name(),
                            row.what(),
                            number(row.value()),
                            row.unit(),
                            row.goal().isEmpty()
                                    ? ""
                                    : number(row.goal().getAsDouble())
                                            + (row.isWithinGoal() ? "" : " (missed)"),
                            timed ? row.times().count() : 1,
                            timed ? number(row.times().median()) : "",
                            timed ? number(row.times().p99()) : "",
                            row.naiveRatio().isEmpty()
                                    ? ""
                                    : number(row.naiveRatio().getAsDouble()) + " ×",
                            row.note()));
        }
        return out.toString();
    }

    private String functionTable() {
        StringBuilder out = new StringBuilder("functions: ").append(Functions.HOW).append("\n\n");
        out.append("| function | of | ns each | a second | n | naive / ours | naive |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (Functions.Measured one : functions) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,d %s | %s%s | %s | %d | %s | %s |%n",
                            one.name(),
                            one.size(),
                            one.items(),
                            number(one.nanosPerItem()),
                            one.errorShare().isEmpty()
                                    ? ""
                                    : " ± %.0f %%".formatted(one.errorShare().getAsDouble() * 100),
                            rate(1e9 / one.nanosPerItem()),
                            one.n(),
                            one.naiveRatio().isEmpty()
                                    ? ""
                                    : number(one.naiveRatio().getAsDouble()) + " ×",
                            one.naive()));
        }
        return out.toString();
    }

    private static String rate(double perSecond) {
        return perSecond >= 1e9
                ? number(perSecond / 1e9) + " G"
                : perSecond >= 1e6
                        ? number(perSecond / 1e6) + " M"
                        : perSecond >= 1e3 ? number(perSecond / 1e3) + " k" : number(perSecond);
    }

    private static String number(double value) {
        String format =
                value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    /**
     * Writes {@code {"machine", "rows": [{"name", "n", "p50_ms", "p99_ms", "value", "unit", "goal",
     * "naive_ratio"}]}}; what a row doesn't have is null. Where functions were measured, also
     * {@code "functions": [{"name", "size", "items", "n", "ns_per_item", "items_per_s",
     * "error_share", "naive_ratio"}]}.
     */
    void writeJson(Path file) throws IOException {
        try (JsonGenerator json =
                new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("machine", machine);
            json.writeArrayFieldStart("rows");
            for (Row row : rows) {
                write(json, row);
            }
            json.writeEndArray();
            if (!functions.isEmpty()) {
                json.writeArrayFieldStart("functions");
                for (Functions.Measured one : functions) {
                    write(json, one);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, Row row) throws IOException {
        Times times = row.times();
        boolean timed = times.count() > 0;
        json.writeStartObject();
        json.writeStringField("name", row.name());
        json.writeNumberField("n", timed ? times.count() : 1);
        write(json, "p50_ms", timed ? OptionalDouble.of(times.median()) : OptionalDouble.empty());
        write(json, "p99_ms", timed ? OptionalDouble.of(times.p99()) : OptionalDouble.empty());
        write(json, "value", OptionalDouble.of(row.value()));
        json.writeStringField("unit", row.unit());
        write(json, "goal", row.goal());
        write(json, "naive_ratio", row.naiveRatio());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Functions.Measured one) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", one.name());
        json.writeNumberField("size", one.size());
        json.writeStringField("items", one.items());
        json.writeNumberField("n", one.n());
        write(json, "ns_per_item", OptionalDouble.of(one.nanosPerItem()));
        write(json, "items_per_s", OptionalDouble.of(1e9 / one.nanosPerItem()));
        write(json, "error_share", one.errorShare());
        write(json, "naive_ratio", one.naiveRatio());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, OptionalDouble value)
            throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, Math.round(value.getAsDouble() * 1e4) / 1e4);
        } else {
            json.writeNullField(name);
        }
    }
}
