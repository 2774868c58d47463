package io.syncline.system.sim;

import io.syncline.storage.metadata.MetadataStore;

/** A store whose callers may be overtaken, or killed, before and after each transaction. */
record SteppedMetadata(MetadataStore store, Kernel kernel) implements MetadataStore {
    @Override
    public <T> T read(Read<T> work) {
        kernel.letOthers();
        return store.read(work);
    }

    @Override
    public <T> T write(Write<T> work) {
        kernel.letOthers();
        T result = store.write(work);
        kernel.letOthers();
        return result;
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        kernel.letOthers();
        T result = store.writeBehind(work);
        kernel.letOthers();
        return result;
    }

    /** What it holds outlives the process. */
    @Override
    public void close() {}
}
