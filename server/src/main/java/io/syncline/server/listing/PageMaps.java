package io.syncline.server.listing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ProjectKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes page maps and keeps those made last, each for one version of its listing. Who asks for a
 * map that is being made waits for it. Thread-safe.
 */
final class PageMaps {
    /** Most memory that kept maps take, as estimated; those unused longest go first. */
    private static final long BYTES_MAX = 64L << 20;

    /** What a key takes beside its name's characters: three objects and a reference. */
    private static final int KEY_BYTES = 96;

    /** Which map. */
    record Of(ProjectKey project, NodeId directory, ListingOrder order, int size) {}

    /**
     * A map.
     *
     * @param starts the first row of each page
     * @param gzip the answer's JSON, compressed
     */
    record Made(Listing listing, List<ListingKey> starts, ByteBuffer gzip) {
        long bytes() {
            long bytes = gzip.capacity();
            for (ListingKey key : starts) {
                bytes += KEY_BYTES + 2L * key.name().length();
            }
            return bytes;
        }
    }

    /** Most maps made at once; a further one waits, at most for some of the store's own time. */
    private static final int MAKERS_MAX = 2;

    private final MetadataStore store;
    private final Semaphore makers = new Semaphore(MAKERS_MAX);
    private final KeptAnswers<Of, Made> kept = new KeptAnswers<>(BYTES_MAX);
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Of, CompletableFuture<Made>> underWay = new HashMap<>();

    PageMaps(MetadataStore store) {
        this.store = store;
    }

    /** The map of a listing as it is now, or was a moment ago when it had this version. */
    Made get(Of of, long version) {
        for (boolean joined = false; ; joined = true) {
            CompletableFuture<Made> mine = new CompletableFuture<>();
            Optional<Made> found = kept.get(of).filter(map -> map.listing().version() == version);
            if (found.isPresent()) {
                return found.get();
            }
            @Nullable CompletableFuture<Made> other;
            lock.lock();
            try {
                other = underWay.putIfAbsent(of, mine);
            } finally {
                lock.unlock();
            }
            if (other == null) {
                lead(of, mine);
                return join(mine);
            }
            Made made = join(other);
            // The first one may have looked before this caller did; a second one began after that.
            if (joined || made.listing().version() == version) {
                return made;
            }
        }
    }

    private void lead(Of of, CompletableFuture<Made> mine) {
        try {
            Made made = make(of);
            kept.put(of, made, made.bytes());
            over(of, mine);
            mine.complete(made);
        } catch (Throwable failure) {
            over(of, mine);
            mine.completeExceptionally(failure);
        }
    }

    private void over(Of of, CompletableFuture<Made> mine) {
        lock.lock();
        try {
            underWay.remove(of, mine);
        } finally {
            lock.unlock();
        }
    }

    private static Made join(CompletableFuture<Made> made) {
        try {
            return made.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Made make(Of of) {
        makers.acquireUninterruptibly();
        try {
            return read(of);
        } finally {
            makers.release();
        }
    }

    private Made read(Of of) {
        return store.read(read -> {
            Listings listings = read.listings(of.project());
            Listing listing = listings.of(of.directory());
            List<ListingKey> starts =
                    List.copyOf(listings.pageStarts(of.directory(), of.order(), of.size()));
            return new Made(listing, starts, gzip(json(of, listing, starts)));
        });
    }

    private static byte[] json(Of of, Listing listing, List<ListingKey> starts) {
        return WireJson.PAGE_MAP.toBytes(
                new PageMap(
                        listing.version(),
                        listing.total(),
                        listing.directories(),
                        of.size(),
                        starts.stream()
                                .map(key -> ListingCursor.encode(of.order().sort(), key))
                                .toList()));
    }

    private static ByteBuffer gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
        try (OutputStream gzip = new GZIPOutputStream(out, 8 << 10)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
