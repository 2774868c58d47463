package io.syncline.cli;

import io.syncline.client.api.HistoryApi;
import io.syncline.client.api.HttpHistory;
import io.syncline.client.api.Retries;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.Resolved;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** What the commands about the past have in common: one project's history, found by paths. */
final class Past implements AutoCloseable {
    static final int PAGE = 500;

    private final SecureRandom random = new SecureRandom();
    private final FolderLink link;
    private final ServerApi server;
    private final HistoryApi history;

    private Past(FolderLink link) {
        this.link = link;
        this.server = Globals.server(link);
        this.history =
                new HttpHistory(
                        new ServerAddress(link.server(), link.trusted()),
                        link.token(),
                        new Retries(random, Retries.Pause.REAL));
    }

    static Past of(FolderLink link) {
        return new Past(link);
    }

    FolderLink link() {
        return link;
    }

    ServerApi server() {
        return server;
    }

    HistoryApi history() {
        return history;
    }

    CommitId commitId() {
        return new CommitId(RandomId.next(random));
    }

    static Instant time(String text) {
        return Times.parse(text, Instant.now(), ZoneId.systemDefault());
    }

    /** The live node at a path; the root is none. */
    Optional<Node> live(String path) {
        return server.resolve(link.project(), path).flatMap(Resolved::node);
    }

    /** What was at a path when it was deleted last. */
    Optional<LogEntry> deleted(String path) {
        return history
                .deleted(link.project(), new HistoryApi.At(path), Optional.empty(), PAGE)
                .entries()
                .stream()
                .map(deletion -> deletion.entry())
                .findFirst();
    }

    /** The node at a path, live or, where there is none, the one deleted last. */
    NodeId find(String path) {
        if (path.isEmpty()) {
            return NodeId.ROOT;
        }
        return live(path)
                .map(Node::id)
                .or(() -> deleted(path).map(entry -> entry.node().id()))
                .orElseThrow(() -> unknown(path));
    }

    static SynclineException unknown(String path) {
        return new SynclineException(
                ErrorCode.NOT_FOUND,
                "the project has no "
                        + path
                        + ", and nothing of that path was deleted lately; see 'syncline deleted'");
    }

    /** The newest change of a node that is as wanted. */
    Optional<LogEntry> change(NodeId id, Predicate<LogEntry> wanted) {
        OptionalLong before = OptionalLong.empty();
        while (true) {
            LogPage page = history.history(link.project(), id, before, PAGE);
            Optional<LogEntry> found = page.entries().stream().filter(wanted).findFirst();
            if (found.isPresent() || page.before().isEmpty()) {
                return found;
            }
            before = OptionalLong.of(page.before().get());
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
