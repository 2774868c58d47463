package io.syncline.server.block;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ProjectKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filters that answer for blocks that large projects don't have, so that a thousand new blocks
 * aren't a thousand reads at random places of the block table (R48). A project's filter is built in
 * the background after the first question about it; until then, and for small projects, everything
 * may be stored. A filter may lack what another server stored: then a block is sent again, nothing
 * else. All filters together stay within a bound; the one unused for longest makes room.
 * Thread-safe.
 */
public final class BlockFilters implements AutoCloseable {
    /** Bytes of all filters: 200 million blocks, 13 TB of content. */
    public static final long BYTES_MAX = 256L << 20;

    /** Below so many blocks the table itself is in memory anyway. */
    static final long BLOCKS_MIN = 200_000;

    /** A filter is made for the blocks there are and half as many, and then made anew. */
    private static final double GROWTH = 1.5;

    /** Projects that are remembered, with filters or without. */
    private static final int ENTRIES_MAX = 10_000;

    private static final int PAGE = 5_000;

    private static final Logger log = LoggerFactory.getLogger(BlockFilters.class);

    private final MetadataStore store;
    private final long bytesMax;
    private final long blocksMin;
    private final ExecutorService builder;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    /** In order of last use. */
    @GuardedBy("lock")
    private final LinkedHashMap<ProjectKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("lock")
    private final Set<ProjectKey> building = new HashSet<>();

    /** Filters of this store's blocks, within {@link #BYTES_MAX}. */
    public BlockFilters(MetadataStore store) {
        this(store, Thread.ofPlatform().daemon().name("block-filters").factory());
    }

    /** The same, built on a thread of that kind. */
    public BlockFilters(MetadataStore store, ThreadFactory threads) {
        this(store, BYTES_MAX, BLOCKS_MIN, threads);
    }

    BlockFilters(MetadataStore store, long bytesMax, long blocksMin) {
        this(store, bytesMax, blocksMin, Thread.ofPlatform().daemon().factory());
    }

    private BlockFilters(
            MetadataStore store, long bytesMax, long blocksMin, ThreadFactory threads) {
        this.builder = Executors.newSingleThreadExecutor(threads);
        this.store = store;
        this.bytesMax = bytesMax;
        this.blocksMin = blocksMin;
    }

    /**
     * A project's filter.
     *
     * @param members that it was made for
     * @param numberEnd the project's next block number at which it is made anew
     */
    private record Entry(BlockFilter filter, long members, long numberEnd, boolean ready) {
        /** For a project without a filter until it has so many blocks. */
        static Entry none(long numberEnd) {
            return new Entry(new BlockFilter(0), 0, numberEnd, false);
        }
    }

    /**
     * Those of these blocks that may be stored; the others aren't, or were stored just now by
     * another server.
     */
    public Set<Hash> mayHave(ProjectKey project, Collection<Hash> hashes) {
        Optional<BlockFilter> filter = ready(project);
        if (filter.isEmpty()) {
            return Set.copyOf(hashes);
        }
        Set<Hash> left = new HashSet<>(hashes);
        left.removeIf(hash -> !filter.get().mayHave(hash));
        return left;
    }

    private Optional<BlockFilter> ready(ProjectKey project) {
        lock.lock();
        try {
            Entry entry = entries.get(project);
            if (entry == null && !closed && building.add(project)) {
                builder.execute(() -> build(project));
            }
            return Optional.ofNullable(entry).filter(Entry::ready).map(Entry::filter);
        } catch (RejectedExecutionException e) {
            log.atDebug().setCause(e).log("no filter is built any more");
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** These blocks were stored, durably. */
    void stored(ProjectKey project, Collection<Hash> hashes, long nextBlock) {
        Entry entry;
        lock.lock();
        try {
            entry = entries.get(project);
            if (entry != null && nextBlock >= entry.numberEnd()) {
                // Full, or large enough now: the next question has it made.
                entries.remove(project);
            }
        } finally {
            lock.unlock();
        }
        if (entry != null) {
            hashes.forEach(entry.filter()::add);
        }
    }

    private void build(ProjectKey project) {
        try {
            // Before the blocks are counted: what is stored after that is told to it.
            put(project, Entry.none(blocksMin));
            long next = store.read(read -> read.collecting(project).position()).nextBlock();
            // Numbers aren't used again, so there are at most so many blocks.
            if (next >= blocksMin) {
                fill(project, next);
            }
        } catch (RuntimeException e) {
            forget(project);
            if (!closed) {
                log.atWarn().setCause(e).log("a filter of blocks could not be built");
            }
        } finally {
            lock.lock();
            try {
                building.remove(project);
            } finally {
                lock.unlock();
            }
        }
    }

    private void fill(ProjectKey project, long next) {
        long members = (long) (next * GROWTH);
        if (BlockFilter.bytes(members) > bytesMax) {
            put(project, Entry.none(Long.MAX_VALUE));
            return;
        }
        BlockFilter filter = new BlockFilter(members);
        // Known to those who store from here on; what was stored before is found by the pages.
        put(project, new Entry(filter, members, members, false));
        Optional<Hash> after = Optional.empty();
        while (!closed) {
            Optional<Hash> from = after;
            List<BlockRow> page = store.read(read -> read.blocks(project).page(from, PAGE));
            page.forEach(row -> filter.add(row.hash()));
            if (page.size() < PAGE) {
                put(project, new Entry(filter, members, members, true));
                return;
            }
            after = Optional.of(page.getLast().hash());
        }
    }

    private void put(ProjectKey project, Entry entry) {
        lock.lock();
        try {
            entries.put(project, entry);
            long bytes =
                    entries.values().stream()
                            .mapToLong(one -> BlockFilter.bytes(one.members()))
                            .sum();
            Iterator<Map.Entry<ProjectKey, Entry>> eldest = entries.entrySet().iterator();
            while (bytes > bytesMax || entries.size() > ENTRIES_MAX) {
                bytes -= BlockFilter.bytes(eldest.next().getValue().members());
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(ProjectKey project) {
        lock.lock();
        try {
            entries.remove(project);
        } finally {
            lock.unlock();
        }
    }

    /** Whether questions about this project are answered by a filter now. */
    boolean isReady(ProjectKey project) {
        return ready(project).isPresent();
    }

    /** Stops building. */
    @Override
    public void close() {
        closed = true;
        builder.shutdown();
        try {
            if (!builder.awaitTermination(5, TimeUnit.SECONDS)) {
                builder.shutdownNow();
            }
        } catch (InterruptedException e) {
            builder.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
