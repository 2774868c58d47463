package io.syncline.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.syncline.server.background.WorkObserver;
import io.syncline.server.edge.Refusal;
import io.syncline.server.edge.RequestObserver;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.metadata.MetadataStore;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * All that is measured of one node. Series are bounded: their labels are the templates of requests,
 * classes of status, methods of ports and names of leases, never anything that came from outside.
 * Thread-safe.
 */
public final class Metrics implements RequestObserver, WorkObserver, AutoCloseable {
    /** The upper ends of the buckets of every latency. */
    static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<RequestKind, Timer> requests = new ConcurrentHashMap<>();
    private final Map<Refusal, Counter> refusals = new ConcurrentHashMap<>();
    private final Map<WorkKind, Timer> work = new ConcurrentHashMap<>();

    /** Requests that are counted together. */
    private record RequestKind(String method, String template, int statusClass) {}

    private record WorkKind(String name, boolean failed) {}

    /** Measures the JVM, and so far nothing else. */
    public Metrics() {
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** The same store, each of whose calls is measured, its transactions as a whole. */
    public MetadataStore of(MetadataStore store) {
        return MeteredPort.of(MetadataStore.class, "metadata", store, this);
    }

    /** The same store, each of whose calls is measured. */
    public BlockStore of(BlockStore store) {
        return MeteredPort.of(BlockStore.class, "blocks", store, this);
    }

    /** The same files, each of whose calls is measured. */
    public SnapshotFiles of(SnapshotFiles files) {
        return MeteredPort.of(SnapshotFiles.class, "snapshots", files, this);
    }

    /** The same bus, each of whose calls is measured. */
    public EventBus of(EventBus bus) {
        return MeteredPort.of(EventBus.class, "events", bus, this);
    }

    /** How long calls of one method of a port take. */
    Timer port(String port, String call, boolean failed) {
        return Timer.builder("syncline.port.seconds")
                .description("Calls of the stores and the bus")
                .tags("port", port, "call", call, "outcome", failed ? "failed" : "ok")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** Shows a number that is asked for with each scrape. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /** Shows a number that only rises, which is asked for with each scrape. */
    public void counter(
            String name, String description, String tag, String value, Supplier<Long> count) {
        FunctionCounter.builder(name, count, Supplier::get)
                .description(description)
                .tag(tag, value)
                .register(registry);
    }

    /** Shows whether this node holds a lease, whenever it is asked. */
    public void lease(String name, Supplier<Boolean> held) {
        Gauge.builder("syncline.lease.held", () -> held.get() ? 1 : 0)
                .description("Whether this node does this kind of background work now")
                .tag("lease", name)
                .register(registry);
    }

    @Override
    public void answered(Seen request) {
        requests.computeIfAbsent(
                        new RequestKind(
                                request.method(), request.template(), request.status() / 100),
                        kind ->
                                Timer.builder("syncline.request.seconds")
                                        .description("Requests until their answer was made")
                                        .tags(
                                                "method",
                                                kind.method(),
                                                "template",
                                                kind.template(),
                                                "status",
                                                kind.statusClass() + "xx")
                                        .serviceLevelObjectives(BUCKETS)
                                        .register(registry))
                .record(Duration.ofNanos(request.nanos()));
    }

    @Override
    public void refused(Refusal reason) {
        refusals.computeIfAbsent(
                        reason,
                        why ->
                                Counter.builder("syncline.requests.refused")
                                        .description("Requests that were given up")
                                        .tag("reason", why.name().toLowerCase(Locale.ROOT))
                                        .register(registry))
                .increment();
    }

    @Override
    public void worked(String name, long nanos, boolean failed) {
        work.computeIfAbsent(
                        new WorkKind(name, failed),
                        kind ->
                                Timer.builder("syncline.work.seconds")
                                        .description("Rounds of background work under a lease")
                                        .tags(
                                                "work",
                                                kind.name(),
                                                "outcome",
                                                kind.failed() ? "failed" : "ok")
                                        .register(registry))
                .record(Duration.ofNanos(nanos));
    }

    /** All values now, in the text format of Prometheus (version 0.0.4). */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
