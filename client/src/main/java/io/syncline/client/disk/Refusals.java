package io.syncline.client.disk;

import io.syncline.client.libc.Errno;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;

/** Translates what systems report into {@link Outcome.Refused}, once. */
public final class Refusals {
    private Refusals() {}

    /** What an error number of Linux ({@link Errno}) means for a caller. */
    public static Outcome.Refused of(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENOTDIR -> new Outcome.Missing();
            case Errno.EEXIST -> new Outcome.Exists();
            case Errno.ENOTEMPTY -> new Outcome.NotEmpty();
            case Errno.ENOSPC, Errno.EDQUOT -> new Outcome.NoSpace();
            case Errno.EACCES, Errno.EPERM, Errno.EROFS ->
                    new Outcome.Denied(Errno.describe(errno));
            case Errno.ENAMETOOLONG,
                    Errno.EINVAL,
                    Errno.EILSEQ,
                    Errno.EOPNOTSUPP,
                    Errno.ELOOP,
                    Errno.EXDEV,
                    Errno.EISDIR,
                    Errno.EFBIG,
                    Errno.EMLINK ->
                    new Outcome.Unsupported(Errno.describe(errno));
            default -> new Outcome.Unreadable(Errno.describe(errno));
        };
    }

    static Outcome.Refused of(Exception e) {
        return switch (e) {
            case NoSuchFileException _, FileNotFoundException _ -> new Outcome.Missing();
            case FileAlreadyExistsException _ -> new Outcome.Exists();
            case DirectoryNotEmptyException _ -> new Outcome.NotEmpty();
            case AccessDeniedException _, ReadOnlyFileSystemException _ ->
                    new Outcome.Denied("permission denied");
            case AtomicMoveNotSupportedException _ ->
                    new Outcome.Unsupported("it crosses mounted file systems");
            case FileSystemLoopException _, NotLinkException _ ->
                    new Outcome.Unsupported("it leads through a symbolic link");
            case UnsupportedOperationException _ ->
                    new Outcome.Unsupported("the file system doesn't support it");
            case ClosedByInterruptException _ -> new Outcome.Unreadable("interrupted");
            case FileSystemException f -> byText(String.valueOf(f.getReason()));
            case IOException io -> byText(String.valueOf(io.getMessage()));
            default -> throw new IllegalStateException("not a failure of a disk", e);
        };
    }

    /** The JDK keeps the system's words only; these are those of Linux, macOS and Windows. */
    private static Outcome.Refused byText(String reason) {
        String text = reason.toLowerCase(Locale.ROOT);
        if (text.contains("no space left")
                || text.contains("not enough space")
                || text.contains("quota")) {
            return new Outcome.NoSpace();
        }
        if (text.contains("not a directory")) {
            return new Outcome.Missing();
        }
        if (text.contains("read-only")
                || text.contains("not permitted")
                || text.contains("privilege")) {
            return new Outcome.Denied(text);
        }
        if (text.contains("too long")
                || text.contains("invalid argument")
                || text.contains("illegal byte sequence")
                || text.contains("not supported")
                || text.contains("cross-device")
                || text.contains("too large")) {
            return new Outcome.Unsupported(text);
        }
        return new Outcome.Unreadable(text);
    }
}
