package io.syncline.server.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether this node lives, and whether it is ready: its stores answer and it isn't stopping.
 * Open to all, and cheap however often it is asked: the stores are asked at most once in {@value
 * #CACHED_SECONDS} s, by one caller at a time. Thread-safe.
 */
public final class Health implements AutoCloseable {
    /** How long an answer holds. */
    static final int CACHED_SECONDS = 1;

    /** Where a block store is asked over a network, each question costs. */
    static final Duration BLOCKS_CACHED = Duration.ofSeconds(10);

    /** A store that takes longer counts as away. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    /** A project that isn't there. */
    private static final ProjectId NOBODYS = new ProjectId("0".repeat(32));

    private static final Logger log = LoggerFactory.getLogger(Health.class);

    private final MetadataStore metadata;
    private final BlockStore blocks;
    private final InstantSource clock;
    private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean draining;

    /** Why it isn't ready, if it isn't. */
    private volatile Optional<String> reason = Optional.empty();

    private volatile Instant checked = Instant.MIN;

    @GuardedBy("lock")
    private Instant blocksChecked = Instant.MIN;

    /** A node on these stores. */
    public Health(MetadataStore metadata, BlockStore blocks, InstantSource clock) {
        this.metadata = metadata;
        this.blocks = blocks;
        this.clock = clock;
    }

    /** Adds the addresses. */
    public void route(Router router) {
        router.add("GET", "/health/live", _ -> ok()).add("GET", "/health/ready", this::ready);
    }

    private static Answer ok() {
        return new Answer(
                200,
                Map.of("Content-Type", "text/plain", "Cache-Control", "no-store"),
                new Answer.Bytes(ByteBuffer.wrap("ok\n".getBytes(StandardCharsets.US_ASCII))));
    }

    private Answer ready(Call call) {
        Optional<String> why = reasonNotReady();
        if (why.isPresent()) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "not ready: " + why.get());
        }
        return ok();
    }

    /** From now on it isn't ready: requests go elsewhere before it stops. */
    public void drain() {
        draining = true;
    }

    /** Why requests should go elsewhere; absent when they may come. */
    public Optional<String> reasonNotReady() {
        if (draining) {
            return Optional.of("stopping");
        }
        // Who finds another at it takes the last answer.
        if (isOld(checked, Duration.ofSeconds(CACHED_SECONDS)) && lock.tryLock()) {
            try {
                check();
            } finally {
                lock.unlock();
            }
        }
        return reason;
    }

    private boolean isOld(Instant since, Duration cached) {
        Instant now = clock.instant();
        return since.plus(cached).isBefore(now) || since.isAfter(now);
    }

    @GuardedBy("lock")
    private void check() {
        Optional<String> found =
                asked("metadata", () -> metadata.<Long>read(read -> read.rightChanges().newest()));
        if (found.isEmpty() && (reason.isPresent() || isOld(blocksChecked, BLOCKS_CACHED))) {
            found = asked("blocks", () -> blocks.packs(NOBODYS));
            blocksChecked = clock.instant();
        }
        if (!found.equals(reason)) {
            log.atWarn()
                    .addKeyValue("reason", found.orElse("none"))
                    .log(found.isPresent() ? "not ready" : "ready again");
        }
        reason = found;
        checked = clock.instant();
    }

    /** Which store doesn't answer, if it doesn't. */
    private Optional<String> asked(String store, Runnable question) {
        Future<?> answer = asking.submit(question);
        try {
            answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.atDebug().setCause(e).addKeyValue("store", store).log("a store failed");
        } catch (TimeoutException e) {
            answer.cancel(true);
        }
        // What exactly is nobody's business who may only ask for health.
        return Optional.of("its " + store + " can't be reached");
    }

    @Override
    public void close() {
        asking.shutdownNow();
    }
}
