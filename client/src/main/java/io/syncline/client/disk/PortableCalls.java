package io.syncline.client.disk;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Any system, by {@code java.nio.file}. It checks each directory on the way for being a link, which
 * a quick enough hand can outrun: the Linux adapter can't be outrun. It has no exchange of names.
 */
final class PortableCalls implements Calls {
    private static final LinkOption NO_LINKS = LinkOption.NOFOLLOW_LINKS;

    private final Path root;
    private final boolean posix;
    private final boolean linux = System.getProperty("os.name").equals("Linux");
    private final boolean windows = System.getProperty("os.name").startsWith("Windows");
    private final Raw rootRaw;

    /** What {@code java.nio} tells of an entry. */
    private record Raw(
            BasicFileAttributes basic, long device, long inode, int mode, int links, long ctime) {}

    private PortableCalls(Path root, boolean posix) throws IOException {
        this.root = root;
        this.posix = posix;
        this.rootRaw = raw(root, new LinkOption[0]);
    }

    static PortableCalls open(Path rootPath) {
        try {
            Path root = rootPath.toRealPath();
            if (!Files.isDirectory(root)) {
                throw SynclineException.invalid(
                        "cannot open the folder '" + rootPath + "': not a directory");
            }
            boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("unix");
            return new PortableCalls(root, posix);
        } catch (IOException e) {
            boolean missing = Refusals.of(e) instanceof Outcome.Missing;
            throw new SynclineException(
                    missing ? ErrorCode.NOT_FOUND : ErrorCode.INVALID,
                    "cannot open the folder '" + rootPath + "': " + Refusals.of(e).why(),
                    e);
        }
    }

    @Override
    public void close() {}

    @Override
    public RootState sameRoot() {
        try {
            Raw now = raw(root, new LinkOption[] {NO_LINKS});
            return now.inode == rootRaw.inode && now.device == rootRaw.device
                    ? RootState.FINE
                    : RootState.SWAPPED;
        } catch (IOException _) {
            return RootState.GONE;
        }
    }

    @Override
    public Look<Stat> stat(LocalPath path) {
        return looking(path, p -> toStat(raw(p, new LinkOption[] {NO_LINKS})));
    }

    @Override
    public Look<Listing> list(LocalPath directory) {
        return looking(
                directory,
                p -> {
                    Stat itself = toStat(raw(p, new LinkOption[] {NO_LINKS}));
                    if (itself.kind() == FileKind.SYMLINK) {
                        throw new FileSystemLoopException(directory.toString());
                    }
                    var entries = new ArrayList<Listing.Entry>();
                    var faults = new ArrayList<String>();
                    boolean complete = true;
                    try (DirectoryStream<Path> stream = Files.newDirectoryStream(p)) {
                        for (Path entry : stream) {
                            String name = entry.getFileName().toString();
                            if (directory.isRoot() && name.equals(LocalPath.CONTROL_NAME)) {
                                continue;
                            }
                            String fault = addEntry(entry, name, entries);
                            if (!fault.isEmpty()) {
                                complete = false;
                                if (faults.size() < Listing.MAX_FAULTS) {
                                    faults.add(fault);
                                }
                            }
                        }
                    } catch (DirectoryIteratorException e) {
                        throw e.getCause();
                    }
                    return new Listing(itself, entries, complete, faults);
                });
    }

    private String addEntry(Path entry, String name, List<Listing.Entry> entries) {
        // What Java can't decode it replaces, and then it can't find the file by that name.
        if (name.indexOf('\uFFFD') >= 0) {
            return "a name that isn't UTF-8: " + name;
        }
        try {
            entries.add(new Listing.Entry(name, toStat(raw(entry, new LinkOption[] {NO_LINKS}))));
            return "";
        } catch (IOException e) {
            Outcome.Refused refused = Refusals.of(e);
            return refused instanceof Outcome.Missing ? "" : name + ": " + refused.why();
        }
    }

    @Override
    public Look<ReadHandle> open(LocalPath file) {
        return looking(file, p -> open(file, p, StandardOpenOption.READ));
    }

    @Override
    public Look<WriteHandle> create(LocalPath file) {
        return looking(
                file,
                p ->
                        open(
                                file,
                                p,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE_NEW));
    }

    @Override
    public Look<WriteHandle> openForWriting(LocalPath file) {
        return looking(file, p -> open(file, p, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    private Handle open(LocalPath file, Path path, StandardOpenOption... how) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(how));
        options.add(NO_LINKS);
        if (!options.contains(StandardOpenOption.CREATE_NEW)
                && !Files.readAttributes(path, BasicFileAttributes.class, NO_LINKS)
                        .isRegularFile()) {
            throw new UnsupportedOperationException("not a regular file");
        }
        return new Handle(file, path, FileChannel.open(path, options));
    }

    @Override
    public Look<byte[]> readLink(LocalPath link) {
        return looking(
                link,
                p -> {
                    String target = Files.readSymbolicLink(p).toString();
                    if (target.indexOf('\uFFFD') >= 0) {
                        throw new UnsupportedOperationException("the target isn't UTF-8");
                    }
                    return target.getBytes(StandardCharsets.UTF_8);
                });
    }

    @Override
    public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
        return inTwo(
                from,
                to,
                (a, b) -> {
                    BasicFileAttributes attributes =
                            Files.readAttributes(a, BasicFileAttributes.class, NO_LINKS);
                    if (attributes.isRegularFile() && !windows && linkThenUnlink(a, b)) {
                        return;
                    }
                    // Not one step for directories and links: a name that is taken in the
                    // microseconds between is replaced only if it is an empty directory or, for
                    // a link, a file. Windows itself refuses to replace.
                    Files.move(a, b);
                });
    }

    /** A link never replaces. False where the file system has none. */
    private static boolean linkThenUnlink(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (UnsupportedOperationException _) {
            return false;
        } catch (IOException e) {
            if (Refusals.of(e) instanceof Outcome.Denied
                    || Refusals.of(e) instanceof Outcome.Unsupported) {
                return false;
            }
            throw e;
        }
        Files.delete(from);
        return true;
    }

    @Override
    public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
        return inTwo(from, to, (a, b) -> Files.move(a, b, StandardCopyOption.ATOMIC_MOVE));
    }

    @Override
    public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
        return Optional.of(new Outcome.Unsupported("names can't be exchanged here"));
    }

    @Override
    public Optional<Outcome.Refused> link(LocalPath existing, LocalPath another) {
        return inTwo(existing, another, (a, b) -> Files.createLink(b, a));
    }

    @Override
    public Optional<Outcome.Refused> unlink(LocalPath file) {
        return doing(
                file,
                p -> {
                    if (Files.isDirectory(p, NO_LINKS)) {
                        throw new UnsupportedOperationException("it is a directory");
                    }
                    Files.delete(p);
                });
    }

    @Override
    public Optional<Outcome.Refused> removeDirectory(LocalPath directory) {
        return doing(
                directory,
                p -> {
                    if (!Files.isDirectory(p, NO_LINKS)) {
                        Files.readAttributes(p, BasicFileAttributes.class, NO_LINKS);
                        throw new UnsupportedOperationException("it isn't a directory");
                    }
                    Files.delete(p);
                });
    }

    @Override
    public Optional<Outcome.Refused> makeDirectory(LocalPath directory) {
        return doing(
                directory,
                p -> {
                    if (posix && directory.isControl()) {
                        Files.createDirectory(
                                p,
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rwx------")));
                    } else {
                        Files.createDirectory(p);
                    }
                });
    }

    @Override
    public Optional<Outcome.Refused> symlink(LocalPath link, byte[] target) {
        String text = new String(target, StandardCharsets.UTF_8);
        if (!java.util.Arrays.equals(text.getBytes(StandardCharsets.UTF_8), target)) {
            return Optional.of(new Outcome.Unsupported("the target isn't UTF-8"));
        }
        return doing(link, p -> Files.createSymbolicLink(p, p.getFileSystem().getPath(text)));
    }

    @Override
    public Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable) {
        return doing(
                file,
                p -> {
                    if (!Files.readAttributes(p, BasicFileAttributes.class, NO_LINKS)
                            .isRegularFile()) {
                        throw new UnsupportedOperationException("not a regular file");
                    }
                    setExecutable(p, executable);
                });
    }

    private void setExecutable(Path path, boolean executable) throws IOException {
        if (!posix) {
            return;
        }
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(path, NO_LINKS);
        var after = new HashSet<>(before);
        grant(after, executable, PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE);
        grant(after, executable, PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE);
        grant(
                after,
                executable,
                PosixFilePermission.OTHERS_READ,
                PosixFilePermission.OTHERS_EXECUTE);
        if (!after.equals(before)) {
            Files.setPosixFilePermissions(path, after);
        }
    }

    private static void grant(
            Set<PosixFilePermission> set,
            boolean executable,
            PosixFilePermission read,
            PosixFilePermission execute) {
        if (!executable) {
            set.remove(execute);
        } else if (set.contains(read)) {
            set.add(execute);
        }
    }

    @Override
    public Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos) {
        return doing(path, p -> setModificationTime(p, nanos));
    }

    private static void setModificationTime(Path path, long nanos) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, NO_LINKS)
                .setTimes(FileTime.from(nanos, TimeUnit.NANOSECONDS), null, null);
    }

    @Override
    public Optional<Outcome.Refused> force(LocalPath path) {
        return doing(
                path,
                p -> {
                    var attributes = Files.readAttributes(p, BasicFileAttributes.class, NO_LINKS);
                    boolean directory = attributes.isDirectory();
                    if (attributes.isSymbolicLink() || (directory && windows)) {
                        return; // Windows has no such thing, and journals its directories.
                    }
                    var option = directory ? StandardOpenOption.READ : StandardOpenOption.WRITE;
                    try (FileChannel channel = FileChannel.open(p, option)) {
                        channel.force(true);
                    }
                });
    }

    @Override
    public Optional<Outcome.Refused> forceEverything() {
        return Optional.of(new Outcome.Unsupported("one by one here"));
    }

    // Paths, attributes and failures.

    private interface Looking<T> {
        T at(Path path) throws IOException;
    }

    private interface Doing {
        void at(Path path) throws IOException;
    }

    private interface InTwo {
        void at(Path from, Path to) throws IOException;
    }

    @SuppressWarnings("unchecked") // Handle is both kinds of handle.
    private <T, H> Look<T> looking(LocalPath path, Looking<H> call) {
        try {
            return new Look.Found<>((T) call.at(resolve(path)));
        } catch (IOException | UnsupportedOperationException e) {
            return new Look.Not<>(Refusals.of(e));
        } catch (InvalidPathException e) {
            return new Look.Not<>(new Outcome.Unsupported("the file system can't spell the name"));
        }
    }

    private Optional<Outcome.Refused> doing(LocalPath path, Doing call) {
        Look<LocalPath> look =
                looking(
                        path,
                        p -> {
                            call.at(p);
                            return path;
                        });
        return look instanceof Look.Not<LocalPath>(Outcome.Refused why)
                ? Optional.of(why)
                : Optional.empty();
    }

    private Optional<Outcome.Refused> inTwo(LocalPath from, LocalPath to, InTwo call) {
        return doing(from, a -> call.at(a, resolve(to)));
    }

    /** The real path, none of whose directories is a link. */
    private Path resolve(LocalPath path) throws IOException {
        Path at = root;
        int last = path.names().size() - 1;
        for (int i = 0; i <= last; i++) {
            at = at.resolve(path.names().get(i));
            if (i < last && Files.isSymbolicLink(at)) {
                throw new FileSystemLoopException(path.toString());
            }
        }
        return at;
    }

    private Raw raw(Path path, LinkOption[] options) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, options);
        if (!posix) {
            // Windows has no number to show: its times of birth have to do.
            return new Raw(basic, 0, 0, 0, 1, basic.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }
        Map<String, Object> unix =
                Files.readAttributes(path, "unix:dev,ino,mode,nlink,ctime", options);
        return new Raw(
                basic,
                number(unix, "dev").longValue(),
                number(unix, "ino").longValue(),
                number(unix, "mode").intValue(),
                number(unix, "nlink").intValue(),
                ((FileTime) Objects.requireNonNull(unix.get("ctime"))).to(TimeUnit.NANOSECONDS));
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return (Number) Objects.requireNonNull(attributes.get(name));
    }

    private Stat toStat(Raw raw) {
        BasicFileAttributes basic = raw.basic;
        FileKind kind =
                basic.isRegularFile()
                        ? FileKind.FILE
                        : basic.isDirectory()
                                ? FileKind.DIRECTORY
                                : basic.isSymbolicLink() ? FileKind.SYMLINK : FileKind.OTHER;
        // Where Linux has no time of birth the JDK gives another one instead, and doesn't say so.
        long birth = linux ? FileIdentity.NO_BIRTH : basic.creationTime().to(TimeUnit.NANOSECONDS);
        return new Stat(
                kind,
                new FileIdentity(raw.device == rootRaw.device ? 0 : raw.device, raw.inode, birth),
                basic.size(),
                basic.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                raw.ctime,
                kind == FileKind.FILE && (raw.mode & 0100) != 0,
                raw.links);
    }

    private final class Handle extends ChannelHandle {
        private final Path real;

        Handle(LocalPath path, Path real, FileChannel channel) {
            super(path, channel);
            this.real = real;
        }

        /** By name: {@code java.nio} has no attributes of an open file. */
        @Override
        public Stat stat() {
            try {
                return toStat(raw(real, new LinkOption[] {NO_LINKS}));
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void setAttributes(boolean executable, long mtimeNanos) {
            try {
                setExecutable(real, executable);
                setModificationTime(real, mtimeNanos);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
