package io.syncline.client.doctor;

import io.syncline.client.doctor.Check.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The checks of one thing, as they are made. */
final class Checks {
    private final String about;
    private final List<Check> made = new ArrayList<>();

    Checks(String about) {
        this.about = about;
    }

    void ok(String name, String text) {
        made.add(new Check(about, name, Result.OK, text, ""));
    }

    void repaired(String name, String text, String todo) {
        made.add(new Check(about, name, Result.REPAIRED, text, todo));
    }

    void warning(String name, String text, String todo) {
        made.add(new Check(about, name, Result.WARNING, text, todo));
    }

    void fault(String name, String text, String todo) {
        made.add(new Check(about, name, Result.FAULT, text, todo));
    }

    List<Check> made() {
        return List.copyOf(made);
    }

    /** 1,234,567 bytes are {@code 1.2 MB}. */
    static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT,
                unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s",
                value,
                units[unit]);
    }

    static String count(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
