package io.syncline.server.edge;

/** Is told of each request that was answered, or given up. Must not block or fail. */
@FunctionalInterface
public interface RequestObserver {
    /** Nobody watches. */
    RequestObserver NONE = (_, _, _, _) -> {};

    /** What stands for the template where no template matched. */
    String OTHER = "other";

    /**
     * An answer was made.
     *
     * @param method one of HTTP's well-known ones, or {@link #OTHER}
     * @param template of the address, or {@link #OTHER}
     * @param nanos from the arrival of the headers until the answer was ready to be sent; what is
     *     streamed takes longer
     */
    void answered(String method, String template, int status, long nanos);

    /** A request was given up; its answer, if there was one, is told as well. */
    default void refused(Refusal reason) {}
}
