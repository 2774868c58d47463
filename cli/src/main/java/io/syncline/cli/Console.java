package io.syncline.cli;

import io.syncline.core.wire.JsonWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a command prints. Results go to standard output, as words or as one JSON document a line;
 * what happens meanwhile goes to standard error, so that scripts get results alone.
 */
final class Console {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private final PrintWriter out;
    private final PrintWriter error;
    private final boolean json;
    private final boolean quiet;
    private final boolean progress;

    Console(PrintWriter out, PrintWriter error, boolean json, boolean quiet, boolean progress) {
        this.out = out;
        this.error = error;
        this.json = json;
        this.quiet = quiet;
        this.progress = progress;
    }

    boolean json() {
        return json;
    }

    /** Whether a line that redraws itself is wanted and can be shown. */
    boolean redraws() {
        return progress && !json && isTerminal();
    }

    /** Without a terminal the default console of JDK 25 is absent, whatever the check believes. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        java.io.@Nullable Console terminal = System.console();
        return terminal != null && terminal.isTerminal();
    }

    /** A line of the result, for people; nothing with {@code --json}. */
    void line(String text) {
        if (!json) {
            out.println(text);
            out.flush();
        }
    }

    /** The result as a document; nothing without {@code --json}. */
    void document(JsonWriter document) {
        document(document.toBytes());
    }

    /** The result as a document that is written already. */
    void document(byte[] document) {
        if (json) {
            out.println(new String(document, StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** What happens meanwhile. */
    void note(String text) {
        if (!quiet) {
            error.println(text);
            error.flush();
        }
    }

    /** Draws one line over the one drawn before. Only where {@link #redraws}. */
    void redraw(String text) {
        error.print("\r\u001b[K" + text);
        error.flush();
    }

    /** 1,234,567 bytes are {@code 1.2 MB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT,
                unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s",
                value,
                UNITS[unit]);
    }

    /** 3,725 seconds are {@code 1 h 02 min}. */
    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? "%d min %02d s".formatted(seconds / 60, seconds % 60)
                : "%d h %02d min".formatted(seconds / 3600, seconds / 60 % 60);
    }

    /** With {@code s} unless it is one. */
    static String count(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
