package io.syncline.server.setting;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A number that can be changed while the server runs. */
public enum Setting {
    /** The versions' retention of projects without one of their own. */
    HISTORY_RETENTION(
            "history.retention",
            Unit.SECONDS,
            86_400,
            3_653L * 86_400,
            "How long versions and deleted files are kept in projects that don't say so themselves."
                    + " What is shortened is forgotten within minutes."),
    /** Whether the collector works by itself. */
    COLLECTOR_ENABLED(
            "collector.enabled",
            Unit.SWITCH,
            0,
            1,
            "Whether unused blocks are collected by themselves in the background."),
    /** From one run over a project to the next. */
    COLLECTOR_INTERVAL(
            "collector.interval",
            Unit.SECONDS,
            600,
            365L * 86_400,
            "From the end of one collection of a project to the beginning of the next."),
    /** How long a block that nothing names is kept. */
    COLLECTOR_GRACE(
            "collector.grace",
            Unit.SECONDS,
            3_600,
            365L * 86_400,
            "How long a block that nothing names yet is kept in any case."),
    /** Most blocks that one run deletes. */
    COLLECTOR_DELETIONS(
            "collector.deletions",
            Unit.COUNT,
            0,
            1_000_000_000,
            "Most blocks that one collection of a project deletes; the rest waits for the next."),
    /** Most bytes that one run copies. */
    COLLECTOR_REWRITE(
            "collector.rewrite",
            Unit.BYTES,
            0,
            1L << 50,
            "Most bytes that one collection of a project copies out of packs that hold little."),
    /** How long the audit log goes back. */
    AUDIT_RETENTION(
            "audit.retention",
            Unit.SECONDS,
            86_400,
            10L * 365 * 86_400,
            "How long entries of the audit log are kept."),
    /** Failed log-ins at once. */
    LOGIN_FAILURES(
            "login.failures",
            Unit.COUNT,
            1,
            1_000,
            "How many failed log-ins an address may have at once; one is forgiven every 6"
                    + " seconds.");

    /** What a value counts. */
    public enum Unit {
        SECONDS,
        BYTES,
        COUNT,
        /** 0 or 1. */
        SWITCH
    }

    private final String text;
    private final Unit unit;
    private final long min;
    private final long max;
    private final String description;

    Setting(String text, Unit unit, long min, long max, String description) {
        this.text = text;
        this.unit = unit;
        this.min = min;
        this.max = max;
        this.description = description;
    }

    /** The setting of this name. */
    public static Optional<Setting> named(String name) {
        return Arrays.stream(values()).filter(one -> one.text.equals(name)).findFirst();
    }

    /** Its name. */
    public String text() {
        return text;
    }

    /** What its value counts, as a word. */
    public String unit() {
        return unit.name().toLowerCase(Locale.ROOT);
    }

    /** The least value. */
    public long min() {
        return min;
    }

    /** The largest value. */
    public long max() {
        return max;
    }

    /** What it does, for people. */
    public String description() {
        return description;
    }
}
