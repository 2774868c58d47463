package io.syncline.server.check;

import io.syncline.core.wire.JsonWriter;
import io.syncline.storage.check.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a check of storage found. */
public final class StorageReport {
    /** A finding and the store that it is about. */
    private record Result(String store, Finding finding) {}

    private final List<Result> results = new ArrayList<>();

    /** Nothing was looked at yet. */
    public StorageReport() {}

    /** Adds what was found of a store. */
    public void add(String store, List<Finding> findings) {
        findings.forEach(finding -> results.add(new Result(store, finding)));
    }

    /** How many looks there were. */
    public int size() {
        return results.size();
    }

    /** Whether everything held. */
    public boolean isSound() {
        return results.stream().allMatch(result -> result.finding().passed());
    }

    /** A line for each look, and what to do where it failed. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Result result : results) {
            Finding finding = result.finding();
            lines.add(
                    (finding.passed() ? "ok      " : "FAILED  ")
                            + result.store()
                            + ": "
                            + finding.what()
                            + " ("
                            + finding.detail()
                            + ")");
            finding.advice().ifPresent(advice -> lines.add("        -> " + advice));
        }
        long failed = results.stream().filter(result -> !result.finding().passed()).count();
        lines.add(
                failed == 0
                        ? "All is as it must be."
                        : failed + " of " + results.size() + " checks failed.");
        return lines;
    }

    /** {@code {sound, checks: [{store, check, passed, detail, advice?}]}}. */
    public String document() {
        JsonWriter out =
                new JsonWriter()
                        .beginObject()
                        .member("sound", isSound())
                        .array(
                                "checks",
                                results,
                                (o, result) ->
                                        o.beginObject()
                                                .member("store", result.store())
                                                .member("check", result.finding().what())
                                                .member("passed", result.finding().passed())
                                                .member("detail", result.finding().detail())
                                                .optional(
                                                        "advice",
                                                        result.finding().advice(),
                                                        JsonWriter::text)
                                                .endObject());
        return new String(out.endObject().toBytes(), StandardCharsets.UTF_8);
    }
}
