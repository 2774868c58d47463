package io.syncline.client.libc;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Opens directories below one that is held open, never leaving it and never following a link: by
 * {@code openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)} or, before Linux 5.6, name by name with
 * {@code O_NOFOLLOW}. Paths may be longer than one call takes.
 */
public final class Beneath {
    private static final Libc LIBC = Libc.get();

    /** Where a path is cut when it is longer than one call takes. */
    private static final int PIECE_BYTES = 4000;

    private final int root;
    private volatile boolean inOneCall = true;

    /** Opens below that descriptor, which stays the caller's. */
    public Beneath(int root) {
        this.root = root;
    }

    /** A new descriptor of the directory at that path, or the negative error number. */
    public int open(Scratch s, List<String> names, int flags) {
        int wanted = flags | Libc.O_DIRECTORY | Libc.O_NOFOLLOW;
        if (names.isEmpty()) {
            return LIBC.openat(s, root, s.name(bytes(".")), wanted, 0);
        }
        int at = root;
        for (int next = 0; next < names.size(); ) {
            int end = next + 1;
            if (inOneCall) {
                int bytes = bytes(names.get(next)).length;
                while (end < names.size()
                        && (bytes += 1 + bytes(names.get(end)).length) <= PIECE_BYTES) {
                    end++;
                }
            }
            byte[] piece = bytes(String.join("/", names.subList(next, end)));
            int between = Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW;
            int step =
                    piece.length > Scratch.MAX_PATH_BYTES
                            ? -Errno.ENAMETOOLONG
                            : openStep(s, at, piece, end == names.size() ? wanted : between);
            if (step == -Errno.ENOSYS) {
                inOneCall = false;
                continue;
            }
            if (at != root) {
                LIBC.close(s, at);
            }
            if (step < 0) {
                return step;
            }
            at = step;
            next = end;
        }
        return at;
    }

    /** Opens one piece; ENOSYS asks to come again name by name. */
    private int openStep(Scratch s, int at, byte[] piece, int flags) {
        if (inOneCall) {
            // With O_NOFOLLOW a link at the end would be "not a directory", as a file is.
            int fd = LIBC.openBeneath(s, at, s.name(piece), flags & ~Libc.O_NOFOLLOW);
            // Container filters of old answer EPERM to calls that they don't know.
            return fd == -Errno.EPERM ? -Errno.ENOSYS : fd;
        }
        int fd = LIBC.openat(s, at, s.name(piece), flags, 0);
        if (fd == -Errno.ENOTDIR
                && LIBC.statx(s, at, s.name(piece), Libc.AT_SYMLINK_NOFOLLOW) == 0
                && (s.statx().mode() & Statx.TYPE) == Statx.TYPE_SYMLINK) {
            return -Errno.ELOOP;
        }
        return fd;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
