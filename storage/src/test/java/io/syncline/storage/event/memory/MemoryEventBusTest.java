package io.syncline.storage.event.memory;

import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.EventBusContract;

final class MemoryEventBusTest extends EventBusContract {
    @Override
    protected EventBus open() {
        return new MemoryEventBus();
    }
}
