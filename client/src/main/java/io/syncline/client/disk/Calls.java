package io.syncline.client.disk;

import java.util.Optional;

/**
 * The bare operations of one operating system, from which {@link Disks#over} makes the careful
 * ones. As {@link Disk}: thread-safe, no link is followed, names cross as UTF-8. An empty result is
 * success.
 */
public interface Calls extends AutoCloseable {
    /** {@link RootState#FINE} if the root's path leads to the directory that was opened. */
    RootState sameRoot();

    /** The attributes of one entry. */
    Look<Stat> stat(LocalPath path);

    /** The entries of a directory with their attributes. */
    Look<Listing> list(LocalPath directory);

    /** Opens a regular file for reading. */
    Look<ReadHandle> open(LocalPath file);

    /** The bytes of a symbolic link's target. */
    Look<byte[]> readLink(LocalPath link);

    /** Makes a new file. */
    Look<WriteHandle> create(LocalPath file);

    /** Opens an existing file for writing. */
    Look<WriteHandle> openForWriting(LocalPath file);

    /** Renames to a free name; {@link Outcome.Exists} where it is taken, at whatever moment. */
    Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to);

    /** Renames, replacing atomically what is there. */
    Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to);

    /** Exchanges two names atomically; {@link Outcome.Unsupported} where the system can't. */
    Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b);

    /** Gives a file a second name; {@link Outcome.Exists} where that is taken. */
    Optional<Outcome.Refused> link(LocalPath existing, LocalPath another);

    /** Removes the name of a file or link. */
    Optional<Outcome.Refused> unlink(LocalPath file);

    /** Removes an empty directory. */
    Optional<Outcome.Refused> removeDirectory(LocalPath directory);

    /** Makes a directory; below {@code .syncline} one that is private. */
    Optional<Outcome.Refused> makeDirectory(LocalPath directory);

    /** Makes a symbolic link; {@link Outcome.Exists} where the name is taken. */
    Optional<Outcome.Refused> symlink(LocalPath link, byte[] target);

    /** Sets or clears the executable bits of a regular file. */
    Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable);

    /** Sets the modification time, in nanoseconds since 1970. */
    Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos);

    /** Makes one file or directory durable; links need their directory only. */
    Optional<Outcome.Refused> force(LocalPath path);

    /** Makes the root's whole file system durable; unsupported where the system can't. */
    Optional<Outcome.Refused> forceEverything();

    /** Frees what it holds. */
    @Override
    void close();
}
