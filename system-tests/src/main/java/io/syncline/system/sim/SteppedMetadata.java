package io.syncline.system.sim;

import io.syncline.storage.metadata.MetadataStore;

/**
 * A store whose callers may be overtaken, or killed, before and after each transaction.
 *
 * @param seen looks at what each transaction wrote, before anybody goes on
 */
record SteppedMetadata(MetadataStore store, Kernel kernel, Observer seen) implements MetadataStore {
    /** Looks at what was written. */
    interface Observer {
        /** A transaction is over. */
        void wrote(MetadataStore store);

        /** A transaction of the background is over. */
        void wroteBehind(MetadataStore store);
    }

    @Override
    public <T> T read(Read<T> work) {
        kernel.letOthers();
        return store.read(work);
    }

    @Override
    public <T> T write(Write<T> work) {
        kernel.letOthers();
        T result = store.write(work);
        seen.wrote(store);
        kernel.letOthers();
        return result;
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        kernel.letOthers();
        T result = store.writeBehind(work);
        seen.wroteBehind(store);
        kernel.letOthers();
        return result;
    }

    /** What it holds outlives the process. */
    @Override
    public void close() {}
}
