package io.syncline.server.admin;

import java.util.Locale;

/** Figures as people read them. */
final class Units {
    private static final String[] NAMES = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Units() {}

    /** 1,234,567 bytes are {@code 1.2 MB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < NAMES.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT,
                unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s",
                value,
                NAMES[unit]);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** With {@code s} unless it is one. */
    static String count(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    static String ratio(long whole, long part) {
        return part == 0 ? "–" : String.format(Locale.ROOT, "%.2f", (double) whole / part);
    }
}
