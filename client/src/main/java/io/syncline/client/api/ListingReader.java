package io.syncline.client.api;

import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.PageMap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole listing of a directory, a few pages at once. Whatever changes meanwhile, a row
 * that is there and unchanged all the while is met exactly once, in order.
 *
 * <p>Of a listing of many pages the map is asked for beside the second page. With it the following
 * ones can be asked for before those in front of them came, and each page is exactly a piece of the
 * listing as long as the listing has the map's version. The first page of another version still
 * begins where the one before it ended; from there on page follows page by cursor, one at a time.
 *
 * <p>Thread-safe; each reading has its own threads, which end with it.
 */
public final class ListingReader {
    /** Most pages asked for and not yet taken, which bounds memory. */
    static final int PAGES_AHEAD_MAX = 3;

    /** Of so many pages at least the map is asked for; of fewer it would come too late. */
    static final int MAPPED_PAGES_MIN = 5;

    /** Where pages of one size come from; each call may block, and throws as {@link TreeApi}. */
    interface Source {
        /** The page after a row; the first one without. */
        ChildrenPage after(Optional<String> cursor);

        /** The page that begins at a row. */
        ChildrenPage from(String cursor);

        /** Where pages of this size begin. */
        PageMap map();
    }

    private final Source source;
    private final int limit;
    private final boolean hasMaps;

    /**
     * A reader of that directory.
     *
     * @param limit rows of a page, 1..{@value Limits#CHILDREN_PAGE_ENTRIES_MAX}; other sizes than
     *     {@link Limits#PAGE_MAP_SIZES} have no map, so that page follows page
     */
    public ListingReader(
            TreeApi server, ProjectId project, NodeId directory, ListingOrder order, int limit) {
        this(new Directory(server, project, directory, order, limit), limit);
    }

    ListingReader(Source source, int limit) {
        this.source = source;
        this.limit = limit;
        this.hasMaps = Limits.PAGE_MAP_SIZES.contains(limit);
    }

    /**
     * Hands every page, the first one even if empty, to {@code taker}, on the calling thread, until
     * it answers that it wants no more. Returns when nothing is under way any more.
     *
     * @throws io.syncline.core.error.SynclineException as {@link TreeApi#children}: the pages
     *     before were handed over; UNAVAILABLE where the thread is interrupted
     */
    public void read(Predicate<ChildrenPage> taker) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                new Reading(threads).run(taker);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** One pass through the listing. For one thread. */
    private final class Reading {
        private final ExecutorService threads;

        /** The pages that follow the one read last, in order. */
        private final Deque<Future<ChildrenPage>> ahead = new ArrayDeque<>();

        private @Nullable Future<PageMap> map;
        private int readCount;
        private long version;

        /** Whether all pages were full ones of one version: then they are the map's. */
        private boolean steady = true;

        Reading(ExecutorService threads) {
            this.threads = threads;
        }

        void run(Predicate<ChildrenPage> taker) {
            ChildrenPage page = source.after(Optional.empty());
            version = page.version();
            took(page);
            if (steady && hasMaps && page.total() > (MAPPED_PAGES_MIN - 1L) * limit) {
                map = threads.submit(source::map);
            }
            while (true) {
                ask(page);
                if (!taker.test(page) || ahead.isEmpty()) {
                    return;
                }
                page = await(ahead.remove());
                took(page);
            }
        }

        private void took(ChildrenPage page) {
            readCount++;
            boolean last = page.after().isEmpty();
            if (last || page.version() != version || page.nodes().size() != limit) {
                steady = false;
                ahead.forEach(request -> request.cancel(true));
                ahead.clear();
            }
        }

        /** Sees to it that what follows this page is under way, if anything does. */
        private void ask(ChildrenPage page) {
            if (page.after().isEmpty()) {
                return;
            }
            Optional<PageMap> found = usableMap();
            if (found.isPresent()) {
                var starts = found.get().pages();
                for (int at = readCount + ahead.size();
                        at < starts.size() && ahead.size() < PAGES_AHEAD_MAX;
                        at++) {
                    String start = starts.get(at);
                    ahead.add(threads.submit(() -> source.from(start)));
                }
            }
            if (ahead.isEmpty()) {
                ahead.add(threads.submit(() -> source.after(page.after())));
            }
        }

        /** The map, once it is there, if it is of the listing that is being read. */
        private Optional<PageMap> usableMap() {
            // One that can't be had is no failure: what is wrong, the next page tells.
            if (!steady || map == null || map.state() != Future.State.SUCCESS) {
                return Optional.empty();
            }
            return Optional.of(map.resultNow())
                    .filter(found -> found.version() == version && found.size() == limit);
        }
    }

    private static ChildrenPage await(Future<ChildrenPage> page) {
        try {
            return page.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServerFailure.unavailable("interrupted while a listing was read", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("a page failed", e);
            }
        }
    }

    /** The pages of a server's directory. */
    private record Directory(
            TreeApi server, ProjectId project, NodeId directory, ListingOrder order, int limit)
            implements Source {
        @Override
        public ChildrenPage after(Optional<String> cursor) {
            return server.children(project, directory, order, cursor, limit);
        }

        @Override
        public ChildrenPage from(String cursor) {
            return server.childrenFrom(project, directory, order, cursor, limit);
        }

        @Override
        public PageMap map() {
            return server.pageMap(project, directory, order, limit);
        }
    }
}
