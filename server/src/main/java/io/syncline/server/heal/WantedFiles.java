package io.syncline.server.heal;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.WantedPage;
import io.syncline.server.block.BlockReader;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which live files hold blocks that are set aside. Looking for them reads all tree blocks of the
 * project, as the collector does every day; it is done when somebody asks, by one thread, for one
 * project at a time, and what was found is kept until the blocks that are wanted are others.
 * Thread-safe; all state may be lost.
 */
public final class WantedFiles implements AutoCloseable {
    /** How long an answer waits for a search under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How soon a search is made anew because some of the blocks are stored again. */
    private static final Duration SHRUNK = Duration.ofSeconds(10);

    /** How soon a search is made anew in any case: files change. */
    private static final Duration OLD = Duration.ofMinutes(10);

    /** Projects of which something is kept. */
    private static final int PROJECTS_MAX = 1_000;

    private static final Logger log = LoggerFactory.getLogger(WantedFiles.class);

    private final MetadataStore store;
    private final BlockReader reader;
    private final InstantSource clock;
    private final Map<ProjectKey, Found> found =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ProjectKey, Found> eldest) {
                    return size() > PROJECTS_MAX;
                }
            };
    private final Map<ProjectId, Future<?>> searches = new ConcurrentHashMap<>();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("wanted").factory());
    private volatile boolean closed;

    /** What a search found for these blocks. */
    private record Found(Set<Hash> blocks, List<WantedPage.File> files, Instant at) {}

    /** Looks into these stores. */
    public WantedFiles(MetadataStore store, BlockReader reader, InstantSource clock) {
        this.store = store;
        this.reader = reader;
        this.clock = clock;
    }

    /**
     * The files above a node, as far as they are known; waits a moment where they are being looked
     * for.
     *
     * @param after 0 for the first page
     */
    WantedPage page(Project project, long after) {
        Set<Hash> blocks = blocks(project);
        if (blocks.isEmpty()) {
            return WantedPage.NOTHING;
        }
        if (!isAnswer(known(project), blocks)) {
            await(search(project));
        }
        Optional<Found> now = known(project);
        if (now.isEmpty()) {
            return new WantedPage(blocks.size(), false, List.of(), Optional.empty());
        }
        List<WantedPage.File> rest =
                now.get().files().stream().filter(file -> file.node().value() > after).toList();
        boolean more = rest.size() > WantedPage.FILES_MAX;
        List<WantedPage.File> page = more ? rest.subList(0, WantedPage.FILES_MAX) : rest;
        return new WantedPage(
                blocks.size(),
                isAnswer(now, blocks),
                page,
                more ? Optional.of(page.getLast().node()) : Optional.<NodeId>empty());
    }

    private Set<Hash> blocks(Project project) {
        return store.read(read ->
                new HashSet<>(
                        read.quarantine(project.key())
                                .page(Optional.empty(), WantedPage.BLOCKS_MAX)));
    }

    private Optional<Found> known(Project project) {
        synchronized (found) {
            return Optional.ofNullable(found.get(project.key()));
        }
    }

    /** Whether what was found tells of all of these blocks, and of few others. */
    private boolean isAnswer(Optional<Found> known, Set<Hash> blocks) {
        if (known.isEmpty() || !known.get().blocks().containsAll(blocks)) {
            return false;
        }
        Duration age = Duration.between(known.get().at(), clock.instant());
        boolean same = known.get().blocks().size() == blocks.size();
        return age.compareTo(same ? OLD : SHRUNK) < 0;
    }

    private Optional<Future<?>> search(Project project) {
        try {
            return Optional.of(
                    searches.computeIfAbsent(
                            project.id(), _ -> thread.submit(() -> searchNow(project))));
        } catch (RejectedExecutionException _) {
            return Optional.empty(); // The server ends.
        }
    }

    private void searchNow(Project project) {
        try {
            Set<Hash> blocks = blocks(project);
            Instant began = clock.instant();
            List<WantedPage.File> files =
                    new Search(store, reader, project, () -> closed).files(blocks);
            synchronized (found) {
                found.put(project.key(), new Found(blocks, files, began));
            }
            log.atInfo()
                    .addKeyValue("project", project.id())
                    .addKeyValue("blocks", blocks.size())
                    .addKeyValue("files", files.size())
                    .log("looked for files that hold wanted blocks");
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("cannot look for files that hold wanted blocks");
        } finally {
            searches.remove(project.id());
        }
    }

    private static void await(Optional<Future<?>> search) {
        try {
            if (search.isPresent()) {
                search.get().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException | CancellationException _) {
            // The answer says that it isn't complete.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
    }
}
