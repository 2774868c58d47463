package io.syncline.system.sim;

import io.syncline.client.api.Transport;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is between devices and their server: late always, and worse as the weather is. */
final class Network {
    private static final Duration RESET_AFTER = Duration.ofMillis(50);

    /** How late what arrives twice may be. */
    private static final int LATE_MILLIS_MAX = 20_000;

    /** Several times what a device asks that tries each kind of request every half second. */
    private static final int VAIN_PER_MINUTE_MAX = 5_000;

    /** Answers that can be mixed up. */
    private static final int KEPT_MAX = 20;

    private final Kernel kernel;
    private final Trace trace;
    private final RandomGenerator random;

    private final SimulatedServer server;
    private final Climate climate;
    private Weather weather = Weather.FINE;

    /**
     * How bad it is.
     *
     * @param lost the share of requests that never arrive
     * @param answersLost the share of answers that don't, though the request was carried out
     * @param twice the share of requests and of hints that arrive a second time, later
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

    /** A network of a mixed world. */
    Network(Kernel kernel, Trace trace, RandomGenerator random, SimulatedServer server) {
        this(kernel, trace, random, server, Climate.MIXED);
    }

    Network(
            Kernel kernel,
            Trace trace,
            RandomGenerator random,
            SimulatedServer server,
            Climate climate) {
        this.kernel = kernel;
        this.trace = trace;
        this.random = random;
        this.server = server;
        this.climate = climate;
    }

    void weather(Weather now) {
        weather = now;
    }

    Weather weather() {
        return weather;
    }

    /** How long one way takes: in late worlds half of all that is sent is quick in any weather. */
    Duration way() {
        boolean quick = climate == Climate.LATE && random.nextBoolean();
        int most = quick ? Weather.FINE.slowMillis() : weather.slowMillis();
        return Duration.ofNanos(random.nextLong(200_000, most * 1_000_000L));
    }

    boolean hintIsLost() {
        return random.nextDouble() < weather.hintsLost();
    }

    /** When what has just arrived arrives a second time, if it does. */
    Optional<Duration> twice() {
        return weather.twice() > 0 && random.nextDouble() < weather.twice()
                ? Optional.of(Duration.ofMillis(random.nextInt(LATE_MILLIS_MAX)))
                : Optional.empty();
    }

    /** Looks at what a device sends. */
    interface Watch {
        /** Sees nothing. */
        Watch NONE = _ -> Sent.NOTHING;

        /**
         * A request is sent.
         *
         * @throws Violation where it shouldn't be
         */
        Sent sending(Envelope request);

        /** A request that was sent. */
        interface Sent {
            /** Nobody cares. */
            Sent NOTHING = _ -> {};

            /** The device waits for its answer no more; whether it got one that says yes. */
            void ended(boolean isAnswered);
        }
    }

    /** A device's end of the line. */
    final class Line implements Transport {
        private final String name;
        private final Secret token;
        private final Acknowledged acknowledged = new Acknowledged();
        private final Deque<Kept> kept = new ArrayDeque<>();
        private Watch watch = Watch.NONE;
        private boolean cut;
        private boolean silent;
        private boolean silenced;
        private boolean held;
        private boolean holding;
        private long requests;
        private long sentBytes;
        private long vainMinute;
        private int inVain;

        Line(String name, Secret token) {
            this.name = name;
            this.token = token;
        }

        /** Has all that is sent from now on looked at. */
        void watch(Watch by) {
            watch = by;
        }

        /** Nothing goes through any more, or again. */
        void cut(boolean is) {
            cut = is;
        }

        boolean isCut() {
            return cut;
        }

        /** Commits aren't answered any more though they are carried out, or are again. */
        void silence(boolean is) {
            silent = is;
            silenced = false;
        }

        /** Whether a commit was carried out, and not answered, since then. */
        boolean isSilenced() {
            return silenced;
        }

        /** Answers to commits wait at the device's door from now on, or may come in. */
        void hold(boolean is) {
            held = is;
        }

        /** Whether one waits. */
        boolean isHolding() {
            return holding;
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
            var envelope = new Envelope(request, token, climate.pageEntries());
            Watch.Sent told = watch(envelope);
            boolean isAnswered = false;
            try {
                Answer answer = sent(request, envelope);
                isAnswered = answer.status() == 200;
                return answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
            } finally {
                told.ended(isAnswered);
            }
        }

        private Watch.Sent watch(Envelope envelope) {
            try {
                return watch.sending(envelope);
            } catch (Violation e) {
                // The sender may catch everything.
                kernel.fail(e);
                return Watch.Sent.NOTHING;
            }
        }

        private Answer sent(Request request, Envelope envelope) throws InterruptedException {
            String what = request.method() + " " + envelope.path();
            requests++;
            sentBytes += envelope.length();
            sending(envelope);
            kernel.sleep(way());
            if (cut || !server.isRunning()) {
                inVain();
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
                        Duration.ofMillis(random.nextInt(LATE_MILLIS_MAX)),
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
            if (silent && envelope.path().endsWith("/commits")) {
                silenced |= answer.status() == 200;
                return silence(request, what, "answered in vain");
            }
            if (cut || random.nextDouble() < weather.answersLost()) {
                return silence(request, what, "answered in vain");
            }
            if (held && envelope.path().endsWith("/commits")) {
                holding = true;
                var _ = kernel.await(() -> !held, request.limit());
                holding = false;
            }
            acknowledged.received(envelope, answer);
            return received(damaged(envelope, mixedUp(envelope, answer, what), what), request);
        }

        /** L9: who can't reach the server asks again ever less often. */
        private void inVain() {
            long minute = kernel.nanos() / Duration.ofMinutes(1).toNanos();
            inVain = minute == vainMinute ? inVain + 1 : 1;
            vainMinute = minute;
            if (inVain > VAIN_PER_MINUTE_MAX) {
                kernel.fail(new Violation("L9", name + " asks all the time, and nobody is there"));
            }
        }

        private void sending(Envelope envelope) {
            try {
                acknowledged.sending(envelope, kernel.running());
            } catch (Violation e) {
                // The sender may catch everything.
                kernel.fail(e);
            }
        }

        /** The answer, or that to another question about changes. */
        private Reply mixedUp(Envelope asked, Reply answer, String what) {
            if (climate.confusedShare() == 0
                    || answer.status() != 200
                    || !asked.path().endsWith("/changes")) {
                return answer;
            }
            String since = asked.query("since").orElse("");
            List<Reply> others =
                    kept.stream()
                            .filter(one -> !one.since().equals(since))
                            .map(Kept::answer)
                            .toList();
            kept.add(new Kept(since, answer));
            if (kept.size() > KEPT_MAX) {
                kept.removeFirst();
            }
            if (others.isEmpty()
                    || weather.equals(Weather.FINE)
                    || random.nextDouble() >= climate.confusedShare()) {
                return answer;
            }
            trace.event(name, what + " is mixed up");
            return others.get(random.nextInt(others.size()));
        }

        /**
         * The answer, or one that lacks a change, as from a store that has lost a row: only the
         * digest shows it (L6).
         */
        private Reply damaged(Envelope asked, Reply answer, String what) {
            if (climate.damagedShare() == 0
                    || answer.status() != 200
                    || !asked.path().endsWith("/changes")
                    || weather.equals(Weather.FINE)
                    || random.nextDouble() >= climate.damagedShare()) {
                return answer;
            }
            ChangesPage page = WireJson.CHANGES_PAGE.fromBytes(answer.body());
            List<Node> changes = new ArrayList<>(page.changes());
            if (changes.isEmpty()) {
                return answer;
            }
            trace.event(name, what + " lacks a change");
            var _ = changes.remove(random.nextInt(changes.size()));
            var damaged =
                    new ChangesPage(
                            page.proof(),
                            page.from(),
                            page.to(),
                            page.more(),
                            page.floor(),
                            page.fork(),
                            changes);
            return new Reply(
                    answer.status(), answer.headers(), WireJson.CHANGES_PAGE.toBytes(damaged));
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

    /** An answer about changes since then. */
    private record Kept(String since, Reply answer) {}

    private static final class Exchange {
        private @Nullable Reply answer;

        void answered(Reply first) {
            if (answer == null) {
                answer = first;
            }
        }
    }
}
