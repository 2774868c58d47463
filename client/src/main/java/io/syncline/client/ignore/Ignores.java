package io.syncline.client.ignore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Stat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.ignore.IgnoreNode;

/**
 * The ignore rules of one folder: a {@code .synclineignore} file may be in any directory and counts
 * for what is in and below it, the deeper file and the later line winning (the syntax and meaning
 * of gitignore). The files themselves are synced like any other.
 *
 * <p>Always ignored, whatever the rules say: {@code .syncline} in the root, and our own temporaries
 * {@code .syncline-<16 hex digits>.tmp} everywhere. Nothing else: what a person's programs leave is
 * the person's to decide on.
 *
 * <p>Thread-safe. A file is read again when its attributes changed. One that can't be read, or is
 * larger than {@link #MAX_BYTES}, is a {@link DiskException}: better to skip a directory than to
 * send what was to stay at home.
 */
public final class Ignores {
    /** The name of the files with rules. */
    public static final String FILE_NAME = ".synclineignore";

    /** The largest file with rules. */
    public static final int MAX_BYTES = 1 << 20;

    /** How many files' rules are kept in memory; more are read again at each scan. */
    private static final int MAX_CACHED = 10_000;

    private final Disk disk;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<LocalPath, Cached> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<LocalPath, Cached> eldest) {
                    return size() > MAX_CACHED;
                }
            };

    private record Cached(Stat stat, IgnoreNode node) {}

    /** The rules in the files of that disk. */
    public Ignores(Disk disk) {
        this.disk = disk;
    }

    /**
     * The rules for the entries of a directory.
     *
     * @param above those of its parent; {@link IgnoreRules#NONE} for the root
     * @param file the attributes of its own {@link #FILE_NAME}, if it has one
     */
    public IgnoreRules in(IgnoreRules above, LocalPath directory, Optional<Stat> file) {
        IgnoreRules inherited =
                directory.isRoot() ? IgnoreRules.NONE : above.below(directory.name());
        if (file.isEmpty() || file.get().isDirectory()) {
            forget(directory);
            return inherited;
        }
        return inherited.with(node(directory, file.get()));
    }

    /** The rules for the entries of a directory, reading what there is on the way to it. */
    public IgnoreRules in(LocalPath directory) {
        IgnoreRules rules = IgnoreRules.NONE;
        LocalPath at = LocalPath.ROOT;
        for (int depth = 0; ; depth++) {
            rules = in(rules, at, file(at));
            if (depth == directory.names().size()) {
                return rules;
            }
            at = at.child(directory.names().get(depth));
        }
    }

    /** Whether an entry, or a directory on the way to it, is ignored. */
    public boolean isIgnored(LocalPath path, boolean directory) {
        LocalPath at = LocalPath.ROOT;
        IgnoreRules rules = IgnoreRules.NONE;
        for (int depth = 0; depth < path.names().size(); depth++) {
            rules = in(rules, at, file(at));
            String name = path.names().get(depth);
            boolean last = depth == path.names().size() - 1;
            if (rules.ignores(name, !last || directory)) {
                return true;
            }
            at = at.child(name);
        }
        return false;
    }

    /**
     * Whether a directory's own rules aren't those that were last used for it: then all below it
     * has to be looked at again.
     */
    public boolean changed(LocalPath directory) {
        Optional<Stat> now = file(directory);
        lock.lock();
        try {
            Cached cached = cache.get(directory);
            return cached == null
                    ? now.isPresent()
                    : now.filter(stat -> stat.unchangedSince(cached.stat)).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Stat> file(LocalPath directory) {
        return disk.stat(directory.child(FILE_NAME)).found();
    }

    private void forget(LocalPath directory) {
        lock.lock();
        try {
            if (!cache.isEmpty()) {
                cache.remove(directory);
            }
        } finally {
            lock.unlock();
        }
    }

    private IgnoreNode node(LocalPath directory, Stat stat) {
        lock.lock();
        try {
            Cached cached = cache.get(directory);
            if (cached != null && stat.unchangedSince(cached.stat)) {
                return cached.node;
            }
        } finally {
            lock.unlock();
        }
        IgnoreNode node = read(directory.child(FILE_NAME), stat);
        lock.lock();
        try {
            cache.put(directory, new Cached(stat, node));
        } finally {
            lock.unlock();
        }
        return node;
    }

    private IgnoreNode read(LocalPath file, Stat stat) {
        if (stat.sizeBytes() > MAX_BYTES) {
            throw new DiskException(
                    file, new Outcome.Unsupported("it is larger than " + MAX_BYTES + " bytes"));
        }
        Look<ReadHandle> opened = disk.open(file);
        if (opened.isMissing()) {
            return new IgnoreNode();
        }
        try (ReadHandle handle = opened.orThrow(file)) {
            var buffer = ByteBuffer.allocate(MAX_BYTES);
            int count = handle.read(buffer, 0);
            return IgnoreRules.parse(new String(buffer.array(), 0, count, StandardCharsets.UTF_8));
        }
    }
}
