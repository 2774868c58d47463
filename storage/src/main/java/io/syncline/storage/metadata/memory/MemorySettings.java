package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.Settings;
import java.nio.ByteBuffer;
import java.util.Optional;

final class MemorySettings implements Settings.Writable {
    private final MemoryTransaction transaction;

    MemorySettings(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<ByteBuffer> find(String name) {
        return transaction.tables().settings.get(name).map(ByteBuffer::duplicate);
    }

    @Override
    public void put(String name, ByteBuffer value) {
        Tables tables = transaction.tables();
        ByteBuffer copy = ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip();
        tables.settings = tables.settings.put(name, copy.asReadOnlyBuffer());
    }

    @Override
    public ByteBuffer putIfAbsent(String name, ByteBuffer value) {
        if (find(name).isEmpty()) {
            put(name, value);
        }
        return find(name).orElseThrow();
    }

    @Override
    public boolean delete(String name) {
        Tables tables = transaction.tables();
        boolean found = tables.settings.has(name);
        tables.settings = tables.settings.remove(name);
        return found;
    }
}
