package io.syncline.client.disk;

import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.tree.ReplicaId;
import java.util.Collection;
import java.util.List;

/**
 * One synced folder on disk.
 *
 * <p>Guarantees, held by {@code DiskContract} for every adapter:
 *
 * <ul>
 *   <li>Thread-safe. Calls block; none waits for another.
 *   <li>Nothing follows a symbolic link, be it the last name of a path or one on the way: such a
 *       path is {@link Outcome.Unsupported}. Names cross to the system as UTF-8 bytes, or the
 *       adapter refuses to start (R11).
 *   <li>Expected outcomes are values. Preconditions ({@code expected}: the entry as the caller saw
 *       it) are checked when the operation runs, as near to it as the system allows (L4).
 *   <li>No operation destroys bytes outside {@code .syncline}: what is replaced or deleted is
 *       renamed into the trash (L2).
 *   <li>After a crash each operation has happened or not. A file in {@link LocalPath#TEMPORARIES}
 *       may then be a temporary or, after a crash inside {@link #replace}, the file that it
 *       displaced: judge it by its content, never just delete it (R6).
 *   <li>Nothing is durable until {@link #forceAll} was called on what was written and on the
 *       directories whose entries changed.
 * </ul>
 */
public interface Disk extends AutoCloseable {
    /** What this file system can hold and do. */
    DiskTraits traits();

    /** How names are told apart in that directory; probed at most once per directory. */
    NameTraits nameTraits(LocalPath directory);

    /**
     * How names can be spelt in this root, found by trying; {@link #nameTraits} may differ below.
     */
    FileSystemTraits spelling();

    /**
     * Whether this still is the folder of that replica: looks at the path and the marker anew.
     *
     * @throws DiskException UNAVAILABLE where the marker can't be read now, which says nothing of
     *     whose folder this is
     */
    RootState rootState(ReplicaId expected);

    /**
     * Makes this the folder of that replica: writes the marker durably. {@link Outcome.Exists} if
     * the folder belongs to another one.
     */
    Outcome mark(ReplicaId replica);

    /**
     * A path as a watcher tells it, spelt as {@link #list} does: composed where the file system
     * decomposes names.
     */
    LocalPath asListed(LocalPath told);

    /** The entries of a directory with their attributes. */
    Look<Listing> list(LocalPath directory);

    /** The attributes of one entry. */
    Look<Stat> stat(LocalPath path);

    /** Opens a regular file for reading; {@link Outcome.Unsupported} for anything else. */
    Look<ReadHandle> open(LocalPath file);

    /** The bytes of a symbolic link's target. */
    Look<byte[]> readLink(LocalPath link);

    /** Makes an empty temporary, readable as the umask allows. */
    Look<WriteHandle> createTemporary();

    /** Opens a temporary of an earlier run, to go on writing. */
    Look<WriteHandle> openTemporary(LocalPath temporary);

    /** A path among the temporaries that nothing has: for {@link #makeSymlink}. */
    LocalPath freshTemporaryPath();

    /** What is among the temporaries, left by an earlier run or in use. */
    List<Listing.Entry> temporaries();

    /**
     * Makes the bytes and attributes of files, and the entries of directories, durable; returns
     * when all are. For many at once this is one flush of the file system, far faster than one
     * each. {@link Outcome.Missing} if one of them is gone; the others are durable even so.
     */
    Outcome forceAll(Collection<LocalPath> filesAndDirectories);

    /**
     * Gives a temporary its name. Never replaces: {@link Outcome.Exists} if the name is taken, at
     * whatever moment.
     */
    Outcome placeNew(LocalPath temporary, LocalPath target);

    /**
     * Puts a temporary in the place of a file or symbolic link that still is what was expected. At
     * no moment is the name without a file. The replaced file goes to the trash ({@link
     * Outcome.Done#kept}); if it turns out to be another than expected it is kept too ({@link
     * Outcome.Displaced}).
     *
     * <p>Without {@link DiskTraits#exchange} the file gets a second name in the trash first; a file
     * that is put under the name in the microseconds between that look and the rename is lost.
     * Without hard links either, the file is moved to the trash before the new one takes its name:
     * nothing can be lost, but for a moment the name is free.
     */
    Outcome replace(LocalPath temporary, LocalPath target, Stat expected);

    /**
     * Renames a file, link or directory that still is what was expected, to a free name. Never
     * replaces. Renaming to another spelling of the same name (case) works.
     */
    Outcome move(LocalPath from, LocalPath to, Stat expected);

    /**
     * Exchanges two names, atomically where {@link DiskTraits#exchange} says so, else in three
     * renames through the temporaries. Both entries must be what was expected. {@link
     * Outcome.Done#now} is what now is at {@code a}.
     */
    Outcome exchange(LocalPath a, Stat expectedA, LocalPath b, Stat expectedB);

    /** Makes a directory; {@link Outcome.Exists} if the name is taken. */
    Outcome makeDirectory(LocalPath directory);

    /** Removes a directory that still is the expected one and is empty (L5). */
    Outcome removeDirectory(LocalPath directory, Stat expected);

    /**
     * Makes a symbolic link; {@link Outcome.Exists} if the name is taken. To replace one, make it
     * at {@link #freshTemporaryPath} and {@link #replace}.
     */
    Outcome makeSymlink(LocalPath link, byte[] target);

    /**
     * Deletes a file or symbolic link that still is what was expected, by moving it to {@code
     * .syncline/trash/<date>/} below the same directories, or a temporary of which nobody knows
     * what it is, into a directory {@code recovered temporaries} there. If it turns out to have
     * changed in the last microsecond it is put back ({@link Outcome.Changed}) or, if its name is
     * taken by then, kept ({@link Outcome.Displaced}, whose {@code now} then is what took the
     * name). On another file system than the trash's it is copied, forced, compared and looked at
     * once more before it is removed (R27).
     */
    Outcome trash(LocalPath path, Stat expected);

    /** Sets or clears the executable bits of a file that still is what was expected. */
    Outcome setExecutable(LocalPath file, Stat expected, boolean executable);

    /** Sets the modification time of an entry that still is what was expected. */
    Outcome setModificationTime(LocalPath path, Stat expected, long mtimeNanos);

    /** Really removes a temporary or something in the trash; nothing else can be removed so. */
    Outcome discard(LocalPath temporaryOrTrashed);

    /** Makes the entries of one directory durable. */
    default Outcome forceDirectory(LocalPath directory) {
        return forceAll(List.of(directory));
    }

    @Override
    void close();
}
