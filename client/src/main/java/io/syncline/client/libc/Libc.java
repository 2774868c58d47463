package io.syncline.client.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * System calls of Linux on x86-64 and AArch64. Each returns what the call returned, or the negative
 * {@link Errno}; none throws for an expected failure, none is retried but for {@code EINTR}.
 *
 * <p>Every call takes a {@link Scratch} for its error number and buffers, which one thread uses at
 * a time. Names are bytes ended by NUL in native memory. File descriptors are plain ints; all are
 * opened close-on-exec.
 */
public final class Libc {
    private static final boolean ARM =
            System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64");

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    /** What {@link #fileSystem} says of ext2, ext3 and ext4. */
    public static final long EXT_MAGIC = 0xEF53;

    /** And of the others that a person's files are commonly on. */
    public static final long XFS_MAGIC = 0x58465342;

    public static final long BTRFS_MAGIC = 0x9123683EL;
    public static final long TMPFS_MAGIC = 0x01021994;

    private static final int SEEK_DATA = 3;
    private static final int SYS_OPENAT2 = 437;
    private static final long RESOLVE_NO_SYMLINKS = 4;
    private static final long RESOLVE_BENEATH = 8;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int IN_CLOEXEC = 0x80000;

    private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /**
     * Bound when first used, so that asking {@link #isAvailable} is safe everywhere; static finals,
     * so that the JIT inlines them.
     */
    private static final class Handles {
        static final MethodHandle OPENAT = bind("openat", 3, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        static final MethodHandle OPENAT2 =
                bind("syscall", 1, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        static final MethodHandle CLOSE = bind("close", -1, JAVA_INT);
        static final MethodHandle STATX =
                bind("statx", -1, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
        static final MethodHandle GETDENTS64 = bind("getdents64", -1, JAVA_INT, ADDRESS, JAVA_LONG);
        static final MethodHandle RENAMEAT2 =
                bind("renameat2", -1, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle LINKAT =
                bind("linkat", -1, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle UNLINKAT = bind("unlinkat", -1, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle MKDIRAT = bind("mkdirat", -1, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle SYMLINKAT = bind("symlinkat", -1, ADDRESS, JAVA_INT, ADDRESS);
        static final MethodHandle READLINKAT =
                bind("readlinkat", -1, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        static final MethodHandle LSEEK = bind("lseek", -1, JAVA_INT, JAVA_LONG, JAVA_INT);
        static final MethodHandle FSTATFS = bind("fstatfs", -1, JAVA_INT, ADDRESS);
        static final MethodHandle FSYNC = bind("fsync", -1, JAVA_INT);
        static final MethodHandle SYNCFS = bind("syncfs", -1, JAVA_INT);
        static final MethodHandle UTIMENSAT =
                bind("utimensat", -1, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
        static final MethodHandle FUTIMENS = bind("futimens", -1, JAVA_INT, ADDRESS);
        static final MethodHandle FCHMODAT =
                bind("fchmodat", -1, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        static final MethodHandle INOTIFY_INIT1 = bind("inotify_init1", -1, JAVA_INT);
        static final MethodHandle INOTIFY_ADD_WATCH =
                bind("inotify_add_watch", -1, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle INOTIFY_RM_WATCH =
                bind("inotify_rm_watch", -1, JAVA_INT, JAVA_INT);
        static final MethodHandle READ = bind("read", -1, JAVA_INT, ADDRESS, JAVA_LONG);
        static final MethodHandle WRITE = bind("write", -1, JAVA_INT, ADDRESS, JAVA_LONG);
        static final MethodHandle POLL = bind("poll", -1, ADDRESS, JAVA_LONG, JAVA_INT);
        static final MethodHandle EVENTFD = bind("eventfd", -1, JAVA_INT, JAVA_INT);

        static void bindAll() {}
    }

    private static final Libc INSTANCE = new Libc();

    private Libc() {}

    /**
     * Every function is bound as returning a C long: the calls that return an int are sign-extended
     * by {@link #result}.
     */
    @SuppressWarnings("restricted") // The launcher grants it; see scripts/java.sh.
    private static MethodHandle bind(String name, int firstVariadic, MemoryLayout... arguments) {
        SymbolLookup lookup = Linker.nativeLinker().defaultLookup();
        MemorySegment symbol =
                lookup.find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError("no function " + name));
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_LONG, arguments);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return firstVariadic < 0
                ? Linker.nativeLinker().downcallHandle(symbol, descriptor, errno)
                : Linker.nativeLinker()
                        .downcallHandle(
                                symbol,
                                descriptor,
                                errno,
                                Linker.Option.firstVariadicArg(firstVariadic));
    }

    /** Whether this system is one that the calls are known to work on. */
    public static boolean isAvailable() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (!System.getProperty("os.name").equals("Linux")
                || !(arch.equals("amd64") || arch.equals("aarch64"))
                || !Files.isDirectory(Path.of("/proc/self/fd"))) {
            return false;
        }
        try {
            Handles.bindAll();
            return true;
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError _) {
            return false;
        }
    }

    /** The calls; they hold no state. */
    public static Libc get() {
        return INSTANCE;
    }

    static MemoryLayout errnoLayout() {
        return ERRNO_LAYOUT;
    }

    /** All our calls return an int or a small long; only the low half of a C int is defined. */
    private static int result(Scratch s, long returned) {
        int value = (int) returned;
        return value == -1 ? -(int) ERRNO.get(s.errno(), 0L) : value;
    }

    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a system call can't throw", e);
    }

    /** Opens one name below a directory. */
    public int openat(Scratch s, int directory, MemorySegment name, int flags, int mode) {
        try {
            return result(
                    s,
                    (long)
                            Handles.OPENAT.invokeExact(
                                    s.errno(), directory, name, flags | O_CLOEXEC, mode));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Opens a path below a directory without ever leaving it or following a link. */
    public int openBeneath(Scratch s, int directory, MemorySegment path, int flags) {
        MemorySegment how = s.how();
        how.set(JAVA_LONG, 0, (flags | O_CLOEXEC) & 0xffffffffL);
        how.set(JAVA_LONG, 8, 0);
        how.set(JAVA_LONG, 16, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
        try {
            return result(
                    s,
                    (long)
                            Handles.OPENAT2.invokeExact(
                                    s.errno(), (long) SYS_OPENAT2, directory, path, how, 24L));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Closes a descriptor. */
    public int close(Scratch s, int fd) {
        try {
            return result(s, (long) Handles.CLOSE.invokeExact(s.errno(), fd));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads attributes into {@link Scratch#statx}. */
    public int statx(Scratch s, int directory, MemorySegment name, int flags) {
        try {
            return result(
                    s,
                    (long)
                            Handles.STATX.invokeExact(
                                    s.errno(),
                                    directory,
                                    name,
                                    flags,
                                    STATX_BASIC_STATS | STATX_BTIME,
                                    s.statx().segment()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads entries into {@link Scratch#entries}; 0 at the end. */
    public int getdents(Scratch s, int directory) {
        try {
            return result(
                    s,
                    (long)
                            Handles.GETDENTS64.invokeExact(
                                    s.errno(), directory, s.entries(), s.entries().byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Renames, with {@link #RENAME_NOREPLACE}, {@link #RENAME_EXCHANGE} or 0. */
    public int rename(
            Scratch s,
            int fromDirectory,
            MemorySegment from,
            int toDirectory,
            MemorySegment to,
            int flags) {
        try {
            return result(
                    s,
                    (long)
                            Handles.RENAMEAT2.invokeExact(
                                    s.errno(), fromDirectory, from, toDirectory, to, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Gives a file or link (never what a link leads to) a second name. */
    public int link(
            Scratch s, int fromDirectory, MemorySegment from, int toDirectory, MemorySegment to) {
        try {
            return result(
                    s,
                    (long)
                            Handles.LINKAT.invokeExact(
                                    s.errno(), fromDirectory, from, toDirectory, to, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Removes a name, or with {@link #AT_REMOVEDIR} an empty directory. */
    public int unlink(Scratch s, int directory, MemorySegment name, int flags) {
        try {
            return result(
                    s, (long) Handles.UNLINKAT.invokeExact(s.errno(), directory, name, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Makes a directory. */
    public int mkdir(Scratch s, int directory, MemorySegment name, int mode) {
        try {
            return result(s, (long) Handles.MKDIRAT.invokeExact(s.errno(), directory, name, mode));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Makes a symbolic link. */
    public int symlink(Scratch s, MemorySegment target, int directory, MemorySegment name) {
        try {
            return result(
                    s, (long) Handles.SYMLINKAT.invokeExact(s.errno(), target, directory, name));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads a link's target into {@link Scratch#entries}; returns its length. */
    public int readlink(Scratch s, int directory, MemorySegment name) {
        try {
            return result(
                    s,
                    (long)
                            Handles.READLINKAT.invokeExact(
                                    s.errno(),
                                    directory,
                                    name,
                                    s.entries(),
                                    s.entries().byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Where the first byte at or after an offset lies that isn't in a hole; moves the descriptor's
     * position. {@link Errno#ENXIO}, negative, where only a hole or nothing follows.
     */
    public long seekData(Scratch s, int fd, long offset) {
        try {
            long at = (long) Handles.LSEEK.invokeExact(s.errno(), fd, offset, SEEK_DATA);
            return at == -1 ? -(int) ERRNO.get(s.errno(), 0L) : at;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The kind of file system that an open file is on, as {@code f_type} of statfs(2) says it. */
    public long fileSystem(Scratch s, int fd) {
        try {
            int failed = result(s, (long) Handles.FSTATFS.invokeExact(s.errno(), fd, s.entries()));
            return failed < 0 ? failed : s.entries().get(JAVA_LONG, 0) & 0xffffffffL;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Forces one file or directory. */
    public int fsync(Scratch s, int fd) {
        try {
            return result(s, (long) Handles.FSYNC.invokeExact(s.errno(), fd));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Forces the whole file system that the descriptor is on. */
    public int syncfs(Scratch s, int fd) {
        try {
            return result(s, (long) Handles.SYNCFS.invokeExact(s.errno(), fd));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Sets the modification time of an entry, not following a link; leaves the access time. */
    public int setModificationTime(Scratch s, int directory, MemorySegment name, long nanos) {
        MemorySegment times = times(s, nanos);
        try {
            return result(
                    s,
                    (long)
                            Handles.UTIMENSAT.invokeExact(
                                    s.errno(), directory, name, times, AT_SYMLINK_NOFOLLOW));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The same for an open file. */
    public int setModificationTime(Scratch s, int fd, long nanos) {
        MemorySegment times = times(s, nanos);
        try {
            return result(s, (long) Handles.FUTIMENS.invokeExact(s.errno(), fd, times));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MemorySegment times(Scratch s, long nanos) {
        MemorySegment times = s.how();
        times.set(JAVA_LONG, 0, 0);
        times.set(JAVA_LONG, 8, (1L << 30) - 2); // UTIME_OMIT
        times.set(JAVA_LONG, 16, Math.floorDiv(nanos, 1_000_000_000L));
        times.set(JAVA_LONG, 24, Math.floorMod(nanos, 1_000_000_000L));
        return times;
    }

    /** Sets the mode of an entry; follows links, so that {@code name} is one of /proc/self/fd. */
    public int chmod(Scratch s, MemorySegment name, int mode) {
        try {
            return result(
                    s, (long) Handles.FCHMODAT.invokeExact(s.errno(), AT_FDCWD, name, mode, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A new inotify instance. */
    public int inotify(Scratch s) {
        try {
            return result(
                    s,
                    (long) Handles.INOTIFY_INIT1.invokeExact(s.errno(), IN_CLOEXEC | O_NONBLOCK));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Watches what {@code path} leads to; returns the watch's number. */
    public int addWatch(Scratch s, int inotify, MemorySegment path, int mask) {
        try {
            return result(
                    s,
                    (long) Handles.INOTIFY_ADD_WATCH.invokeExact(s.errno(), inotify, path, mask));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Ends a watch. */
    public int removeWatch(Scratch s, int inotify, int watch) {
        try {
            return result(
                    s, (long) Handles.INOTIFY_RM_WATCH.invokeExact(s.errno(), inotify, watch));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads from a descriptor into {@link Scratch#entries}. */
    public int read(Scratch s, int fd) {
        try {
            return result(
                    s,
                    (long)
                            Handles.READ.invokeExact(
                                    s.errno(), fd, s.entries(), s.entries().byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A new event counter, for waking a {@link #poll}. */
    public int eventfd(Scratch s) {
        try {
            return result(
                    s, (long) Handles.EVENTFD.invokeExact(s.errno(), 0, O_CLOEXEC | O_NONBLOCK));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Wakes whoever polls that event counter. */
    public int signal(Scratch s, int eventfd) {
        s.how().set(JAVA_LONG, 0, 1);
        try {
            return result(s, (long) Handles.WRITE.invokeExact(s.errno(), eventfd, s.how(), 8L));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Waits until one of two descriptors can be read: 0 when the time is over, else bit 0 for the
     * first and bit 1 for the second.
     */
    public int poll(Scratch s, int first, int second, int timeoutMillis) {
        MemorySegment polls = s.how();
        polls.set(JAVA_INT, 0, first);
        polls.set(JAVA_INT, 4, 1); // POLLIN; revents = 0
        polls.set(JAVA_INT, 8, second);
        polls.set(JAVA_INT, 12, 1);
        try {
            int ready =
                    result(s, (long) Handles.POLL.invokeExact(s.errno(), polls, 2L, timeoutMillis));
            if (ready <= 0) {
                return ready;
            }
            return (polls.get(JAVA_INT, 4) >>> 16 != 0 ? 1 : 0)
                    | (polls.get(JAVA_INT, 12) >>> 16 != 0 ? 2 : 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}
