package io.syncline.client.disk.memory;

import io.syncline.client.disk.Calls;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Refusals;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.disk.memory.DirectoryInode.Link;
import io.syncline.client.libc.Errno;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** One process's calls below one root, which it holds open whatever becomes of its name. */
final class MemoryCalls implements Calls {
    private final MemoryFileSystem files;
    private final String rootPath;
    private final DirectoryInode root;
    private final Tree tree;
    private final Hooks hooks;
    private final Faults faults;
    private final int boot;
    private final boolean person;
    private final Set<MemoryHandle> open = new LinkedHashSet<>();

    MemoryCalls(
            MemoryFileSystem files,
            String rootPath,
            DirectoryInode root,
            Hooks hooks,
            Faults faults,
            boolean person) {
        this.files = files;
        this.rootPath = rootPath;
        this.root = root;
        this.tree = new Tree(files, root);
        this.hooks = hooks;
        this.faults = faults;
        this.boot = files.boot();
        this.person = person;
    }

    Tree tree() {
        return tree;
    }

    /** The process is gone: so are its handles. */
    @Override
    public void close() {
        for (MemoryHandle handle : List.copyOf(open)) {
            handle.close();
        }
    }

    boolean isOfThisBoot() {
        return boot == files.boot();
    }

    void closed(MemoryHandle handle) {
        open.remove(handle);
    }

    @Override
    public RootState sameRoot() {
        hooks.before(Operation.STAT, LocalPath.ROOT);
        Optional<DirectoryInode> there = files.directoryAt(rootPath);
        if (there.isEmpty()) {
            return RootState.GONE;
        }
        return there.get() == root ? RootState.FINE : RootState.SWAPPED;
    }

    @Override
    public Look<Stat> stat(LocalPath path) {
        return looking(Operation.STAT, path, () -> statOf(tree.inode(path)));
    }

    @Override
    public Look<Listing> list(LocalPath directory) {
        return looking(
                Operation.LIST,
                directory,
                () -> {
                    DirectoryInode inode = tree.directory(directory);
                    Tree.require(inode, Inode.OWNER_READS);
                    return list(inode, directory.isRoot());
                });
    }

    private Listing list(DirectoryInode directory, boolean isRoot) {
        boolean mayLook = directory.allows(Inode.OWNER_EXECUTES);
        var entries = new ArrayList<Listing.Entry>();
        var faultsFound = new ArrayList<String>();
        boolean complete = true;
        for (Link link : directory.entries()) {
            if (isRoot && link.name.equals(LocalPath.CONTROL_NAME)) {
                continue;
            }
            boolean spelt = isUnicode(link.name);
            if (spelt && mayLook) {
                entries.add(new Listing.Entry(link.name, statOf(Tree.entered(link.inode))));
                continue;
            }
            complete = false;
            if (faultsFound.size() < Listing.MAX_FAULTS) {
                faultsFound.add(
                        spelt
                                ? link.name + ": " + Errno.describe(Errno.EACCES)
                                : "a name that isn't UTF-8: " + link.name);
            }
        }
        // No system promises an order, and none gives that of names.
        Collections.rotate(entries, (int) (directory.number % 7));
        return new Listing(statOf(directory), entries, complete, faultsFound);
    }

    static boolean isUnicode(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isSurrogate(name.charAt(i))) {
                if (!Character.isHighSurrogate(name.charAt(i))
                        || ++i == name.length()
                        || !Character.isLowSurrogate(name.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public Look<ReadHandle> open(LocalPath file) {
        return looking(
                Operation.OPEN, file, () -> handle(file, tree.file(file, Inode.OWNER_READS)));
    }

    @Override
    public Look<WriteHandle> create(LocalPath file) {
        return looking(Operation.CREATE, file, () -> handle(file, tree.makeFile(file)));
    }

    @Override
    public Look<WriteHandle> openForWriting(LocalPath file) {
        return looking(Operation.OPEN_FOR_WRITING, file, () -> openFile(file));
    }

    MemoryHandle openFile(LocalPath file) {
        return handle(file, tree.file(file, Inode.OWNER_READS | Inode.OWNER_WRITES));
    }

    private MemoryHandle handle(LocalPath path, Link link) {
        if (!(link.inode instanceof FileInode inode)) {
            throw new IllegalStateException("'" + path + "' is no file");
        }
        inode.handles++;
        var handle = new MemoryHandle(this, path, link, inode);
        open.add(handle);
        return handle;
    }

    @Override
    public Look<byte[]> readLink(LocalPath link) {
        return looking(Operation.READ_LINK, link, () -> tree.readLink(link));
    }

    @Override
    public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
        return doing(
                Operation.RENAME_NO_REPLACE,
                from,
                to,
                () -> tree.rename(from, to, Tree.Rename.NO_REPLACE));
    }

    @Override
    public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
        return doing(
                Operation.RENAME_OVER, from, to, () -> tree.rename(from, to, Tree.Rename.OVER));
    }

    @Override
    public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
        return doing(Operation.EXCHANGE, a, b, () -> tree.rename(a, b, Tree.Rename.EXCHANGE));
    }

    @Override
    public Optional<Outcome.Refused> link(LocalPath existing, LocalPath another) {
        return doing(Operation.LINK, existing, another, () -> tree.link(existing, another));
    }

    @Override
    public Optional<Outcome.Refused> unlink(LocalPath file) {
        return doing(Operation.UNLINK, file, () -> tree.unlink(file));
    }

    @Override
    public Optional<Outcome.Refused> removeDirectory(LocalPath directory) {
        return doing(Operation.REMOVE_DIRECTORY, directory, () -> tree.removeDirectory(directory));
    }

    @Override
    public Optional<Outcome.Refused> makeDirectory(LocalPath directory) {
        return doing(Operation.MAKE_DIRECTORY, directory, () -> tree.makeDirectory(directory));
    }

    @Override
    public Optional<Outcome.Refused> symlink(LocalPath link, byte[] target) {
        return doing(Operation.SYMLINK, link, () -> tree.symlink(link, target));
    }

    @Override
    public Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable) {
        return doing(
                Operation.SET_EXECUTABLE,
                file,
                () -> tree.setExecutable(tree.link(file), executable));
    }

    @Override
    public Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos) {
        return doing(
                Operation.SET_MODIFICATION_TIME,
                path,
                () -> tree.setModificationTime(tree.link(path), nanos));
    }

    @Override
    public Optional<Outcome.Refused> force(LocalPath path) {
        return doing(
                Operation.FORCE,
                path,
                () -> {
                    Inode inode = tree.inode(path);
                    if (inode.kind == FileKind.FILE || inode.kind == FileKind.DIRECTORY) {
                        Tree.require(inode, Inode.OWNER_READS);
                        inode.volume.force(inode);
                    }
                });
    }

    @Override
    public Optional<Outcome.Refused> forceEverything() {
        return doing(
                Operation.FORCE_EVERYTHING,
                LocalPath.ROOT,
                () -> {
                    if (!root.volume.isAttached()) {
                        throw new Failure(Errno.EIO);
                    }
                    root.volume.forceEverything();
                });
    }

    // Around every call.

    @SuppressWarnings("unchecked") // MemoryHandle is both kinds of handle.
    private <T, H> Look<T> looking(Operation operation, LocalPath path, Supplier<H> call) {
        try {
            before(operation, path);
            return new Look.Found<>((T) call.get());
        } catch (Failure e) {
            return new Look.Not<>(Refusals.of(e.errno()));
        }
    }

    private Optional<Outcome.Refused> doing(Operation operation, LocalPath path, Runnable call) {
        return doing(() -> before(operation, path), call);
    }

    private Optional<Outcome.Refused> doing(
            Operation operation, LocalPath path, LocalPath other, Runnable call) {
        return doing(
                () -> {
                    hooks.before(operation, path, other);
                    check(operation, path);
                },
                call);
    }

    private static Optional<Outcome.Refused> doing(Runnable before, Runnable call) {
        try {
            before.run();
            call.run();
            return Optional.empty();
        } catch (Failure e) {
            return Optional.of(Refusals.of(e.errno()));
        }
    }

    void before(Operation operation, LocalPath path) {
        hooks.before(operation, path);
        check(operation, path);
    }

    private void check(Operation operation, LocalPath path) {
        if (!isOfThisBoot()) {
            throw new IllegalStateException(
                    "a process from before the power cut asks for " + operation + " of " + path);
        }
        if (person) {
            faults.beforePeople(operation);
        } else {
            faults.before(operation, path);
        }
    }

    Stat statOf(Inode inode) {
        Traits traits = inode.volume.traits();
        long device = inode.volume == root.volume ? 0 : inode.volume.device();
        long birth = traits.birthTimes() ? inode.birthNanos : FileIdentity.NO_BIRTH;
        return new Stat(
                inode.kind,
                new FileIdentity(device, inode.number, birth),
                inode.sizeBytes(),
                inode.attributes.mtimeNanos(),
                inode.attributes.ctimeNanos(),
                inode.kind == FileKind.FILE
                        && traits.executableBit()
                        && inode.allows(Inode.OWNER_EXECUTES),
                inode.names);
    }
}
