package io.syncline.client.disk;

import java.util.Optional;

/**
 * The bare operations of one operating system, from which {@link SafeDisk} makes the careful ones.
 * As {@link Disk}: thread-safe, no link is followed, names cross as UTF-8. An empty result is
 * success.
 */
interface Calls extends AutoCloseable {
    /** {@link RootState#FINE} if the root's path leads to the directory that was opened. */
    RootState sameRoot();

    Look<Stat> stat(LocalPath path);

    Look<Listing> list(LocalPath directory);

    Look<ReadHandle> open(LocalPath file);

    Look<byte[]> readLink(LocalPath link);

    /** Makes a new file. */
    Look<WriteHandle> create(LocalPath file);

    /** Opens an existing file for writing. */
    Look<WriteHandle> openForWriting(LocalPath file);

    Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to);

    /** Renames, replacing atomically what is there. */
    Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to);

    /** {@link Outcome.Unsupported} where the system can't. */
    Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b);

    Optional<Outcome.Refused> link(LocalPath existing, LocalPath another);

    Optional<Outcome.Refused> unlink(LocalPath file);

    Optional<Outcome.Refused> removeDirectory(LocalPath directory);

    Optional<Outcome.Refused> makeDirectory(LocalPath directory);

    Optional<Outcome.Refused> symlink(LocalPath link, byte[] target);

    Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable);

    Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos);

    /** Makes one file or directory durable; links need their directory only. */
    Optional<Outcome.Refused> force(LocalPath path);

    /** Makes the root's whole file system durable; unsupported where the system can't. */
    Optional<Outcome.Refused> forceEverything();

    @Override
    void close();
}
