package io.syncline.server.activity;

import io.syncline.core.wire.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

/**
 * Figures over time: points of {@value #FINE_SECONDS} s for an hour and of {@value #COARSE_SECONDS}
 * s for a day, about 200 KB. Thread-safe.
 */
final class Series {
    /** Width of a point in the first ring. */
    static final int FINE_SECONDS = 10;

    /** Width of a point in the second ring. */
    static final int COARSE_SECONDS = 60;

    /** Points of the first ring: an hour. */
    static final int FINE_POINTS = 360;

    /** Points of the second ring: a day. */
    static final int COARSE_POINTS = 1_440;

    /** What is shown in whole minutes of fine points. */
    private static final int FINE_MINUTES = FINE_POINTS * FINE_SECONDS / 60;

    /** What was counted within one point. */
    private static final class Counts {
        private final LongAdder requests = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder bytesOut = new LongAdder();
        private final Times all = new Times();
        private final Times commits = new Times();

        void add(Counts other) {
            requests.add(other.requests.sum());
            errors.add(other.errors.sum());
            bytesIn.add(other.bytesIn.sum());
            bytesOut.add(other.bytesOut.sum());
            all.add(other.all);
            commits.add(other.commits);
        }
    }

    /** One finished point. */
    private record Point(
            long endSeconds,
            double requests,
            double errors,
            double requestP50,
            double requestP99,
            double commitP50,
            double commitP99,
            double bytesIn,
            double bytesOut,
            long sockets,
            long heap) {
        static Point of(Counts counts, Instant end, int seconds, long sockets, long heap) {
            return new Point(
                    end.getEpochSecond(),
                    counts.requests.sum() / (double) seconds,
                    counts.errors.sum() / (double) seconds,
                    counts.all.quantileMillis(0.5),
                    counts.all.quantileMillis(0.99),
                    counts.commits.quantileMillis(0.5),
                    counts.commits.quantileMillis(0.99),
                    counts.bytesIn.sum() / (double) seconds,
                    counts.bytesOut.sum() / (double) seconds,
                    sockets,
                    heap);
        }
    }

    private final Deque<Point> fine = new ArrayDeque<>();
    private final Deque<Point> coarse = new ArrayDeque<>();
    private volatile Counts now = new Counts();
    private Counts minute = new Counts();
    private int inMinute;

    /** An answer was made; its status says whether it was an error. */
    void answered(int status, long nanos, boolean commit) {
        Counts counts = now;
        counts.requests.increment();
        counts.all.add(nanos);
        if (status >= 500) {
            counts.errors.increment();
        }
        if (commit) {
            counts.commits.add(nanos);
        }
    }

    /** A request was turned away: an error that took no time. */
    void turnedAway() {
        Counts counts = now;
        counts.requests.increment();
        counts.errors.increment();
    }

    void moved(long bytesIn, long bytesOut) {
        Counts counts = now;
        counts.bytesIn.add(bytesIn);
        counts.bytesOut.add(bytesOut);
    }

    /** Ends a point; called every {@value #FINE_SECONDS} s. */
    synchronized void tick(Instant end, long sockets, long heap) {
        Counts ended = now;
        now = new Counts();
        put(fine, FINE_POINTS, Point.of(ended, end, FINE_SECONDS, sockets, heap));
        minute.add(ended);
        inMinute++;
        if (inMinute == COARSE_SECONDS / FINE_SECONDS) {
            put(coarse, COARSE_POINTS, Point.of(minute, end, COARSE_SECONDS, sockets, heap));
            minute = new Counts();
            inMinute = 0;
        }
    }

    private static void put(Deque<Point> ring, int most, Point point) {
        if (ring.size() == most) {
            ring.removeFirst();
        }
        ring.addLast(point);
    }

    /** The document of the last minutes. */
    byte[] toJson(String node, int minutes, Instant now) {
        boolean isFine = minutes <= FINE_MINUTES;
        long from = now.minus(Duration.ofMinutes(minutes)).getEpochSecond();
        List<Point> points;
        synchronized (this) {
            points = new ArrayList<>(isFine ? fine : coarse);
        }
        points.removeIf(point -> point.endSeconds() <= from);
        JsonWriter out =
                new JsonWriter()
                        .beginObject()
                        .member("node", node)
                        .member("stepSeconds", isFine ? FINE_SECONDS : COARSE_SECONDS);
        out.array("times", points, (o, point) -> o.number(point.endSeconds()));
        out.array("requestsPerSecond", points, column(Point::requests));
        out.array("errorsPerSecond", points, column(Point::errors));
        out.array("requestP50Millis", points, column(Point::requestP50));
        out.array("requestP99Millis", points, column(Point::requestP99));
        out.array("commitP50Millis", points, column(Point::commitP50));
        out.array("commitP99Millis", points, column(Point::commitP99));
        out.array("bytesInPerSecond", points, column(Point::bytesIn));
        out.array("bytesOutPerSecond", points, column(Point::bytesOut));
        out.array("sockets", points, (o, point) -> o.number(point.sockets()));
        out.array("heapUsedBytes", points, (o, point) -> o.number(point.heap()));
        return out.endObject().toBytes();
    }

    private static BiConsumer<JsonWriter, Point> column(ToDoubleFunction<Point> value) {
        return (out, point) -> out.rounded(value.applyAsDouble(point));
    }
}
