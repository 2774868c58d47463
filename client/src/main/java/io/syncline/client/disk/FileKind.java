package io.syncline.client.disk;

/** What an entry on disk is. */
public enum FileKind {
    FILE(1),
    DIRECTORY(2),
    SYMLINK(3),
    /** A socket, pipe, device or anything else that is never synced. */
    OTHER(4);

    private final int code;

    FileKind(int code) {
        this.code = code;
    }

    /** A number that never changes, for what is stored; 1..3 as in {@code core.tree.Kind}. */
    public int code() {
        return code;
    }
}
