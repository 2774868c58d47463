package io.syncline.system.bench;

import java.util.OptionalDouble;

/**
 * A measured line of the table.
 *
 * @param name by which {@code --only} finds it
 * @param what was measured, for a person
 * @param times how long single rounds took; empty where the row isn't about time
 * @param value the figure that the goal is about
 * @param unit of value and goal
 * @param goal the design's, an upper bound; empty where it has none
 * @param naiveRatio how many times the naive version's figure is this one's; empty without one
 * @param note what the naive version is, and what else there is to say
 */
record Row(
        String name,
        String what,
        Times times,
        double value,
        String unit,
        OptionalDouble goal,
        OptionalDouble naiveRatio,
        String note) {

    /** A row whose value is the median of its times. */
    static Row ofMedian(String name, String what, Times times, double goalMillis) {
        return new Row(
                name,
                what,
                times,
                times.median(),
                "ms",
                OptionalDouble.of(goalMillis),
                OptionalDouble.empty(),
                "");
    }

    /** The same without a goal. */
    static Row ofMedian(String name, String what, Times times) {
        return ofValue(name, what, times, times.median(), "ms");
    }

    /** A row of another value than a time. */
    static Row ofValue(String name, String what, Times times, double value, String unit) {
        return new Row(
                name, what, times, value, unit, OptionalDouble.empty(), OptionalDouble.empty(), "");
    }

    Row goal(double most) {
        return new Row(name, what, times, value, unit, OptionalDouble.of(most), naiveRatio, note);
    }

    /** Beside a naive version with this figure, in the unit of the value. */
    Row naive(double figure, String described) {
        return new Row(
                name,
                what,
                times,
                value,
                unit,
                goal,
                value > 0 ? OptionalDouble.of(figure / value) : OptionalDouble.empty(),
                described);
    }

    Row note(String more) {
        return new Row(
                name,
                what,
                times,
                value,
                unit,
                goal,
                naiveRatio,
                note.isEmpty() ? more : note + "; " + more);
    }

    boolean isWithinGoal() {
        return goal.isEmpty() || value <= goal.getAsDouble();
    }
}
