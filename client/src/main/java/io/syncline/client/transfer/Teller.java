package io.syncline.client.transfer;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hands results to the caller, one at a time, by whichever thread comes by. Thread-safe. */
final class Teller<T> {
    private final Supplier<@Nullable T> source;
    private final Consumer<T> target;

    Teller(Supplier<@Nullable T> source, Consumer<T> target) {
        this.source = source;
        this.target = target;
    }

    /** Tells all results that there are. */
    synchronized void tell() {
        for (T result = source.get(); result != null; result = source.get()) {
            target.accept(result);
        }
    }
}
