package io.syncline.system.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draws cost against size as SVG: both axes logarithmic, so that what is flat is a level line and
 * what is linear rises by a decade in each.
 */
final class Plot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final List<String> COLOURS = List.of("#0b6e4f", "#c1292e", "#235789", "#b37400");

    /**
     * A line of a plot.
     *
     * @param plot the plot that it is drawn in
     * @param title what it shows, for its legend
     */
    record Series(String plot, String title, Map<Integer, Double> points) {
        Series(String plot, String title) {
            this(plot, title, new TreeMap<>());
        }

        void add(int size, double millis) {
            points.put(size, millis);
        }
    }

    private Plot() {}

    /** Writes {@code NAME.svg} for every plot that a series names. */
    static void writeAll(List<Series> series, String machine, Path directory) throws IOException {
        Files.createDirectories(directory);
        Map<String, List<Series>> plots = new TreeMap<>();
        for (Series one : series) {
            plots.computeIfAbsent(one.plot, _ -> new ArrayList<>()).add(one);
        }
        for (Map.Entry<String, List<Series>> plot : plots.entrySet()) {
            Files.writeString(
                    directory.resolve(plot.getKey() + ".svg"),
                    svg(plot.getKey(), plot.getValue(), machine));
        }
    }

    /** One plot; every series has a point. */
    static String svg(String title, List<Series> series, String machine) {
        int left = exponent(series.stream().flatMapToInt(Plot::sizes).min().orElse(1), false);
        int right = exponent(series.stream().flatMapToInt(Plot::sizes).max().orElse(10), true);
        double least =
                series.stream()
                        .flatMap(s -> s.points.values().stream())
                        .min(Double::compare)
                        .orElse(1.0);
        double most =
                series.stream()
                        .flatMap(s -> s.points.values().stream())
                        .max(Double::compare)
                        .orElse(1.0);
        Axes axes =
                new Axes(
                        left,
                        Math.max(right, left + 1),
                        (int) Math.floor(Math.log10(least)),
                        Math.max(
                                (int) Math.ceil(Math.log10(most)),
                                (int) Math.floor(Math.log10(least)) + 1));
        StringBuilder out = new StringBuilder();
        line(
                out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH,
                HEIGHT);
        line(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", WIDTH, HEIGHT);
        line(
                out,
                "<text x=\"%d\" y=\"20\" font-size=\"15\">%s: milliseconds against files in the"
                        + " project</text>",
                LEFT,
                escape(title));
        axes.draw(out);
        for (int i = 0; i < series.size(); i++) {
            draw(out, axes, series.get(i), COLOURS.get(i % COLOURS.size()), TOP + 14 + 16 * i);
        }
        line(
                out,
                "<text x=\"%d\" y=\"%d\" font-size=\"9\" fill=\"#666\">%s</text>",
                LEFT,
                HEIGHT - 6,
                escape(machine));
        return out.append("</svg>\n").toString();
    }

    private static java.util.stream.IntStream sizes(Series series) {
        return series.points.keySet().stream().mapToInt(Integer::intValue);
    }

    private static int exponent(int size, boolean up) {
        double exponent = Math.log10(size);
        return (int) (up ? Math.ceil(exponent) : Math.floor(exponent));
    }

    /** Powers of ten at the ends of both axes. */
    private record Axes(int left, int right, int bottom, int top) {
        double x(double size) {
            return LEFT + (Math.log10(size) - left) / (right - left) * (WIDTH - LEFT - RIGHT);
        }

        double y(double millis) {
            return HEIGHT
                    - BOTTOM
                    - (Math.log10(millis) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
        }

        void draw(StringBuilder out) {
            for (int power = left; power <= right; power++) {
                double x = x(Math.pow(10, power));
                line(
                        out,
                        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>",
                        x,
                        x,
                        TOP,
                        HEIGHT - BOTTOM);
                line(
                        out,
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                        x,
                        HEIGHT - BOTTOM + 18,
                        count(power));
            }
            for (int power = bottom; power <= top; power++) {
                double y = y(Math.pow(10, power));
                line(
                        out,
                        "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>",
                        LEFT,
                        WIDTH - RIGHT,
                        y,
                        y);
                line(
                        out,
                        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s ms</text>",
                        LEFT - 6,
                        y + 4,
                        millis(power));
            }
        }

        private static String count(int power) {
            return String.format(Locale.ROOT, "%,d", Math.round(Math.pow(10, power)));
        }

        private static String millis(int power) {
            return power >= 0
                    ? count(power)
                    : String.format(Locale.ROOT, "%." + -power + "f", Math.pow(10, power));
        }
    }

    private static void draw(
            StringBuilder out, Axes axes, Series series, String colour, int legend) {
        StringBuilder path = new StringBuilder();
        series.points.forEach((size, millis) ->
                path.append(
                        String.format(Locale.ROOT, "%.1f,%.1f ", axes.x(size), axes.y(millis))));
        line(
                out,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                path.toString().strip(),
                colour);
        series.points.forEach((size, millis) -> {
            line(
                    out,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
                    axes.x(size),
                    axes.y(millis),
                    colour);
            line(
                    out,
                    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"10\" text-anchor=\"middle\""
                            + " fill=\"%s\">%.2f</text>",
                    axes.x(size),
                    axes.y(millis) - 7,
                    colour,
                    millis);
        });
        line(
                out,
                "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
                LEFT + 10,
                legend,
                colour,
                escape(series.title));
    }

    @com.google.errorprone.annotations.FormatMethod
    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
