package io.syncline.system.sim;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.util.function.Consumer;

/** Hands the hints of a server to the network, which does with them what networks do. */
record SimulatedBus(Consumer<HeadHint> network) implements EventBus {
    @Override
    public void publish(HeadHint hint) {
        network.accept(hint);
    }

    /** Nobody looks at progress here. */
    @Override
    public void publish(TransferHint hint) {}

    @Override
    public Subscription subscribeTransfers(ProjectId project, Consumer<TransferHint> subscriber) {
        return () -> {};
    }

    @Override
    public Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
        return () -> {};
    }

    @Override
    public void close() {}
}
