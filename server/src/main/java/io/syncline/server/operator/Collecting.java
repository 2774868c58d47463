package io.syncline.server.operator;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.admin.AdminRequest;
import io.syncline.server.admin.CollectTask;
import io.syncline.server.collect.Collector;
import io.syncline.storage.metadata.MetadataStore;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the admin task that collects, one at a time, on a thread of its own, which ends with the
 * collector. Thread-safe.
 */
public final class Collecting {
    private static final Logger log = LoggerFactory.getLogger(Collecting.class);

    private final MetadataStore store;
    private final Collector collector;
    private final ThreadFactory threads;
    private final AtomicBoolean running = new AtomicBoolean();

    /** Collects by this collector. */
    public Collecting(MetadataStore store, Collector collector, ThreadFactory threads) {
        this.store = store;
        this.collector = collector;
        this.threads = threads;
    }

    /**
     * Begins.
     *
     * @throws SynclineException LIMITED while another one runs
     */
    void begin(AdminJson.CollectWish wish) {
        if (collector.isRunning() || !running.compareAndSet(false, true)) {
            throw new SynclineException(ErrorCode.LIMITED, "a collection is running already");
        }
        Map<String, String> options = new HashMap<>();
        wish.project().ifPresent(project -> options.put("project", project.value()));
        wish.deletionsMax().ifPresent(most -> options.put("limit", Long.toString(most)));
        if (wish.dryRun()) {
            options.put("dry-run", "true");
        }
        Thread thread = threads.newThread(() -> run(new AdminRequest("gc", options)));
        thread.setName("collect-asked");
        thread.start();
    }

    private void run(AdminRequest request) {
        try {
            var _ = new CollectTask(store, collector).run(request, (_, _, _, _) -> {});
        } catch (RuntimeException e) {
            // The overview shows it as well, where a project was begun.
            log.atWarn().setCause(e).log("collecting, as an operator asked for, failed");
        } finally {
            running.set(false);
        }
    }

    /** Whether this node collects now. */
    boolean isRunning() {
        return running.get() || collector.isRunning();
    }
}
