package io.syncline.server.check;

import java.util.Arrays;
import java.util.Locale;

/** How long something takes, usually. */
final class Medians {
    /** What takes longer at the median makes every request slow. */
    static final double SLOW_MILLIS = 250;

    private Medians() {}

    /** Something to be timed. */
    interface Work {
        void run() throws Exception;
    }

    static double millis(int times, Work work) throws Exception {
        double[] taken = new double[times];
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            work.run();
            taken[i] = (System.nanoTime() - begun) / 1e6;
        }
        Arrays.sort(taken);
        return taken[times / 2];
    }

    static String text(String what, double millis) {
        return String.format(Locale.ROOT, "%s %.1f ms", what, millis);
    }
}
