package io.syncline.client.disk.memory;

/** What a program asks of the file system, for {@link Hooks} and {@link Faults}. */
public enum Operation {
    STAT(false, false),
    LIST(false, false),
    OPEN(false, false),
    READ_LINK(false, false),
    CREATE(true, true),
    OPEN_FOR_WRITING(false, true),
    RENAME_NO_REPLACE(true, true),
    RENAME_OVER(true, true),
    EXCHANGE(false, true),
    LINK(true, true),
    UNLINK(false, true),
    REMOVE_DIRECTORY(false, true),
    MAKE_DIRECTORY(true, true),
    SYMLINK(true, true),
    SET_EXECUTABLE(false, true),
    SET_MODIFICATION_TIME(false, true),
    FORCE(false, true),
    FORCE_EVERYTHING(false, true),
    /** Through an open handle, as all that follow. */
    READ(false, false),
    WRITE(true, true),
    SET_SIZE(true, true),
    SET_ATTRIBUTES(false, true);

    private final boolean takesSpace;
    private final boolean changes;

    Operation(boolean takesSpace, boolean changes) {
        this.takesSpace = takesSpace;
        this.changes = changes;
    }

    /** Whether a full disk may refuse it. */
    public boolean takesSpace() {
        return takesSpace;
    }

    /** Whether it changes the disk or makes a change durable. */
    public boolean changes() {
        return changes;
    }
}
