package io.syncline.client.libc;

/** Error numbers of Linux, the same on all architectures that {@link Libc} supports. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int EILSEQ = 84;
    public static final int EOPNOTSUPP = 95;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private Errno() {}

    /** What an error number means, for people. */
    public static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "it doesn't exist";
            case EIO -> "input/output error";
            case EACCES -> "permission denied";
            case EBUSY -> "it is busy";
            case EEXIST -> "the name is taken";
            case EXDEV -> "it crosses mounted file systems";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "it is a directory";
            case EINVAL -> "the file system doesn't accept it";
            case EMFILE -> "too many open files";
            case EFBIG -> "the file is too large for the file system";
            case ENOSPC -> "no space is left on the disk";
            case EROFS -> "the file system is read-only";
            case EMLINK -> "too many links";
            case ENAMETOOLONG -> "the name is too long for the file system";
            case ENOTEMPTY -> "the directory isn't empty";
            case ELOOP -> "it leads through a symbolic link";
            case EILSEQ -> "the file system can't spell the name";
            case EOPNOTSUPP -> "the file system doesn't support it";
            case ESTALE -> "stale file handle";
            case EDQUOT -> "the disk quota is used up";
            default -> "system error " + errno;
        };
    }
}
