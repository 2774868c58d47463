package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.util.Objects;
import java.util.Optional;

/**
 * What a node holds, apart from its place.
 *
 * @param executable whether a file may be executed by its owner; false for all other kinds
 * @param mtimeNanos modification time in nanoseconds since 1970-01-01T00:00Z, any int64 (R45); 0
 *     for directories
 * @param content present for files and symlinks, absent for directories; an unknown kind may have
 *     either
 */
public record Item(Kind kind, boolean executable, long mtimeNanos, Optional<Content> content) {
    /** The item of every directory. */
    public static final Item DIRECTORY = new Item(Kind.DIRECTORY, false, 0, Optional.empty());

    public Item {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(content);
        if (kind.isKnown() && content.isPresent() == kind.equals(Kind.DIRECTORY)) {
            throw SynclineException.invalid(
                    "files and symlinks have a content, directories have none");
        }
        if (executable && !kind.equals(Kind.FILE) && kind.isKnown()) {
            throw SynclineException.invalid("only a file can be executable");
        }
    }

    /** A regular file. */
    public static Item file(Content content, boolean executable, long mtimeNanos) {
        return new Item(Kind.FILE, executable, mtimeNanos, Optional.of(content));
    }

    /** A symbolic link whose target's bytes are {@code target}. */
    public static Item symlink(Content target, long mtimeNanos) {
        return new Item(Kind.SYMLINK, false, mtimeNanos, Optional.of(target));
    }

    /** Whether this is a directory. */
    public boolean isDirectory() {
        return kind.equals(Kind.DIRECTORY);
    }

    /** Size in bytes, 0 for directories. */
    public long sizeBytes() {
        return content.map(Content::sizeBytes).orElse(0L);
    }

    /**
     * Whether the two are the same to a user: equal kind, executable bit and content. The
     * modification time is not asked: it alone is never a change (R23).
     */
    public boolean sameAs(Item other) {
        return kind.equals(other.kind)
                && executable == other.executable
                && content.equals(other.content);
    }
}
