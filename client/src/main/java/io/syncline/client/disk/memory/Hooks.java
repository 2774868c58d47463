package io.syncline.client.disk.memory;

import io.syncline.client.disk.LocalPath;

/** Lets a simulation in between a program's operations. */
@FunctionalInterface
public interface Hooks {
    /** Nothing in between. */
    Hooks NONE = (_, _) -> {};

    /**
     * Called before each operation, which then happens at once and as a whole: the place to run
     * others first. Whatever it throws reaches the program, and the operation doesn't happen.
     */
    void before(Operation operation, LocalPath path);

    /** The same before an operation on two names, of which {@code other} is the second. */
    default void before(Operation operation, LocalPath path, LocalPath other) {
        before(operation, path);
    }
}
