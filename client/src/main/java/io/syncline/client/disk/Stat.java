package io.syncline.client.disk;

import java.util.Objects;

/**
 * What the file system says of one entry, never following a link.
 *
 * @param sizeBytes bytes of a file or of a link's target; of no meaning for directories
 * @param mtimeNanos last modification, nanoseconds since 1970; clamped to int64 (R45)
 * @param ctimeNanos last change of the entry's attributes, which no program can set, so that it
 *     gives away an edit that put size and mtime back; equal to mtime where the system has none
 * @param executable whether the owner may execute it; false for all but files
 * @param linkCount how many names a file has; 1 where unknown
 */
public record Stat(
        FileKind kind,
        FileIdentity identity,
        long sizeBytes,
        long mtimeNanos,
        long ctimeNanos,
        boolean executable,
        int linkCount) {
    public Stat {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(identity);
    }

    /** The same with this executable bit. */
    public Stat executable(boolean bit) {
        return new Stat(kind, identity, sizeBytes, mtimeNanos, ctimeNanos, bit, linkCount);
    }

    /** Whether this is a directory. */
    public boolean isDirectory() {
        return kind == FileKind.DIRECTORY;
    }

    /**
     * Whether nothing about the entry changed: for files and links kind, identity, size, times and
     * the executable bit; for directories only kind and identity, since their times follow their
     * children. The link count isn't asked.
     */
    public boolean unchangedSince(Stat before) {
        return unchangedButForRenaming(before)
                && (isDirectory() || ctimeNanos == before.ctimeNanos);
    }

    /** As {@link #unchangedSince}, without ctime: renaming and linking change that. */
    public boolean unchangedButForRenaming(Stat before) {
        if (kind != before.kind || !identity.equals(before.identity)) {
            return false;
        }
        return isDirectory()
                || (sizeBytes == before.sizeBytes
                        && mtimeNanos == before.mtimeNanos
                        && executable == before.executable);
    }
}
