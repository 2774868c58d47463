package io.syncline.client.disk;

/**
 * What stays the same when a file is renamed or written to. Inodes are reused at once after a
 * delete, so that two equal identities without a birth time prove nothing (R21).
 *
 * @param device the file system: 0 for that of the root (so that a disk which the system numbers
 *     anew after a restart is still the same), else the system's number
 * @param inode the file's number on it; where the system has none, a number made from its key
 * @param birthNanos when the file was created, in nanoseconds since 1970, or {@link #NO_BIRTH}
 */
public record FileIdentity(long device, long inode, long birthNanos) {
    /** The file system doesn't say when a file was created. */
    public static final long NO_BIRTH = Long.MIN_VALUE;

    /** Whether the birth time is known, so that an equal identity means the same file. */
    public boolean isProof() {
        return birthNanos != NO_BIRTH;
    }
}
