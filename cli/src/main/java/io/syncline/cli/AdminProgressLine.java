package io.syncline.cli;

import io.syncline.server.admin.AdminProgress;
import java.util.Locale;

/**
 * How far an admin task is, on standard error: one line that redraws itself on a terminal, else a
 * plain line every few seconds.
 */
final class AdminProgressLine implements AdminProgress {
    private static final long REDRAW_NANOS = 200_000_000L;
    private static final long PLAIN_LINE_NANOS = 5_000_000_000L;

    /** Before this no rate means anything. */
    private static final long RATE_NANOS_MIN = 500_000_000L;

    private final Console console;
    private String part = "";
    private long partNanos = System.nanoTime();
    private long partBegan;
    private long shownNanos = System.nanoTime();

    AdminProgressLine(Console console) {
        this.console = console;
    }

    @Override
    public synchronized void at(String what, long done, long total, boolean bytes) {
        long now = System.nanoTime();
        if (!what.equals(part)) {
            part = what;
            partNanos = now;
            partBegan = done;
        }
        long every = console.redraws() ? REDRAW_NANOS : PLAIN_LINE_NANOS;
        if (now - shownNanos < every) {
            return;
        }
        shownNanos = now;
        long rate =
                now - partNanos < RATE_NANOS_MIN
                        ? 0
                        : (long) ((done - partBegan) * 1e9 / (now - partNanos));
        String text = text(what, done, total, bytes, rate);
        if (console.redraws()) {
            console.redraw(text);
        } else {
            console.note(text);
        }
    }

    /** A line such as {@code packs: 1.2 GB of 10 GB, 12%, 510 MB/s, 18 s left}. */
    static String text(String what, long done, long total, boolean bytes, long rate) {
        StringBuilder text = new StringBuilder(what).append(": ").append(figure(done, bytes));
        if (total > 0) {
            text.append(" of ")
                    .append(figure(total, bytes))
                    .append(
                            String.format(
                                    Locale.ROOT, ", %d%%", Math.min(100, 100 * done / total)));
        }
        if (rate > 0) {
            text.append(", ").append(figure(rate, bytes)).append("/s");
            if (total > done) {
                text.append(", ").append(Console.duration((total - done) / rate)).append(" left");
            }
        }
        return text.toString();
    }

    private static String figure(long value, boolean bytes) {
        return bytes ? Console.bytes(value) : String.format(Locale.ROOT, "%,d", value);
    }

    /** Leaves the line so that others may follow it. */
    void end() {
        if (console.redraws()) {
            console.redraw("");
        }
    }
}
