package io.syncline.server.admin;

/** Told how far a task is. What it throws stops the task. */
@FunctionalInterface
public interface AdminProgress {
    /**
     * So much of one part is done.
     *
     * @param what the part, for people
     * @param total 0 where it isn't known
     * @param bytes whether these are bytes, else they are things
     */
    void at(String what, long done, long total, boolean bytes);
}
