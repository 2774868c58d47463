package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.DirectoryInode.Link;
import io.syncline.client.disk.memory.DirectoryInode.Named;
import io.syncline.client.libc.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system's calls on paths below one directory, as Linux does them: what they change, which
 * times they touch and which error comes first. They throw {@link Failure}. No link is followed.
 */
final class Tree {
    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;
    private static final int PRIVATE_MODE = 0700;
    private static final int LINK_MODE = 0777;
    private static final int MAX_TARGET_BYTES = 4095;
    private static final byte[] NO_TARGET = {};

    enum Rename {
        NO_REPLACE,
        OVER,
        EXCHANGE
    }

    private final MemoryFileSystem files;
    private final DirectoryInode root;

    Tree(MemoryFileSystem files, DirectoryInode root) {
        this.files = files;
        this.root = root;
    }

    // Looking.

    /** What is at that path, itself. */
    Inode inode(LocalPath path) {
        return path.isRoot() ? attached(root) : entered(link(path).inode);
    }

    Link link(LocalPath path) {
        return found(parent(path), path.name());
    }

    private static Link found(DirectoryInode directory, String name) {
        Link link = directory.find(name);
        if (link == null) {
            throw new Failure(Errno.ENOENT);
        }
        return link;
    }

    /** A directory, whose entries may be used by name. */
    DirectoryInode directory(LocalPath path) {
        return directory(path.names());
    }

    private DirectoryInode parent(LocalPath path) {
        if (path.isRoot()) {
            throw new Failure(Errno.EINVAL);
        }
        DirectoryInode parent = directory(path.names().subList(0, path.names().size() - 1));
        require(parent, Inode.OWNER_EXECUTES);
        return parent;
    }

    private DirectoryInode directory(List<String> names) {
        DirectoryInode at = attached(root);
        for (String name : names) {
            require(at, Inode.OWNER_EXECUTES);
            Link link = found(at, name);
            if (link.inode.kind == FileKind.SYMLINK) {
                throw new Failure(Errno.ELOOP);
            }
            if (!(entered(link.inode) instanceof DirectoryInode below)) {
                throw new Failure(Errno.ENOTDIR);
            }
            at = below;
        }
        return at;
    }

    /** What is mounted there, if anything. */
    static Inode entered(Inode inode) {
        return inode instanceof DirectoryInode d && d.mounted != null ? d.mounted.root() : inode;
    }

    private static DirectoryInode attached(DirectoryInode directory) {
        if (!directory.volume.isAttached()) {
            throw new Failure(Errno.EIO);
        }
        return directory;
    }

    static void require(Inode inode, int bits) {
        if ((inode.attributes.mode() & bits) != bits) {
            throw new Failure(Errno.EACCES);
        }
    }

    /** A file's entry, for opening it. */
    Link file(LocalPath path, int bits) {
        Link link = link(path);
        if (link.inode.kind != FileKind.FILE) {
            throw new Failure(link.inode.kind == FileKind.SYMLINK ? Errno.ELOOP : Errno.EINVAL);
        }
        require(link.inode, bits);
        return link;
    }

    byte[] readLink(LocalPath path) {
        if (path.isRoot() || link(path).inode.kind != FileKind.SYMLINK) {
            throw new Failure(Errno.EINVAL);
        }
        return link(path).inode.target.clone();
    }

    // Making and removing.

    Link makeFile(LocalPath path) {
        return make(path, FileKind.FILE, FILE_MODE, NO_TARGET);
    }

    void makeDirectory(LocalPath path) {
        make(path, FileKind.DIRECTORY, path.isControl() ? PRIVATE_MODE : DIRECTORY_MODE, NO_TARGET);
    }

    /** A pipe, socket or device. */
    void makeSpecial(LocalPath path) {
        make(path, FileKind.OTHER, FILE_MODE, NO_TARGET);
    }

    void symlink(LocalPath path, byte[] target) {
        if (!root.volume.traits().symlinks()) {
            throw new Failure(Errno.EOPNOTSUPP);
        }
        if (target.length == 0) {
            throw new Failure(Errno.ENOENT);
        }
        if (target.length > MAX_TARGET_BYTES) {
            throw new Failure(Errno.ENAMETOOLONG);
        }
        make(path, FileKind.SYMLINK, LINK_MODE, target);
    }

    private Link make(LocalPath path, FileKind kind, int mode, byte[] target) {
        DirectoryInode parent = parent(path);
        if (parent.find(path.name()) != null) {
            throw new Failure(Errno.EEXIST);
        }
        requireName(parent, path.name());
        return makeIn(parent, path.name(), kind, mode, target);
    }

    /** As {@link #makeFile}, with a name that isn't Unicode. */
    void makeFileOfAnyName(LocalPath parent, String name) {
        makeIn(directory(parent), name, FileKind.FILE, FILE_MODE, NO_TARGET);
    }

    /** Renames within a directory, to or from any name. */
    void respell(LocalPath parent, String from, String to) {
        DirectoryInode directory = directory(parent);
        require(directory, Inode.OWNER_WRITES);
        Link link = found(directory, from);
        if (directory.find(to) != null) {
            throw new Failure(Errno.EEXIST);
        }
        respell(link, to);
    }

    private Link makeIn(
            DirectoryInode parent, String name, FileKind kind, int mode, byte[] target) {
        require(parent, Inode.OWNER_WRITES);
        long now = now(parent);
        Inode inode = parent.volume.make(kind, mode, target, now);
        inode.names = 1;
        var link = new Link(name, inode);
        parent.put(link);
        record(parent, now, parent.volume.lastFreed(), slot(link, null));
        heard(parent, inode);
        return link;
    }

    void link(LocalPath existing, LocalPath another) {
        DirectoryInode from = parent(existing);
        DirectoryInode parent = parent(another);
        Link link = found(from, existing.name());
        if (parent.find(another.name()) != null) {
            throw new Failure(Errno.EEXIST);
        }
        Inode inode = link.inode;
        if (entered(inode).volume != parent.volume) {
            throw new Failure(Errno.EXDEV);
        }
        if (inode.kind == FileKind.DIRECTORY) {
            throw new Failure(Errno.EPERM);
        }
        if (!parent.volume.traits().hardLinks()) {
            throw new Failure(Errno.EOPNOTSUPP);
        }
        requireName(parent, another.name());
        require(parent, Inode.OWNER_WRITES);
        long now = now(parent);
        var second = new Link(another.name(), inode);
        parent.put(second);
        inode.names++;
        changedAttributes(inode, now);
        record(parent, now, null, slot(second, null));
        heard(parent, inode);
    }

    void unlink(LocalPath path) {
        Link link = link(path);
        if (link.inode.kind == FileKind.DIRECTORY) {
            throw new Failure(Errno.EISDIR);
        }
        remove(link);
    }

    void removeDirectory(LocalPath path) {
        Link link = link(path);
        if (!(link.inode instanceof DirectoryInode directory)) {
            throw new Failure(Errno.ENOTDIR);
        }
        if (directory.mounted != null) {
            throw new Failure(Errno.EBUSY);
        }
        if (!directory.isEmpty()) {
            require(parentOf(link), Inode.OWNER_WRITES);
            throw new Failure(Errno.ENOTEMPTY);
        }
        remove(link);
    }

    private void remove(Link link) {
        DirectoryInode parent = parentOf(link);
        require(parent, Inode.OWNER_WRITES);
        long now = now(parent);
        var slot = new Journal.Slot(parent, parent.key(link.name), named(link), null);
        parent.remove(link);
        record(parent, now, null, slot);
        changedAttributes(link.inode, now);
        heard(parent, link.inode);
        lostName(link.inode);
    }

    private static void lostName(Inode inode) {
        inode.names--;
        inode.volume.release(inode);
    }

    // Renaming.

    void rename(LocalPath from, LocalPath to, Rename how) {
        DirectoryInode fromParent = parent(from);
        DirectoryInode toParent = parent(to);
        if (fromParent.volume != toParent.volume) {
            throw new Failure(Errno.EXDEV);
        }
        if (how == Rename.EXCHANGE && !fromParent.volume.traits().exchange()) {
            throw new Failure(Errno.EINVAL);
        }
        Link moved = found(fromParent, from.name());
        Link there = toParent.find(to.name());
        if (there != null && how == Rename.NO_REPLACE) {
            throw new Failure(Errno.EEXIST);
        }
        if (there == null && how == Rename.EXCHANGE) {
            throw new Failure(Errno.ENOENT);
        }
        if (toParent.isAtOrBelow(moved.inode)) {
            throw new Failure(Errno.EINVAL);
        }
        if (there != null && fromParent.isAtOrBelow(there.inode)) {
            throw new Failure(how == Rename.EXCHANGE ? Errno.EINVAL : Errno.ENOTEMPTY);
        }
        boolean respelt = how == Rename.OVER && there == moved && !moved.name.equals(to.name());
        if (there != null && there.inode.is(moved.inode) && !respelt) {
            return;
        }
        requireNotMounted(moved);
        if (there != null) {
            requireNotMounted(there);
        }
        require(fromParent, Inode.OWNER_WRITES);
        require(toParent, Inode.OWNER_WRITES);
        if (there != null && !respelt && how == Rename.OVER) {
            requireReplaceable(there.inode, moved.inode);
        }
        if (there == null || respelt) {
            requireName(toParent, to.name());
        }
        if (respelt) {
            respell(moved, to.name());
        } else if (how == Rename.EXCHANGE) {
            exchange(moved, there);
        } else {
            move(moved, toParent, to.name(), there);
        }
    }

    private static void requireReplaceable(Inode old, Inode by) {
        boolean isDirectory = by.kind == FileKind.DIRECTORY;
        if (!(old instanceof DirectoryInode directory)) {
            if (isDirectory) {
                throw new Failure(Errno.ENOTDIR);
            }
        } else if (!isDirectory) {
            throw new Failure(Errno.EISDIR);
        } else if (!directory.isEmpty()) {
            throw new Failure(Errno.ENOTEMPTY);
        }
    }

    private void move(Link moved, DirectoryInode to, String name, @Nullable Link there) {
        DirectoryInode from = parentOf(moved);
        long now = now(from);
        var left = new Journal.Slot(from, from.key(moved.name), named(moved), null);
        Named before = there == null ? null : named(there);
        if (there != null) {
            to.remove(there);
        }
        from.remove(moved);
        moved.name = name;
        to.put(moved);
        record(from, now, null, left, slot(moved, before));
        touched(to, now);
        changedAttributes(moved.inode, now);
        heardMove(moved.inode, from, to);
        if (there != null) {
            changedAttributes(there.inode, now);
            lostName(there.inode);
        }
    }

    private void respell(Link link, String name) {
        DirectoryInode parent = parentOf(link);
        long now = now(parent);
        Named before = named(link);
        parent.remove(link);
        link.name = name;
        parent.put(link);
        record(parent, now, null, slot(link, before));
        changedAttributes(link.inode, now);
        heardMove(link.inode, parent, parent);
    }

    private void exchange(Link a, @Nullable Link b) {
        if (b == null) {
            throw new IllegalStateException("nothing to exchange with");
        }
        DirectoryInode parentA = parentOf(a);
        DirectoryInode parentB = parentOf(b);
        String nameA = a.name;
        Named namedA = named(a);
        Named namedB = named(b);
        long now = now(parentA);
        parentA.remove(a);
        parentB.remove(b);
        a.name = b.name;
        b.name = nameA;
        parentB.put(a);
        parentA.put(b);
        record(parentA, now, null, slot(b, namedA), slot(a, namedB));
        touched(parentB, now);
        changedAttributes(a.inode, now);
        changedAttributes(b.inode, now);
        heardMove(a.inode, parentA, parentB);
        heardMove(b.inode, parentB, parentA);
    }

    // Attributes.

    /** As {@code chmod}; ignored where the file system keeps no such bits. */
    void chmod(Link link, int mode) {
        Inode inode = link.inode;
        if (inode.kind == FileKind.FILE && !inode.volume.traits().executableBit()) {
            mode &= ~0111;
        }
        if (mode != inode.attributes.mode()) {
            long now = now(inode);
            inode.attributes = new Inode.Attributes(mode, inode.attributes.mtimeNanos(), now);
            inode.volume.touched(inode);
            heardOf(link);
        }
    }

    void setExecutable(Link link, boolean executable) {
        Inode inode = link.inode;
        if (inode.kind != FileKind.FILE) {
            throw new Failure(Errno.EINVAL);
        }
        int mode = inode.attributes.mode();
        chmod(link, executable ? mode | ((mode & 0444) >> 2) : mode & ~0111);
    }

    void setModificationTime(Link link, long nanos) {
        Inode inode = link.inode;
        long step = inode.volume.traits().timestampStepNanos();
        inode.attributes =
                new Inode.Attributes(
                        inode.attributes.mode(), Math.floorDiv(nanos, step) * step, now(inode));
        inode.volume.touched(inode);
        heardOf(link);
    }

    /** After bytes were written or cut. */
    void wrote(Link link) {
        touched(link.inode, now(link.inode));
        heardOf(link);
    }

    /** Nobody hears of it. */
    void storedThroughMapping(Inode inode) {
        touched(inode, now(inode));
    }

    long now(Inode inode) {
        return files.now(inode.volume);
    }

    /** An entry came, went or was written to. */
    private static void touched(Inode inode, long now) {
        inode.attributes = new Inode.Attributes(inode.attributes.mode(), now, now);
        inode.volume.touched(inode);
    }

    private static void changedAttributes(Inode inode, long now) {
        inode.attributes =
                new Inode.Attributes(inode.attributes.mode(), inode.attributes.mtimeNanos(), now);
        inode.volume.touched(inode);
    }

    // What all changes of names share.

    private static void record(
            DirectoryInode directory, long now, @Nullable Inode freed, Journal.Slot... slots) {
        directory.volume.journal().add(now, List.of(slots), freed);
        touched(directory, now);
    }

    /** The slot in which that link now is. */
    private static Journal.Slot slot(Link link, @Nullable Named before) {
        DirectoryInode parent = parentOf(link);
        return new Journal.Slot(parent, parent.key(link.name), before, named(link));
    }

    private static Named named(Link link) {
        return new Named(link.name, link.inode);
    }

    private static DirectoryInode parentOf(Link link) {
        DirectoryInode parent = link.parent;
        if (parent == null) {
            throw new IllegalStateException("'" + link.name + "' is in no directory");
        }
        return parent;
    }

    private static void requireName(DirectoryInode parent, String name) {
        if (!parent.volume.traits().names().canHold(name)) {
            throw new Failure(Errno.EINVAL);
        }
    }

    private static void requireNotMounted(Link link) {
        if (link.inode instanceof DirectoryInode directory && directory.mounted != null) {
            throw new Failure(Errno.EBUSY);
        }
    }

    // Who listens.

    private void heard(DirectoryInode parent, Inode entry) {
        var changed = new ArrayList<DirectoryInode>();
        changed.add(parent);
        if (entry instanceof DirectoryInode directory) {
            changed.add(directory);
        }
        files.heard(changed);
    }

    private void heardMove(Inode moved, DirectoryInode from, DirectoryInode to) {
        var changed = new ArrayList<DirectoryInode>();
        changed.add(from);
        changed.add(to);
        addAllBelow(moved, changed);
        files.heard(changed);
    }

    private static void addAllBelow(Inode inode, List<DirectoryInode> into) {
        if (inode instanceof DirectoryInode directory) {
            into.add(directory);
            for (Link link : directory.entries()) {
                addAllBelow(link.inode, into);
            }
        }
    }

    /** As inotify, the directory through which the file was opened hears of a change, alone. */
    private void heardOf(Link link) {
        if (link.parent != null) {
            files.heard(List.of(link.parent));
        }
    }
}
