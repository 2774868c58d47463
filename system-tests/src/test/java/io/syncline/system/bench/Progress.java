package io.syncline.system.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** What goes on, on standard error: the table alone goes to standard output. */
final class Progress {
    private static final long START = System.nanoTime();

    private Progress() {}

    @FormatMethod
    static void say(String format, Object... values) {
        System.err.printf(
                Locale.ROOT,
                "[%5.0f s] %s%n",
                (System.nanoTime() - START) / 1e9,
                String.format(Locale.ROOT, format, values));
    }
}
