package io.syncline.server.rate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.server.edge.ProblemException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Refuses what an account, or a device, asks for beyond its rates. Each of several nodes allows its
 * share, so that the rates hold over all of them without a word between them; who asks one node
 * only has that node's share. Everything is in memory, and bounded: the callers that asked last.
 * Thread-safe.
 */
public final class Rates {
    /** What a device may use of its account's rates. */
    private static final double DEVICE_SHARE = 0.5;

    /** Most credentials that are refused without looking them up. */
    private static final int REFUSED_MAX = 10_000;

    private final RateSettings settings;
    private final IntSupplier nodes;
    private final InstantSource clock;
    private final Buckets<AccountId> accounts = new Buckets<>();
    private final Buckets<DeviceId> devices = new Buckets<>();
    private final LongAdder refusedRequests = new LongAdder();
    private final LongAdder refusedBytes = new LongAdder();

    /** Until when, in milliseconds since 1970. */
    @GuardedBy("refused")
    private final Map<Hash, Long> refused =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Hash, Long> eldest) {
                    return size() > REFUSED_MAX;
                }
            };

    private volatile boolean anyRefused;

    /**
     * All have what they may use at once.
     *
     * @param nodes how many share the rates, 1 or more
     */
    public Rates(RateSettings settings, IntSupplier nodes, InstantSource clock) {
        this.settings = settings;
        this.nodes = nodes;
        this.clock = clock;
    }

    private Buckets.Flow flow(double share) {
        double part = share / Math.max(1, nodes.getAsInt());
        return new Buckets.Flow(
                settings.requestsPerSecond() * part,
                settings.bytesPerSecond() * part,
                settings.burst().toMillis() / 1e3);
    }

    /**
     * Takes a request from an account and from the device that it came from.
     *
     * @param credential what the caller is known by before it is looked up, asked for where it is
     *     refused: it is refused at once for as long
     * @throws ProblemException LIMITED, with how long to wait, where it is beyond either's rates
     */
    public void takeRequest(
            AccountId account, Optional<DeviceId> device, Supplier<Optional<Hash>> credential) {
        long now = clock.millis();
        Buckets.Flow whole = flow(1);
        Buckets.Wait wait = accounts.takeRequest(account, whole, now);
        if (wait.isNone() && device.isPresent()) {
            wait = devices.takeRequest(device.get(), flow(DEVICE_SHARE), now);
            if (!wait.isNone()) {
                accounts.giveBackRequest(account, whole, now);
            }
        }
        if (!wait.isNone()) {
            (wait.requests().isZero() ? refusedBytes : refusedRequests).increment();
            Duration longer = wait.longer();
            credential.get().ifPresent(hash -> refuse(hash, now + longer.toMillis()));
            throw limited(longer);
        }
    }

    /** Takes bytes that a request moved, whatever became of it. */
    public void takeBytes(AccountId account, Optional<DeviceId> device, long count) {
        if (count > 0) {
            long now = clock.millis();
            accounts.takeBytes(account, flow(1), count, now);
            device.ifPresent(id -> devices.takeBytes(id, flow(DEVICE_SHARE), count, now));
        }
    }

    /** Whether anybody is refused at present: else there is no need to hash credentials. */
    public boolean anyRefused() {
        return anyRefused;
    }

    /**
     * Refuses a caller that was refused a moment ago, without a look at the metadata.
     *
     * @throws ProblemException LIMITED
     */
    public void checkRefused(Hash credential) {
        long now = clock.millis();
        long left;
        synchronized (refused) {
            Long until = refused.get(credential);
            left = until == null ? 0 : until - now;
            // A clock that was set back doesn't refuse for longer than anybody can be.
            if (left <= 0 || left > settings.burst().toMillis() + 1_000) {
                refused.remove(credential);
                anyRefused = !refused.isEmpty();
                return;
            }
        }
        refusedRequests.increment();
        throw limited(Duration.ofMillis(left));
    }

    private void refuse(Hash credential, long untilMillis) {
        synchronized (refused) {
            refused.put(credential, untilMillis);
            anyRefused = true;
        }
    }

    private static ProblemException limited(Duration wait) {
        // Whole seconds are what the header can say.
        return ProblemException.retry(
                ErrorCode.LIMITED,
                "this account or device asks for more than it may; wait",
                Duration.ofSeconds(Math.max(1, (wait.toMillis() + 999) / 1_000)));
    }

    /** Requests refused since the start because there were too many. */
    public long refusedRequests() {
        return refusedRequests.sum();
    }

    /** Requests refused since the start because too many bytes went. */
    public long refusedBytes() {
        return refusedBytes.sum();
    }

    /** How many accounts and devices are remembered. */
    public int remembered() {
        return accounts.size() + devices.size();
    }
}
