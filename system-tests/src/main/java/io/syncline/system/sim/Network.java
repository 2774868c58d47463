package io.syncline.system.sim;

import io.syncline.client.api.Transport;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is between devices and their server: late always, and worse as the weather is. */
final class Network {
    private static final Duration RESET_AFTER = Duration.ofMillis(50);

    private final Kernel kernel;
    private final Trace trace;
    private final RandomGenerator random;
    private final SimulatedServer server;
    private Weather weather = Weather.FINE;

    /**
     * How bad it is.
     *
     * @param lost the share of requests that never arrive
     * @param answersLost the share of answers that don't, though the request was carried out
     * @param twice the share of requests that arrive a second time, later
     * @param hintsLost the share of hints that don't arrive
     * @param slowMillis most time for one way
     */
    record Weather(
            double lost, double answersLost, double twice, double hintsLost, int slowMillis) {
        static final Weather FINE = new Weather(0, 0, 0, 0, 5);

        static Weather any(RandomGenerator random) {
            return new Weather(
                    random.nextInt(3) == 0 ? random.nextDouble() / 3 : 0,
                    random.nextInt(3) == 0 ? random.nextDouble() / 3 : 0,
                    random.nextInt(3) == 0 ? random.nextDouble() / 3 : 0,
                    random.nextDouble() / 2,
                    random.nextInt(3) == 0 ? 5_000 : 50);
        }
    }

    Network(Kernel kernel, Trace trace, RandomGenerator random, SimulatedServer server) {
        this.kernel = kernel;
        this.trace = trace;
        this.random = random;
        this.server = server;
    }

    void weather(Weather now) {
        weather = now;
    }

    Weather weather() {
        return weather;
    }

    /** How long one way takes. */
    Duration way() {
        return Duration.ofNanos(random.nextLong(200_000, weather.slowMillis() * 1_000_000L));
    }

    boolean hintIsLost() {
        return random.nextDouble() < weather.hintsLost();
    }

    /** A device's end of the line. */
    final class Line implements Transport {
        private final String name;
        private final Secret token;
        private boolean cut;
        private long requests;
        private long sentBytes;

        Line(String name, Secret token) {
            this.name = name;
            this.token = token;
        }

        /** Nothing goes through any more, or again. */
        void cut(boolean is) {
            cut = is;
        }

        boolean isCut() {
            return cut;
        }

        /** What its requests are known by. */
        Secret token() {
            return token;
        }

        /** Requests sent so far. */
        long requests() {
            return requests;
        }

        /** Bytes of bodies sent so far. */
        long sentBytes() {
            return sentBytes;
        }

        @Override
        public Answer exchange(Request request) {
            try {
                return sent(request);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
            }
        }

        private Answer sent(Request request) throws InterruptedException {
            var envelope = new Envelope(request, token);
            String what = request.method() + " " + envelope.path();
            requests++;
            sentBytes += envelope.length();
            kernel.sleep(way());
            if (cut || !server.isRunning()) {
                throw new SynclineException(ErrorCode.UNAVAILABLE, "no route to the server");
            }
            if (random.nextDouble() < weather.lost()) {
                return silence(request, what, "lost");
            }
            var exchange = new Exchange();
            Kernel.Program by = server.process();
            server.serve(envelope, exchange::answered);
            if (random.nextDouble() < weather.twice()) {
                trace.event(name, what + " arrives twice");
                kernel.after(
                        Duration.ofMillis(random.nextInt(20_000)),
                        () -> server.serve(envelope, _ -> {}));
            }
            boolean over =
                    kernel.await(() -> exchange.answer != null || by.isDead(), request.limit());
            Reply answer = exchange.answer;
            if (answer == null) {
                kernel.sleep(RESET_AFTER);
                throw new SynclineException(
                        ErrorCode.UNAVAILABLE, over ? "connection reset" : "no answer in time");
            }
            kernel.sleep(way());
            if (cut || random.nextDouble() < weather.answersLost()) {
                return silence(request, what, "answered in vain");
            }
            return received(answer, request);
        }

        private Answer silence(Request request, String what, String how)
                throws InterruptedException {
            trace.event(name, what + " " + how);
            boolean reset = random.nextBoolean();
            kernel.sleep(reset ? RESET_AFTER : request.limit());
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, reset ? "connection reset" : "no answer in time");
        }

        private Answer received(Reply answer, Request request) {
            byte[] body = answer.body();
            if (body.length > request.answerBytesMax()) {
                throw SynclineException.corrupt("the answer is too long");
            }
            Optional<Duration> retryAfter =
                    Optional.ofNullable(answer.headers().get("Retry-After"))
                            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
            return new Answer(
                    answer.status(),
                    ByteBuffer.wrap(body),
                    retryAfter,
                    header -> answer.headers().get(header));
        }
    }

    private static final class Exchange {
        private @Nullable Reply answer;

        void answered(Reply first) {
            if (answer == null) {
                answer = first;
            }
        }
    }
}
