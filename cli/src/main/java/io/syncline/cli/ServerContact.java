package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the servers of folders now and then whether they are there: a command that waits for them
 * gives up, and says why, instead of waiting as long as it may. Thread-safe.
 */
final class ServerContact implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(3);

    /** How long a server may be away. */
    private static final Duration AWAY_MAX = Duration.ofMinutes(1);

    private final List<FolderLink> links;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<Failure> failure = Optional.empty();

    private record Failure(String reason, long sinceNanos) {}

    private ServerContact(List<FolderLink> links) {
        this.links = links;
    }

    /** Begins to ask the servers of these folders. */
    static ServerContact watch(List<FolderLink> links) {
        ServerContact contact = new ServerContact(links);
        Thread.ofVirtual().start(contact::run);
        return contact;
    }

    private void run() {
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                Optional<String> reason =
                        links.stream().flatMap(link -> ask(link).stream()).findFirst();
                long since = failure.map(Failure::sinceNanos).orElseGet(System::nanoTime);
                failure = reason.map(text -> new Failure(text, since));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<String> ask(FolderLink link) {
        try (ServerApi server = Globals.server(link)) {
            server.hello();
            return Optional.empty();
        } catch (SynclineException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Why a server couldn't be asked the last time. */
    Optional<String> failure() {
        return failure.map(Failure::reason);
    }

    /** Whether a server has been away for so long that waiting makes no sense. */
    boolean isLost() {
        return failure.filter(f -> System.nanoTime() - f.sinceNanos() > AWAY_MAX.toNanos())
                .isPresent();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
