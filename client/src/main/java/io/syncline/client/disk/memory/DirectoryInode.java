package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import io.syncline.client.libc.Errno;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A directory: its entries as programs see them, and as they are on the disk. */
final class DirectoryInode extends Inode {
    private static final byte[] NO_TARGET = {};

    private final TreeMap<String, Link> entries = new TreeMap<>();

    /** Written by {@link Journal} only. */
    final TreeMap<String, Named> durableEntries = new TreeMap<>();

    /** Its own name in its parent; none for the root of a volume and for one that was removed. */
    @Nullable Link own;

    /** What is mounted over it. */
    @Nullable Volume mounted;

    /** One entry on the disk. */
    record Named(String name, Inode inode) {}

    /** One entry, which stays itself when it is renamed, as the system's cached entries do. */
    static final class Link {
        @Nullable DirectoryInode parent;
        String name;
        final Inode inode;

        Link(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
        }
    }

    DirectoryInode(Volume volume, long number, long birthNanos, Attributes attributes) {
        super(volume, number, FileKind.DIRECTORY, birthNanos, attributes, NO_TARGET);
    }

    Collection<Link> entries() {
        return entries.values();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    String key(String name) {
        return volume.traits().names().key(name);
    }

    @Nullable Link find(String name) {
        if (volume.traits().names().isTooLong(name)) {
            throw new Failure(Errno.ENAMETOOLONG);
        }
        return entries.get(key(name));
    }

    void put(Link link) {
        link.parent = this;
        link.name = volume.traits().names().stored(link.name);
        entries.put(key(link.name), link);
        if (link.inode instanceof DirectoryInode directory) {
            directory.own = link;
        }
    }

    void remove(Link link) {
        entries.remove(key(link.name), link);
        link.parent = null;
        if (link.inode instanceof DirectoryInode directory && directory.own == link) {
            directory.own = null;
        }
    }

    /** A power cut: what is on the disk is all there is. */
    void crashEntries() {
        entries.clear();
        durableEntries.forEach((_, named) -> {
            var link = new Link(named.name, named.inode);
            put(link);
        });
    }

    /** The directory above, across mounts. */
    @Nullable DirectoryInode above() {
        if (own != null) {
            return own.parent;
        }
        DirectoryInode covered = volume.covered();
        return covered == null || volume.root() != this ? null : covered.above();
    }

    boolean isAtOrBelow(Inode other) {
        for (DirectoryInode at = this; at != null; at = at.above()) {
            if (at == other) {
                return true;
            }
        }
        return false;
    }
}
