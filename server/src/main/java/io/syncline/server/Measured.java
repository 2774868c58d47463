package io.syncline.server;

import io.syncline.server.config.Listen;
import io.syncline.server.edge.Edge;
import io.syncline.server.metrics.Metrics;
import io.syncline.server.metrics.MetricsServer;

/** What is measured of this node, and where it is shown. */
record Measured(Metrics metrics, MetricsServer server) implements AutoCloseable {
    private static final String LIMITED = "syncline.requests.limited";
    private static final String LIMITED_IS = "Requests beyond their account's or device's rates";

    static Measured start(Listen listen) {
        Metrics metrics = new Metrics();
        try {
            return new Measured(
                    metrics, MetricsServer.start(listen.host(), listen.port(), metrics::scrape));
        } catch (RuntimeException e) {
            metrics.close();
            throw e;
        }
    }

    int port() {
        return server.port();
    }

    /** The same stores, each of whose calls is measured; closed by whoever closes these. */
    Stores of(Stores stores) {
        return new Stores(
                metrics.of(stores.metadata()),
                metrics.of(stores.blocks()),
                metrics.of(stores.snapshots()),
                metrics.of(stores.events()));
    }

    /** Shows also what runs now. */
    void watch(Services services, Edge edge) {
        metrics.gauge("syncline.requests.active", "Requests handled now", edge::requests);
        metrics.gauge("syncline.connections", "Open connections", edge::connections);
        metrics.gauge("syncline.sockets", "Open event sockets", services.events()::sockets);
        metrics.gauge(
                "syncline.transfers",
                "Transfers of devices connected here",
                services.events().transfers()::size);
        metrics.gauge(
                "syncline.ready",
                "Whether requests may come",
                () -> services.health().reasonNotReady().isEmpty() ? 1 : 0);
        metrics.counter(LIMITED, LIMITED_IS, "rate", "requests", services.rates()::refusedRequests);
        metrics.counter(LIMITED, LIMITED_IS, "rate", "bytes", services.rates()::refusedBytes);
        metrics.gauge(
                "syncline.rates.remembered",
                "Accounts and devices whose rates are remembered",
                services.rates()::remembered);
        metrics.gauge(
                "syncline.nodes",
                "Nodes that share the rates of accounts",
                services.jobs().nodes()::count);
        services.jobs().leases().all().forEach(lease -> metrics.lease(lease.name(), lease::isHeld));
    }

    @Override
    public void close() {
        server.close();
        metrics.close();
    }
}
