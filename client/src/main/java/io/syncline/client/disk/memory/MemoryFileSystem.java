package io.syncline.client.disk.memory;

import io.syncline.client.disk.Calls;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.DirectoryInode.Link;
import io.syncline.client.disk.memory.DirectoryInode.Named;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The file system of one simulated computer. Synced folders are directories in it, named by their
 * path from its top ({@code "home/ann/work"}); it outlives the processes that use it, and {@link
 * #crash} is a power cut.
 *
 * <p>Two views are kept of everything: what programs see, and what is on the disk. Bytes and times
 * of a file reach the disk when the file is forced; entries when their directory is. What waits may
 * be there after a power cut, or not, or in part:
 *
 * <ul>
 *   <li>Of a file that was written to, each page of 4 KiB is old, new or torn between two sectors
 *       of 512 bytes; what was appended may be missing, there in part, or there as zeros; a file
 *       that was cut and written anew may be the old one, the cut one or the new one. Bytes that
 *       were cut off don't come back behind new ones.
 *   <li>Making, removing, renaming or exchanging names happens as a whole or not. With {@link
 *       Traits.Order#JOURNAL} none survives without all that came before it, with {@link
 *       Traits.Order#ANY} each may that needs no lost one. Whether a name is there says nothing of
 *       the bytes.
 *   <li>What was forced stays, and what is older than {@link Traits#writeBackAfter} stays too.
 * </ul>
 *
 * <p>One thread at a time, since operations happen between two steps of a simulation. The same
 * clock, seed and calls give the same results.
 */
public final class MemoryFileSystem {
    private final Traits traits;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Volume main;
    private final List<MemoryWatcher> watchers = new ArrayList<>();
    private final Map<String, Faults> faults = new TreeMap<>();

    /** Disks that are or were mounted, by where. */
    private final Map<String, Volume> mounts = new TreeMap<>();

    private long nextDevice = 1;
    private int boot;

    /**
     * An empty file system.
     *
     * @param random for {@link Faults} and watchers that miss something; a power cut has its own
     */
    public MemoryFileSystem(Traits traits, InstantSource clock, RandomGenerator random) {
        this.traits = traits;
        this.clock = clock;
        this.random = random;
        this.main = newVolume();
    }

    private Volume newVolume() {
        return new Volume(
                traits, nextDevice++, rounded(nanos(clock.instant()), traits.timestampStepNanos()));
    }

    // Roots.

    /** Makes a directory, durably, and those above it that are missing. */
    public void makeRoot(String root) {
        var tree = new Tree(this, main.root());
        LocalPath at = LocalPath.ROOT;
        for (String name : path(root).names()) {
            at = at.child(name);
            if (tree.directory(at.parent()).find(name) == null) {
                tree.makeDirectory(at);
                tree.directory(at.parent()).volume.force(tree.directory(at.parent()));
            }
        }
    }

    /**
     * What a program calls the system with; {@code Disks.over} makes a disk of it. Closing it is
     * the end of the process: all its handles are closed.
     *
     * @throws SynclineException {@code NOT_FOUND} if there is no such directory
     */
    public Calls open(String root, Hooks hooks) {
        return calls(root, hooks, false);
    }

    /** What people and their programs do in a folder. */
    public User user(String root) {
        return user(root, Hooks.NONE);
    }

    /** The same, told of most that they do. */
    public User user(String root, Hooks hooks) {
        return new User(calls(root, hooks, true));
    }

    private MemoryCalls calls(String root, Hooks hooks, boolean person) {
        DirectoryInode directory =
                directoryAt(root)
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.NOT_FOUND,
                                        "cannot open the folder '" + root + "': it doesn't exist"));
        return new MemoryCalls(this, root, directory, hooks, faults(root), person);
    }

    /** What goes wrong for the programs that use that folder. */
    public Faults faults(String root) {
        return faults.computeIfAbsent(path(root).toString(), _ -> new Faults(random));
    }

    /** Hears of changes in a folder from now on. */
    public MemoryWatcher watch(String root) {
        return watch(root, clock);
    }

    /** As {@link #watch(String)}; a clock by which the watcher is late, and that nobody sets. */
    public MemoryWatcher watch(String root, InstantSource steady) {
        DirectoryInode directory =
                directoryAt(root).orElseThrow(() -> SynclineException.invalid("no such folder"));
        var watcher = new MemoryWatcher(this, directory, steady, random);
        watchers.add(watcher);
        return watcher;
    }

    void closed(MemoryWatcher watcher) {
        watchers.remove(watcher);
    }

    /** Puts a new, empty disk over a directory that exists. */
    public void mount(String path) {
        Volume volume = newVolume();
        mounts.put(path(path).toString(), volume);
        remount(path);
    }

    /** Pulls a disk out: the empty directory beneath it shows, and open files break. */
    public void unmount(String path) {
        mounted(path).detach();
    }

    /** Puts a disk back that was pulled out. */
    public void remount(String path) {
        Volume volume = mounted(path);
        DirectoryInode over =
                directoryAt(path).orElseThrow(() -> SynclineException.invalid("no such folder"));
        if (volume.isAttached() && volume.covered() != null) {
            throw new IllegalStateException("a disk is mounted at '" + path + "'");
        }
        over.volume.journal().forceAll();
        volume.attach(over);
    }

    private Volume mounted(String path) {
        Volume volume = mounts.get(path(path).toString());
        if (volume == null) {
            throw new IllegalStateException("no disk was mounted at '" + path + "'");
        }
        return volume;
    }

    // Power.

    /** Everything reaches the disk. */
    public void sync() {
        main.forceEverything();
        mounts.values().forEach(Volume::forceEverything);
    }

    /** The power is cut and comes back: all processes are gone, and what was not on the disk. */
    public void crash(RandomGenerator dice) {
        boot++;
        watchers.clear();
        long written = nanos(clock.instant().minus(traits.writeBackAfter()));
        main.crash(dice, written);
        for (Volume volume : mounts.values()) {
            volume.crash(dice, written);
        }
    }

    int boot() {
        return boot;
    }

    // What an observer sees.

    /** Bytes taken of the main disk's capacity. */
    public long usedBytes() {
        return main.usedBytes();
    }

    /** All that is in a folder, {@code .syncline} with it, in the order of paths. */
    public List<FileState> entries(String root) {
        var all = new ArrayList<FileState>();
        Optional<DirectoryInode> top = directoryAt(root);
        if (top.isEmpty()) {
            return all;
        }
        MemoryCalls calls = calls(root, Hooks.NONE, true);
        record Visit(LocalPath path, DirectoryInode directory, boolean durable) {}
        var next = new ArrayDeque<Visit>();
        next.add(new Visit(LocalPath.ROOT, top.get(), true));
        while (!next.isEmpty()) {
            Visit visit = next.remove();
            for (Link link : visit.directory.entries()) {
                if (!MemoryCalls.isUnicode(link.name)) {
                    continue;
                }
                LocalPath path = visit.path.child(link.name);
                Inode inode = Tree.entered(link.inode);
                boolean durable = visit.durable && isDurable(visit.directory, link);
                all.add(
                        new FileState(
                                path,
                                calls.statOf(inode),
                                hash(inode),
                                durable && !isContentDirty(inode)));
                if (inode instanceof DirectoryInode directory) {
                    next.add(new Visit(path, directory, durable));
                }
            }
        }
        return all;
    }

    /** The bytes of a regular file, if there is one at that path. */
    public Optional<byte[]> bytes(String root, LocalPath path) {
        try {
            DirectoryInode top = directoryAt(root).orElseThrow(() -> new Failure(0));
            return new Tree(this, top).inode(path) instanceof FileInode file
                    ? Optional.of(file.content().bytes())
                    : Optional.empty();
        } catch (Failure _) {
            return Optional.empty();
        }
    }

    private static boolean isDurable(DirectoryInode directory, Link link) {
        Named named = directory.durableEntries.get(directory.key(link.name));
        return named != null
                && named.inode().is(link.inode)
                && named.name().equals(link.name)
                && !directory.volume.journal().waitsFor(link.inode);
    }

    private static boolean isContentDirty(Inode inode) {
        return inode instanceof FileInode file && file.isContentDirty();
    }

    private static Hash hash(Inode inode) {
        return Hash.sha256(inode instanceof FileInode file ? file.content().bytes() : inode.target);
    }

    // For the calls.

    Optional<DirectoryInode> directoryAt(String root) {
        DirectoryInode at = main.root();
        for (String name : path(root).names()) {
            Link link = at.find(name);
            if (link == null || !(Tree.entered(link.inode) instanceof DirectoryInode below)) {
                return Optional.empty();
            }
            at = below;
        }
        return Optional.of(at);
    }

    long now(Volume volume) {
        return rounded(nanos(clock.instant()), volume.traits().timestampStepNanos());
    }

    void heard(List<DirectoryInode> changed) {
        for (MemoryWatcher watcher : watchers) {
            watcher.heard(changed);
        }
    }

    private static LocalPath path(String root) {
        LocalPath path = LocalPath.ROOT;
        for (String name : root.split("/", -1)) {
            path = name.isEmpty() ? path : path.child(name);
        }
        return path;
    }

    private static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    private static long rounded(long nanos, long step) {
        return Math.floorDiv(nanos, step) * step;
    }
}
