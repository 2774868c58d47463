package io.syncline.server.background;

/** Is told of work under a lease that ended. Must not block or fail. */
@FunctionalInterface
public interface WorkObserver {
    /** Nobody watches. */
    WorkObserver NONE = (_, _, _) -> {};

    /**
     * It ended.
     *
     * @param name of the lease
     * @param failed it threw, or lost its lease
     */
    void worked(String name, long nanos, boolean failed);
}
