package io.syncline.client.disk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.libc.Beneath;
import io.syncline.client.libc.Errno;
import io.syncline.client.libc.Libc;
import io.syncline.client.libc.RawNames;
import io.syncline.client.libc.Scratch;
import io.syncline.client.libc.Statx;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Linux by system calls. The root is held open; every operation opens the parent directory {@link
 * Beneath} it and acts on one name in it, so that no rename or link planted in between can lead it
 * elsewhere.
 *
 * <p>File contents go through a {@link FileChannel} opened on {@code /proc/self/fd/N}: the same
 * file, whatever its name is by then, with the JDK's care for virtual threads.
 */
final class LinuxCalls implements Calls {
    private static final Libc LIBC = Libc.get();

    /**
     * File systems whose word on holes is believed. Others have told of holes where data was not
     * written back yet, and such a file would be taken for zeros.
     */
    private static final Set<Long> TELL_HOLES =
            Set.of(Libc.EXT_MAGIC, Libc.XFS_MAGIC, Libc.BTRFS_MAGIC, Libc.TMPFS_MAGIC);

    private final Path rootPath;
    private final int root;
    private final long rootDevice;
    private final long rootInode;
    private final Beneath beneath;

    private LinuxCalls(Path rootPath, int root, long rootDevice, long rootInode) {
        this.rootPath = rootPath;
        this.root = root;
        this.rootDevice = rootDevice;
        this.rootInode = rootInode;
        this.beneath = new Beneath(root);
    }

    /** Opens a root; its own path may lead through links. */
    static LinuxCalls open(Path rootPath) {
        byte[] path = rootPath.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        try (Scratch s = Scratch.take()) {
            int fd =
                    LIBC.openat(
                            s, Libc.AT_FDCWD, s.name(path), Libc.O_RDONLY | Libc.O_DIRECTORY, 0);
            int failed = fd < 0 ? fd : LIBC.statx(s, fd, s.name(empty()), Libc.AT_EMPTY_PATH);
            if (failed < 0) {
                if (fd >= 0) {
                    LIBC.close(s, fd);
                }
                throw new SynclineException(
                        failed == -Errno.ENOENT ? ErrorCode.NOT_FOUND : ErrorCode.INVALID,
                        "cannot open the folder '" + rootPath + "': " + Errno.describe(-failed));
            }
            return new LinuxCalls(rootPath, fd, s.statx().device(), s.statx().inode());
        }
    }

    @Override
    public void close() {
        try (Scratch s = Scratch.take()) {
            LIBC.close(s, root);
        }
    }

    @Override
    public RootState sameRoot() {
        byte[] path = rootPath.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        try (Scratch s = Scratch.take()) {
            if (LIBC.statx(s, Libc.AT_FDCWD, s.name(path), 0) < 0) {
                return RootState.GONE;
            }
            return s.statx().device() == rootDevice && s.statx().inode() == rootInode
                    ? RootState.FINE
                    : RootState.SWAPPED;
        }
    }

    @Override
    public Look<Stat> stat(LocalPath path) {
        try (Scratch s = Scratch.take()) {
            if (path.isRoot()) {
                return look(statOf(s, root), s);
            }
            int parent = openParent(s, path);
            if (parent < 0) {
                return not(parent);
            }
            try {
                return look(LIBC.statx(s, parent, nameOf(s, path), Libc.AT_SYMLINK_NOFOLLOW), s);
            } finally {
                release(s, parent);
            }
        }
    }

    private Look<Stat> look(int result, Scratch s) {
        return result < 0 ? not(result) : new Look.Found<>(toStat(s.statx()));
    }

    @Override
    public Look<Listing> list(LocalPath directory) {
        try (Scratch s = Scratch.take()) {
            int fd = openDirectory(s, directory, Libc.O_RDONLY);
            if (fd < 0) {
                return not(fd);
            }
            try {
                return list(s, fd, directory.isRoot());
            } finally {
                LIBC.close(s, fd);
            }
        }
    }

    private Look<Listing> list(Scratch s, int fd, boolean isRoot) {
        int failed = statOf(s, fd);
        if (failed < 0) {
            return not(failed);
        }
        Stat itself = toStat(s.statx());
        var entries = new ArrayList<Listing.Entry>();
        var faults = new ArrayList<String>();
        int faultCount = 0;
        while (true) {
            int bytes = LIBC.getdents(s, fd);
            if (bytes < 0) {
                return not(bytes);
            }
            if (bytes == 0) {
                return new Look.Found<>(new Listing(itself, entries, faultCount == 0, faults));
            }
            for (int at = 0; at < bytes; ) {
                int length = s.entries().get(JAVA_SHORT_UNALIGNED, at + 16L) & 0xffff;
                String fault = addEntry(s, fd, at + 19L, length - 19, isRoot, entries);
                at += length;
                if (!fault.isEmpty() && ++faultCount <= Listing.MAX_FAULTS) {
                    faults.add(fault);
                }
            }
        }
    }

    /** Adds one entry; returns what is wrong with it, or nothing. */
    private String addEntry(
            Scratch s,
            int fd,
            long at,
            int lengthMax,
            boolean isRoot,
            List<Listing.Entry> entries) {
        byte[] bytes = RawNames.name(s.entries(), at, lengthMax);
        if (RawNames.isDots(bytes)) {
            return "";
        }
        String decoded = RawNames.decode(bytes);
        if (decoded.isEmpty()) {
            return "a name that isn't UTF-8: " + new String(bytes, StandardCharsets.UTF_8);
        }
        if (isRoot && decoded.equals(LocalPath.CONTROL_NAME)) {
            return "";
        }
        int failed = LIBC.statx(s, fd, s.entries().asSlice(at), Libc.AT_SYMLINK_NOFOLLOW);
        if (failed == -Errno.ENOENT) {
            return ""; // Deleted since it was listed.
        }
        if (failed < 0) {
            return decoded + ": " + Errno.describe(-failed);
        }
        entries.add(new Listing.Entry(decoded, toStat(s.statx())));
        return "";
    }

    @Override
    public Look<ReadHandle> open(LocalPath file) {
        return openFile(file, Libc.O_PATH, 0, StandardOpenOption.READ);
    }

    @Override
    public Look<WriteHandle> create(LocalPath file) {
        return openFile(
                file,
                Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL,
                0666,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public Look<WriteHandle> openForWriting(LocalPath file) {
        return openFile(
                file,
                Libc.O_RDWR | Libc.O_NONBLOCK,
                0,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @SuppressWarnings("unchecked") // Handle is both kinds of handle.
    private <T> Look<T> openFile(
            LocalPath file, int flags, int mode, StandardOpenOption... options) {
        if (file.isRoot()) {
            return not(-Errno.EISDIR);
        }
        try (Scratch s = Scratch.take()) {
            int parent = openParent(s, file);
            if (parent < 0) {
                return not(parent);
            }
            int fd;
            try {
                fd = LIBC.openat(s, parent, nameOf(s, file), flags | Libc.O_NOFOLLOW, mode);
            } finally {
                release(s, parent);
            }
            if (fd < 0) {
                return not(fd);
            }
            boolean opened = false;
            try {
                int failed = statOf(s, fd);
                if (failed < 0) {
                    return not(failed);
                }
                if ((s.statx().mode() & Statx.TYPE) != Statx.TYPE_FILE) {
                    return new Look.Not<>(new Outcome.Unsupported("it isn't a regular file"));
                }
                FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + fd), options);
                opened = true;
                return new Look.Found<>((T) new Handle(file, fd, channel));
            } catch (IOException e) {
                return new Look.Not<>(Refusals.of(e));
            } finally {
                if (!opened) {
                    LIBC.close(s, fd);
                }
            }
        }
    }

    @Override
    public Look<byte[]> readLink(LocalPath link) {
        if (link.isRoot()) {
            return not(-Errno.EINVAL);
        }
        try (Scratch s = Scratch.take()) {
            int parent = openParent(s, link);
            if (parent < 0) {
                return not(parent);
            }
            try {
                int length = LIBC.readlink(s, parent, nameOf(s, link));
                return length < 0
                        ? not(length)
                        : new Look.Found<>(s.entries().asSlice(0, length).toArray(JAVA_BYTE));
            } finally {
                release(s, parent);
            }
        }
    }

    @Override
    public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
        Optional<Outcome.Refused> refused = rename(from, to, Libc.RENAME_NOREPLACE);
        boolean unknownFlag = refused.isPresent() && refused.get().equals(INVALID);
        return unknownFlag ? renameByLink(from, to) : refused;
    }

    private static final Outcome.Refused INVALID = Refusals.of(Errno.EINVAL);

    /** For file systems without RENAME_NOREPLACE: link never replaces either. */
    private Optional<Outcome.Refused> renameByLink(LocalPath from, LocalPath to) {
        Optional<Outcome.Refused> linked = link(from, to);
        if (linked.isEmpty()) {
            return unlink(from);
        }
        if (linked.get() instanceof Outcome.Exists || stat(to).found().isPresent()) {
            return Optional.of(new Outcome.Exists());
        }
        // Directories, and file systems without links either: looking first is all that is left.
        return rename(from, to, 0);
    }

    @Override
    public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
        return rename(from, to, 0);
    }

    @Override
    public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
        return rename(a, b, Libc.RENAME_EXCHANGE);
    }

    private Optional<Outcome.Refused> rename(LocalPath from, LocalPath to, int flags) {
        return inTwo(
                from,
                to,
                (s, fromParent, toParent) ->
                        LIBC.rename(
                                s,
                                fromParent,
                                nameOf(s, from),
                                toParent,
                                s.otherName(bytes(to.name())),
                                flags));
    }

    @Override
    public Optional<Outcome.Refused> link(LocalPath existing, LocalPath another) {
        return inTwo(
                existing,
                another,
                (s, fromParent, toParent) ->
                        LIBC.link(
                                s,
                                fromParent,
                                nameOf(s, existing),
                                toParent,
                                s.otherName(bytes(another.name()))));
    }

    @Override
    public Optional<Outcome.Refused> unlink(LocalPath file) {
        return inParent(file, (s, parent) -> LIBC.unlink(s, parent, nameOf(s, file), 0));
    }

    @Override
    public Optional<Outcome.Refused> removeDirectory(LocalPath directory) {
        return inParent(
                directory,
                (s, parent) -> LIBC.unlink(s, parent, nameOf(s, directory), Libc.AT_REMOVEDIR));
    }

    @Override
    public Optional<Outcome.Refused> makeDirectory(LocalPath directory) {
        int mode = directory.isControl() ? 0700 : 0777;
        return inParent(
                directory, (s, parent) -> LIBC.mkdir(s, parent, nameOf(s, directory), mode));
    }

    @Override
    public Optional<Outcome.Refused> symlink(LocalPath link, byte[] target) {
        if (target.length > Scratch.MAX_PATH_BYTES) {
            return Optional.of(Refusals.of(Errno.ENAMETOOLONG));
        }
        return inParent(
                link, (s, parent) -> LIBC.symlink(s, s.otherName(target), parent, nameOf(s, link)));
    }

    @Override
    public Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable) {
        return inParent(
                file,
                (s, parent) -> {
                    int fd =
                            LIBC.openat(
                                    s, parent, nameOf(s, file), Libc.O_PATH | Libc.O_NOFOLLOW, 0);
                    if (fd < 0) {
                        return fd;
                    }
                    try {
                        return chmod(s, fd, executable);
                    } finally {
                        LIBC.close(s, fd);
                    }
                });
    }

    private static int chmod(Scratch s, int fd, boolean executable) {
        int failed = statOf(s, fd);
        if (failed < 0) {
            return failed;
        }
        int mode = s.statx().mode();
        if ((mode & Statx.TYPE) != Statx.TYPE_FILE) {
            return -Errno.EINVAL;
        }
        // Whoever may read it may then execute it, as a program that was just built.
        int wanted = executable ? mode | ((mode & 0444) >> 2) : mode & ~0111;
        if (wanted == mode) {
            return 0;
        }
        byte[] magic = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.UTF_8);
        return LIBC.chmod(s, s.name(magic), wanted & 07777);
    }

    @Override
    public Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos) {
        return inParent(
                path, (s, parent) -> LIBC.setModificationTime(s, parent, nameOf(s, path), nanos));
    }

    @Override
    public Optional<Outcome.Refused> force(LocalPath path) {
        try (Scratch s = Scratch.take()) {
            if (path.isRoot()) {
                return refused(LIBC.fsync(s, root));
            }
        }
        return inParent(
                path,
                (s, parent) -> {
                    int flags = Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
                    int fd = LIBC.openat(s, parent, nameOf(s, path), flags, 0);
                    if (fd < 0) {
                        return fd == -Errno.ELOOP ? 0 : fd; // A link is durable with its directory.
                    }
                    try {
                        return LIBC.fsync(s, fd);
                    } finally {
                        LIBC.close(s, fd);
                    }
                });
    }

    @Override
    public Optional<Outcome.Refused> forceEverything() {
        try (Scratch s = Scratch.take()) {
            return refused(LIBC.syncfs(s, root));
        }
    }

    // Opening directories.

    private interface InParent {
        int run(Scratch s, int parent);
    }

    private interface InTwo {
        int run(Scratch s, int fromParent, int toParent);
    }

    private Optional<Outcome.Refused> inParent(LocalPath path, InParent call) {
        if (path.isRoot()) {
            return Optional.of(Refusals.of(Errno.EINVAL));
        }
        try (Scratch s = Scratch.take()) {
            int parent = openParent(s, path);
            if (parent < 0) {
                return refused(parent);
            }
            try {
                return refused(call.run(s, parent));
            } finally {
                release(s, parent);
            }
        }
    }

    private Optional<Outcome.Refused> inTwo(LocalPath from, LocalPath to, InTwo call) {
        if (bytes(to.name()).length > Scratch.MAX_PATH_BYTES) {
            return refused(-Errno.ENAMETOOLONG);
        }
        return inParent(
                from,
                (s, fromParent) -> {
                    int toParent = openParent(s, to);
                    if (toParent < 0) {
                        return toParent;
                    }
                    try {
                        return call.run(s, fromParent, toParent);
                    } finally {
                        release(s, toParent);
                    }
                });
    }

    /** A descriptor of the path's parent, to be given to {@link #release}. */
    private int openParent(Scratch s, LocalPath path) {
        if (bytes(path.name()).length > Scratch.MAX_PATH_BYTES) {
            return -Errno.ENAMETOOLONG;
        }
        return path.names().size() == 1 ? root : openDirectory(s, path.parent(), Libc.O_PATH);
    }

    private void release(Scratch s, int parent) {
        if (parent != root) {
            LIBC.close(s, parent);
        }
    }

    private int openDirectory(Scratch s, LocalPath directory, int flags) {
        return beneath.open(s, directory.names(), flags);
    }

    private static int statOf(Scratch s, int fd) {
        return LIBC.statx(s, fd, s.name(empty()), Libc.AT_EMPTY_PATH);
    }

    private Stat toStat(Statx x) {
        int mode = x.mode();
        FileKind kind =
                switch (mode & Statx.TYPE) {
                    case Statx.TYPE_FILE -> FileKind.FILE;
                    case Statx.TYPE_DIRECTORY -> FileKind.DIRECTORY;
                    case Statx.TYPE_SYMLINK -> FileKind.SYMLINK;
                    default -> FileKind.OTHER;
                };
        long device = x.device();
        return new Stat(
                kind,
                new FileIdentity(
                        device == rootDevice ? 0 : device,
                        x.inode(),
                        x.hasBirth() ? x.birthNanos() : FileIdentity.NO_BIRTH),
                x.sizeBytes(),
                x.mtimeNanos(),
                x.ctimeNanos(),
                kind == FileKind.FILE && (mode & 0100) != 0,
                x.linkCount());
    }

    private static MemorySegment nameOf(Scratch s, LocalPath path) {
        return s.name(bytes(path.name()));
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] empty() {
        return new byte[0];
    }

    private static <T> Look<T> not(int result) {
        return new Look.Not<>(Refusals.of(-result));
    }

    private static Optional<Outcome.Refused> refused(int result) {
        return result < 0 ? Optional.of(Refusals.of(-result)) : Optional.empty();
    }

    /** An open regular file; the descriptor is for attributes, the channel for bytes. */
    private final class Handle extends ChannelHandle {
        /** The file has no holes, or its file system isn't trusted to tell. */
        private static final int SOLID = -1;

        private static final int UNKNOWN = -2;

        private final int fd;

        /** A descriptor for asking about holes: {@link #fd} may be one of a path only. */
        @GuardedBy("this")
        private int seeking = UNKNOWN;

        Handle(LocalPath path, int fd, FileChannel channel) {
            super(path, channel);
            this.fd = fd;
        }

        @Override
        public Stat stat() {
            try (Scratch s = Scratch.take()) {
                return look(statOf(s, fd), s).orThrow(path());
            }
        }

        @Override
        public void setAttributes(boolean executable, long mtimeNanos) {
            try (Scratch s = Scratch.take()) {
                check(chmod(s, fd, executable));
                check(LIBC.setModificationTime(s, fd, mtimeNanos));
            }
        }

        private void check(int result) {
            if (result < 0) {
                throw new DiskException(path(), Refusals.of(-result));
            }
        }

        @Override
        public synchronized long nextData(long offsetBytes) {
            try (Scratch s = Scratch.take()) {
                if (seeking == UNKNOWN) {
                    seeking = openForSeeking(s);
                }
                if (seeking == SOLID) {
                    return offsetBytes;
                }
                long next = LIBC.seekData(s, seeking, offsetBytes);
                return next == -Errno.ENXIO ? Long.MAX_VALUE : Math.max(next, offsetBytes);
            }
        }

        private int openForSeeking(Scratch s) {
            boolean sparse = statOf(s, fd) >= 0 && s.statx().blocks() * 512 < s.statx().sizeBytes();
            if (!sparse) {
                return SOLID;
            }
            byte[] magic = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.UTF_8);
            int opened = LIBC.openat(s, Libc.AT_FDCWD, s.name(magic), Libc.O_RDONLY, 0);
            if (opened < 0) {
                return SOLID;
            }
            if (TELL_HOLES.contains(LIBC.fileSystem(s, opened))) {
                return opened;
            }
            LIBC.close(s, opened);
            return SOLID;
        }

        @Override
        synchronized void closeDescriptor() {
            try (Scratch s = Scratch.take()) {
                if (seeking >= 0) {
                    LIBC.close(s, seeking);
                    seeking = SOLID;
                }
                LIBC.close(s, fd);
            }
        }
    }
}
