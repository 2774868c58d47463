package io.syncline.system.bench;

import java.util.Arrays;

/** How long each round of something took, in milliseconds, in ascending order. */
final class Times {
    static final Times NONE = new Times();

    private final double[] millis;

    Times(double... millis) {
        this.millis = millis.clone();
        Arrays.sort(this.millis);
    }

    /** A measured step. */
    @FunctionalInterface
    interface Step {
        void run(int round) throws Exception;
    }

    /** Runs a step so often, after as many rounds that aren't counted: both sides are warm. */
    static Times measure(int rounds, Step step) throws Exception {
        return measure(rounds, rounds, step);
    }

    /** The same after so many rounds that aren't counted. */
    static Times measure(int warmUp, int rounds, Step step) throws Exception {
        for (int i = -warmUp; i < 0; i++) {
            step.run(i);
        }
        return measureCold(rounds, step);
    }

    /** Runs a step so often; the first round counts. */
    static Times measureCold(int rounds, Step step) throws Exception {
        double[] millis = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            step.run(i);
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        return new Times(millis);
    }

    int count() {
        return millis.length;
    }

    /** The middle one, of an even number the upper; at least one is needed. */
    double median() {
        return millis[millis.length / 2];
    }

    /** The nearest rank; of fewer than a hundred the longest. */
    double p99() {
        return millis[Math.max(0, (int) Math.ceil(millis.length * 0.99) - 1)];
    }
}
