package io.syncline.client.watch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.libc.Beneath;
import io.syncline.client.libc.Errno;
import io.syncline.client.libc.Libc;
import io.syncline.client.libc.RawNames;
import io.syncline.client.libc.Scratch;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches by Linux' inotify(7): one descriptor, one watch per directory, one thread that reads.
 *
 * <p>A directory is watched first and listed for subdirectories then, so that one made in between
 * is heard of or listed, and it is told as dirty after that, so that a file made in it before is
 * found. Watches stay with a directory when it is renamed; {@link Watched} follows its path.
 */
final class InotifyWatcher implements Watcher {
    private static final Libc LIBC = Libc.get();

    private static final int IN_MODIFY = 0x2;
    private static final int IN_ATTRIB = 0x4;
    private static final int IN_CLOSE_WRITE = 0x8;
    private static final int IN_MOVED_FROM = 0x40;
    private static final int IN_MOVED_TO = 0x80;
    private static final int IN_CREATE = 0x100;
    private static final int IN_DELETE = 0x200;
    private static final int IN_DELETE_SELF = 0x400;
    private static final int IN_MOVE_SELF = 0x800;
    private static final int IN_UNMOUNT = 0x2000;
    private static final int IN_Q_OVERFLOW = 0x4000;
    private static final int IN_IGNORED = 0x8000;
    private static final int IN_ONLYDIR = 0x01000000;
    private static final int IN_EXCL_UNLINK = 0x04000000;
    private static final int IN_ISDIR = 0x40000000;

    /** Links aren't followed by opening without following; the watch is set on what was opened. */
    private static final int MASK =
            IN_MODIFY
                    | IN_ATTRIB
                    | IN_CLOSE_WRITE
                    | IN_MOVED_FROM
                    | IN_MOVED_TO
                    | IN_CREATE
                    | IN_DELETE
                    | IN_ONLYDIR
                    | IN_EXCL_UNLINK;

    private static final int DT_DIR = 4;
    private static final int DT_UNKNOWN = 0;

    /** How long the other half of a rename is waited for; the kernel writes both at once. */
    private static final int PAIR_MILLIS = 5;

    /** After how many reads what was heard is handed over even if more keeps coming. */
    private static final int MAX_READS = 32;

    private record Place(Watched parent, String name) {}

    private final Heard heard = new Heard();
    private final int watchesMax;
    private final int inotify;
    private final int wakeUp;
    private final int rootFd;
    private final Beneath beneath;
    private final Thread reader;
    private volatile boolean closing;

    // The rest belongs to whoever opens, then to the reader.
    private final Map<Integer, Watched> watches = new HashMap<>();
    private final Set<LocalPath> dirty = new HashSet<>();

    /**
     * Directories that left their name and have not arrived elsewhere yet, by the rename's cookie.
     */
    private final Map<Integer, Watched> underway = new HashMap<>();

    /**
     * Directories whose name another took in this batch: the other half of an exchange, or gone.
     */
    private final Map<LocalPath, Watched> displaced = new HashMap<>();

    /** Names that directories got in this batch. */
    private final Set<Place> touched = new LinkedHashSet<>();

    /** Directories that had events while it wasn't known where they are. */
    private final Set<Watched> unplaced = new HashSet<>();

    private Watched root = new Watched(-1);
    private boolean limited;

    private InotifyWatcher(int inotify, int wakeUp, int rootFd, int watchesMax) {
        this.inotify = inotify;
        this.wakeUp = wakeUp;
        this.rootFd = rootFd;
        this.watchesMax = watchesMax;
        this.beneath = new Beneath(rootFd);
        this.reader = Thread.ofPlatform().daemon().name("syncline-watch").unstarted(this::read);
    }

    static InotifyWatcher open(Path rootPath, int watchesMax) {
        byte[] path = rootPath.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        try (Scratch s = Scratch.take()) {
            int rootFd =
                    LIBC.openat(s, Libc.AT_FDCWD, s.name(path), Libc.O_PATH | Libc.O_DIRECTORY, 0);
            if (rootFd < 0) {
                throw new SynclineException(
                        ErrorCode.NOT_FOUND,
                        "cannot watch '" + rootPath + "': " + Errno.describe(-rootFd));
            }
            int inotify = LIBC.inotify(s);
            int wakeUp = LIBC.eventfd(s);
            var watcher = new InotifyWatcher(inotify, wakeUp, rootFd, watchesMax);
            if (inotify < 0 || wakeUp < 0) {
                watcher.heard.limited(
                        0,
                        "no more watchers are allowed ("
                                + Errno.describe(inotify < 0 ? -inotify : -wakeUp)
                                + "): raise fs.inotify.max_user_instances (now "
                                + setting("max_user_instances")
                                + "), as by sysctl -w");
                return watcher;
            }
            watcher.watchAll(s);
            watcher.dirty.clear(); // All is to be scanned after opening anyway.
            watcher.reader.start();
            return watcher;
        }
    }

    @Override
    public WatchEvent next(Duration timeout) throws InterruptedException {
        return heard.next(timeout);
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        heard.close();
        try (Scratch s = Scratch.take()) {
            if (reader.isAlive()) {
                LIBC.signal(s, wakeUp);
                joinReader();
            }
            for (int fd : new int[] {inotify, wakeUp, rootFd}) {
                if (fd >= 0) {
                    LIBC.close(s, fd);
                }
            }
        }
    }

    /** The reader never waits for anything but its poll, so that this ends at once. */
    private void joinReader() {
        boolean interrupted = false;
        while (true) {
            try {
                reader.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // Setting watches.

    private void watchAll(Scratch s) {
        int watch = addWatch(s, rootFd, MASK | IN_DELETE_SELF | IN_MOVE_SELF);
        if (watch < 0) {
            return;
        }
        if (watch != root.watch) {
            root = new Watched(watch);
            watches.put(watch, root);
        }
        watchTree(s, root);
    }

    /** Sets watches on everything below a directory that is watched already. */
    private void watchTree(Scratch s, Watched top) {
        var waiting = new ArrayDeque<Watched>();
        waiting.add(top);
        while (!waiting.isEmpty()) {
            Watched directory = waiting.removeLast();
            LocalPath path = directory.path();
            for (String name : subdirectories(s, path)) {
                if (!(directory == root && name.equals(LocalPath.CONTROL_NAME))) {
                    Watched child = watch(s, directory, name);
                    if (child != null) {
                        waiting.add(child);
                    }
                }
            }
        }
    }

    /** Watches one subdirectory and hangs it where it is; null if it can't be watched. */
    private @Nullable Watched watch(Scratch s, Watched parent, String name) {
        LocalPath path = parent.path().child(name);
        int fd = beneath.open(s, path.names(), Libc.O_PATH);
        if (fd < 0) {
            return null; // Gone again, or not a directory any more: an event says so.
        }
        int watch;
        try {
            watch = addWatch(s, fd, MASK);
        } finally {
            LIBC.close(s, fd);
        }
        if (watch < 0) {
            return null;
        }
        // A directory that is watched already has the same watch: its name is what changed.
        Watched directory = watches.computeIfAbsent(watch, Watched::new);
        if (directory == root || parent.isBelow(directory)) {
            return null; // Where the parent is isn't known yet: an event to come says it.
        }
        if (parent.child(name) != directory) {
            Watched before = directory.moveTo(parent, name);
            if (before != null) {
                forget(s, before);
            }
            dirty.add(path);
        }
        return directory;
    }

    private int addWatch(Scratch s, int fd, int mask) {
        byte[] magic = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.UTF_8);
        int watch =
                watches.size() >= watchesMax
                        ? -Errno.ENOSPC
                        : LIBC.addWatch(s, inotify, s.name(magic), mask);
        if (watch == -Errno.ENOSPC && !limited) {
            limited = true;
            heard.limited(
                    watches.size(),
                    "only "
                            + watches.size()
                            + " directories can be watched: raise fs.inotify.max_user_watches (now "
                            + setting("max_user_watches")
                            + "), as by sysctl -w; until then the others are only scanned from"
                            + " time to time");
        }
        return watch;
    }

    private static String setting(String name) {
        // In one read: the system gives such a file's value only from its beginning.
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys/fs/inotify", name))) {
            return new String(in.readNBytes(64), StandardCharsets.US_ASCII).strip();
        } catch (IOException _) {
            return "unknown";
        }
    }

    private List<String> subdirectories(Scratch s, LocalPath path) {
        int fd = beneath.open(s, path.names(), Libc.O_RDONLY);
        if (fd < 0) {
            return List.of();
        }
        var names = new ArrayList<String>();
        try {
            for (int bytes = LIBC.getdents(s, fd); bytes > 0; bytes = LIBC.getdents(s, fd)) {
                for (int at = 0; at < bytes; ) {
                    int length = s.entries().get(JAVA_SHORT_UNALIGNED, at + 16L) & 0xffff;
                    int type = s.entries().get(JAVA_BYTE, at + 18L);
                    if (type == DT_DIR || type == DT_UNKNOWN) {
                        byte[] name = RawNames.name(s.entries(), at + 19L, length - 19);
                        String decoded = RawNames.decode(name);
                        if (!RawNames.isDots(name) && !decoded.isEmpty()) {
                            names.add(decoded);
                        }
                    }
                    at += length;
                }
            }
        } finally {
            LIBC.close(s, fd);
        }
        return names;
    }

    // Reading events.

    private void read() {
        try (Scratch s = Scratch.take()) {
            int reads = 0;
            while (!closing) {
                int timeout = reads == 0 ? -1 : underway.isEmpty() ? 0 : PAIR_MILLIS;
                int ready = LIBC.poll(s, inotify, wakeUp, timeout);
                if ((ready & 1) != 0 && ready > 0) {
                    int bytes = LIBC.read(s, inotify);
                    if (bytes > 0) {
                        // Handling lists directories into the same buffer.
                        byte[] events = s.entries().asSlice(0, bytes).toArray(JAVA_BYTE);
                        handle(s, events);
                    }
                    reads++;
                }
                boolean more = ready > 0 && reads < MAX_READS;
                if (reads > 0 && !more) {
                    handOver(s);
                    reads = 0;
                }
            }
        }
    }

    private void handle(Scratch s, byte[] bytes) {
        MemorySegment events = MemorySegment.ofArray(bytes);
        for (int at = 0; at + 16 <= bytes.length; ) {
            int watch = events.get(JAVA_INT.withByteAlignment(1), at);
            int mask = events.get(JAVA_INT.withByteAlignment(1), at + 4L);
            int cookie = events.get(JAVA_INT.withByteAlignment(1), at + 8L);
            int length = events.get(JAVA_INT.withByteAlignment(1), at + 12L);
            String name = RawNames.decode(RawNames.name(events, at + 16L, length));
            at += 16 + length;
            if ((mask & IN_Q_OVERFLOW) != 0) {
                overflowed(s);
            } else {
                handle(watch, mask, cookie, name);
            }
        }
    }

    private void handle(int watch, int mask, int cookie, String name) {
        Watched directory = watches.get(watch);
        if (directory == null) {
            return;
        }
        if ((mask & IN_IGNORED) != 0) {
            watches.remove(watch);
            directory.detach();
            return;
        }
        if (directory == root && name.equals(LocalPath.CONTROL_NAME)) {
            return;
        }
        if (!directory.isBelow(root)) {
            unplaced.add(directory);
            return;
        }
        LocalPath path = directory.path();
        dirty.add(path);
        boolean ofItself = (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0;
        if ((mask & IN_ISDIR) == 0 || ofItself || name.isEmpty()) {
            return;
        }
        if ((mask & IN_CREATE) != 0) {
            touched.add(new Place(directory, name));
        } else if ((mask & IN_MOVED_FROM) != 0) {
            left(path.child(name), directory.child(name), cookie);
        } else if ((mask & IN_MOVED_TO) != 0) {
            touched.add(new Place(directory, name));
            arrived(directory, path.child(name), cookie);
        }
    }

    private void left(LocalPath path, @Nullable Watched child, int cookie) {
        Watched leaving = displaced.remove(path);
        if (leaving == null) {
            leaving = child;
        }
        if (leaving != null) {
            leaving.detach();
            underway.put(cookie, leaving);
        }
    }

    private void arrived(Watched parent, LocalPath path, int cookie) {
        Watched moved = underway.remove(cookie);
        if (moved != null && !parent.isBelow(moved)) {
            Watched before = moved.moveTo(parent, path.name());
            if (before != null) {
                displaced.put(path, before);
            }
            dirty.add(path);
        }
    }

    /**
     * The end of a batch: what left and didn't arrive is outside the folder now, and every name
     * that a directory got is looked up, since events tell of a past in which the name may have
     * meant another one. Whoever is renamed after that is told of by a later event.
     */
    private void handOver(Scratch s) {
        List.copyOf(underway.values()).forEach(gone -> forget(s, gone));
        underway.clear();
        List.copyOf(displaced.values()).forEach(gone -> forget(s, gone));
        displaced.clear();
        for (Place place : touched) {
            if (place.parent.isBelow(root) && watches.containsKey(place.parent.watch)) {
                Watched child = watch(s, place.parent, place.name);
                if (child != null) {
                    watchTree(s, child);
                    dirtyBelow(child);
                }
            }
        }
        touched.clear();
        for (Watched directory : unplaced) {
            if (directory.isBelow(root)) {
                dirty.add(directory.path());
            }
        }
        unplaced.clear();
        heard.add(dirty);
        dirty.clear();
    }

    /**
     * What changed in there while it had another name was told of by that name, and where it has
     * its old one again nobody would look.
     */
    private void dirtyBelow(Watched top) {
        var waiting = new ArrayDeque<Watched>();
        waiting.add(top);
        while (!waiting.isEmpty() && dirty.size() <= MAX_DIRTY) {
            Watched directory = waiting.removeLast();
            dirty.add(directory.path());
            directory.children().forEach(waiting::add);
        }
    }

    private void forget(Scratch s, Watched top) {
        var waiting = new ArrayDeque<Watched>();
        waiting.add(top);
        while (!waiting.isEmpty()) {
            Watched directory = waiting.removeLast();
            directory.children().forEach(waiting::add);
            // Unknown from now on; the IN_IGNORED that follows finds nothing.
            if (watches.remove(directory.watch, directory)) {
                LIBC.removeWatch(s, inotify, directory.watch);
            }
        }
        top.detach();
    }

    /** Events were lost, perhaps of new directories: all are looked for again. */
    private void overflowed(Scratch s) {
        underway.clear();
        displaced.clear();
        touched.clear();
        unplaced.clear();
        watchAll(s);
        dirty.clear();
        heard.overflow("the system's queue of file events ran over");
    }
}
