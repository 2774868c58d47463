package io.syncline.system.sim;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;

/**
 * A store whose callers may be overtaken, or killed, before and after each transaction.
 *
 * @param seen looks at what each transaction wrote, at its end
 */
record SteppedMetadata(MetadataStore store, Kernel kernel, Observer seen) implements MetadataStore {
    /** Looks at what was written. */
    interface Observer {
        /** A transaction of the background is to come next, behind all that is urgent (R47). */
        void behind();

        /** A transaction has written this. */
        void wrote(ReadTransaction result);

        /** A transaction of the background has written this. */
        void wroteBehind(ReadTransaction result);
    }

    @Override
    public <T> T read(Read<T> work) {
        kernel.letOthers();
        return store.read(work);
    }

    @Override
    public <T> T write(Write<T> work) {
        kernel.letOthers();
        T result =
                store.write(write -> {
                    T made = work.run(write);
                    seen.wrote(write);
                    return made;
                });
        kernel.letOthers();
        return result;
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        seen.behind();
        kernel.letOthers();
        T result =
                store.writeBehind(write -> {
                    T made = work.run(write);
                    seen.wroteBehind(write);
                    return made;
                });
        kernel.letOthers();
        return result;
    }

    /** What it holds outlives the process. */
    @Override
    public void close() {}
}
