package io.syncline.client.daemon;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.ArrayList;
import java.util.List;

/** What syncing deleted or replaced in a folder, as people look at it and bring it back. */
public final class Trash {
    private static final int RENAMES_MAX = 1_000;

    private final Disk disk;

    /** The trash of the folder on that disk. */
    public Trash(Disk disk) {
        this.disk = disk;
    }

    /**
     * Something in the trash.
     *
     * @param path below the trash: the day, then the path that it had in the folder
     */
    public record Entry(LocalPath path, Stat stat) {}

    /** The files and links in the trash, newest day first, at most {@code limit}. */
    public List<Entry> list(int limit) {
        List<Entry> found = new ArrayList<>();
        collect(LocalPath.ROOT, limit, found);
        return found;
    }

    private void collect(LocalPath below, int limit, List<Entry> found) {
        List<Listing.Entry> entries =
                new ArrayList<>(
                        disk.list(inTrash(below)).found().map(Listing::entries).orElse(List.of()));
        entries.sort((x, y) ->
                below.isRoot() ? y.name().compareTo(x.name()) : x.name().compareTo(y.name()));
        for (Listing.Entry entry : entries) {
            if (found.size() >= limit) {
                return;
            }
            LocalPath path = below.child(entry.name());
            if (entry.stat().isDirectory()) {
                collect(path, limit, found);
            } else {
                found.add(new Entry(path, entry.stat()));
            }
        }
    }

    /**
     * Moves something back to where it was, under another name if that one is taken, and says where
     * it now is.
     *
     * @param path as in {@link Entry}
     */
    public LocalPath restore(LocalPath path) {
        if (path.names().size() < 2) {
            throw SynclineException.invalid("not the path of something in the trash: " + path);
        }
        LocalPath from = inTrash(path);
        Stat stat =
                disk.stat(from)
                        .found()
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.NOT_FOUND,
                                        "nothing in the trash at "
                                                + path
                                                + "; 'syncline trash' lists what is there"));
        LocalPath wanted = new LocalPath(path.names().subList(1, path.names().size()));
        makeDirectories(wanted.parent());
        for (int i = 0; i < RENAMES_MAX; i++) {
            LocalPath target = i == 0 ? wanted : wanted.parent().child(renamed(wanted.name(), i));
            switch (disk.move(from, target, stat)) {
                case Outcome.Done _, Outcome.Displaced _ -> {
                    disk.forceDirectory(target.parent());
                    return target;
                }
                case Outcome.Exists _ -> {}
                case Outcome.Refused why -> throw new DiskException(from, why);
            }
        }
        throw new SynclineException(ErrorCode.LIMITED, "too many files named like " + wanted);
    }

    private void makeDirectories(LocalPath directory) {
        if (directory.isRoot() || disk.stat(directory).found().isPresent()) {
            return;
        }
        makeDirectories(directory.parent());
        if (disk.makeDirectory(directory) instanceof Outcome.Refused why
                && !(why instanceof Outcome.Exists)) {
            throw new DiskException(directory, why);
        }
    }

    private static String renamed(String name, int number) {
        int dot = name.lastIndexOf('.');
        String mark = number == 1 ? " (restored)" : " (restored " + number + ")";
        return dot <= 0 ? name + mark : name.substring(0, dot) + mark + name.substring(dot);
    }

    private static LocalPath inTrash(LocalPath below) {
        List<String> names = new ArrayList<>(LocalPath.TRASH.names());
        names.addAll(below.names());
        return new LocalPath(names);
    }
}
