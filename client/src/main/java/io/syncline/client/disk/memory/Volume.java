package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import io.syncline.client.libc.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One disk: its inodes, its space and what of it isn't durable yet. */
final class Volume {
    /** What an inode takes of the space. */
    private static final int INODE_BYTES = 256;

    private static final int FIRST_NUMBER = 2;

    /** How many free numbers are remembered; the others are never used again. */
    private static final int MAX_FREED = 1024;

    private final Traits traits;
    private final long device;
    private final Journal journal;
    private final DirectoryInode root;
    private final Deque<Inode> freed = new ArrayDeque<>();

    /** In the order in which they were first written to: never in one of identities. */
    private final Set<Inode> dirty = new LinkedHashSet<>();

    private long nextNumber = FIRST_NUMBER;
    private long usedBytes;
    private boolean attached = true;
    private @Nullable DirectoryInode covered;
    private @Nullable Inode lastFreed;

    Volume(Traits traits, long device, long nowNanos) {
        this.traits = traits;
        this.device = device;
        this.journal = new Journal(traits.order());
        this.root =
                new DirectoryInode(
                        this,
                        nextNumber++,
                        nowNanos,
                        new Inode.Attributes(0755, nowNanos, nowNanos));
        this.root.names = 1;
    }

    Traits traits() {
        return traits;
    }

    long device() {
        return device;
    }

    Journal journal() {
        return journal;
    }

    DirectoryInode root() {
        return root;
    }

    @Nullable DirectoryInode covered() {
        return covered;
    }

    boolean isAttached() {
        return attached;
    }

    void attach(@Nullable DirectoryInode over) {
        attached = true;
        covered = over;
        if (over != null) {
            over.mounted = this;
        }
    }

    void detach() {
        attached = false;
        if (covered != null) {
            covered.mounted = null;
            covered = null;
        }
    }

    // Inodes and space.

    /** A new inode; {@link #lastFreed} says whose number it has. */
    Inode make(FileKind kind, int mode, byte[] target, long nowNanos) {
        take(INODE_BYTES);
        Inode before = traits.reusesInodes() ? freed.pollLast() : null;
        lastFreed = before;
        long number = before == null ? nextNumber++ : before.number;
        var attributes = new Inode.Attributes(mode, nowNanos, nowNanos);
        return switch (kind) {
            case FILE -> new FileInode(this, number, nowNanos, attributes);
            case DIRECTORY -> new DirectoryInode(this, number, nowNanos, attributes);
            case SYMLINK, OTHER ->
                    new Inode(this, number, kind, nowNanos, attributes, target.clone());
        };
    }

    @Nullable Inode lastFreed() {
        return lastFreed;
    }

    /** Frees an inode once it has neither name nor handle. */
    void release(Inode inode) {
        if (inode.names == 0 && inode.handles == 0) {
            dirty.remove(inode);
            usedBytes -= INODE_BYTES + (long) inode.pageCount() * Content.PAGE_BYTES;
            if (traits.reusesInodes() && freed.size() < MAX_FREED) {
                freed.addLast(inode);
            }
        }
    }

    void take(long bytes) {
        if (usedBytes + bytes > traits.capacityBytes()) {
            throw new Failure(Errno.ENOSPC);
        }
        usedBytes += bytes;
    }

    void giveBack(long bytes) {
        usedBytes -= bytes;
    }

    long usedBytes() {
        return usedBytes;
    }

    // Durability.

    void touched(Inode inode) {
        dirty.add(inode);
    }

    void force(Inode inode) {
        inode.force();
        dirty.remove(inode);
        if (inode instanceof DirectoryInode directory) {
            journal.force(directory);
        }
    }

    void forceEverything() {
        dirty.forEach(Inode::force);
        dirty.clear();
        journal.forceAll();
    }

    /** A power cut. What is older than {@code writtenBeforeNanos} is on the disk already. */
    void crash(RandomGenerator random, long writtenBeforeNanos) {
        journal.forceBefore(writtenBeforeNanos);
        journal.crash(random);
        usedBytes = 0;
        freed.clear();
        var found = new ArrayList<Inode>();
        restart(root, found);
        for (Inode inode : found) {
            inode.writeBack(writtenBeforeNanos);
            if (inode.isDirty() && inode.attributes.ctimeNanos() >= writtenBeforeNanos) {
                inode.crash(random);
            } else {
                inode.force();
            }
            usedBytes += INODE_BYTES + (long) inode.pageCount() * Content.PAGE_BYTES;
        }
        dirty.clear();
    }

    /** Sees the tree on the disk; each inode once, in the order of names. */
    private static void restart(DirectoryInode top, List<Inode> found) {
        var seen = new LinkedHashSet<Inode>();
        var next = new ArrayDeque<DirectoryInode>();
        seen.add(top);
        next.add(top);
        while (!next.isEmpty()) {
            DirectoryInode directory = next.remove();
            directory.crashEntries();
            for (DirectoryInode.Link link : directory.entries()) {
                Inode inode = link.inode;
                if (seen.add(inode)) {
                    inode.names = 0;
                    inode.handles = 0;
                    if (inode instanceof DirectoryInode below) {
                        next.add(below);
                    }
                }
                inode.names++;
            }
        }
        found.addAll(seen);
    }
}
