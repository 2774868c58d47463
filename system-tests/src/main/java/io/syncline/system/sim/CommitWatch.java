package io.syncline.system.sim;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Looks at each commit that the server answers: whether what it says was done may have been. */
final class CommitWatch {
    /** What each commit was answered first. */
    private final Map<CommitId, byte[]> answers = new HashMap<>();

    /**
     * A commit was answered with 200.
     *
     * @param store what the server has stored
     * @throws Violation L5 where a node was changed or deleted in another version than its sender
     *     had seen; L8 where a repeat has another answer than the first
     */
    void answered(byte[] body, byte[] reply, MetadataStore store, ProjectKey project) {
        Commit commit = WireJson.COMMIT.fromBytes(body);
        byte[] first = answers.putIfAbsent(commit.id(), reply);
        if (first != null) {
            if (!Arrays.equals(first, reply)) {
                throw new Violation("L8", "commit " + commit.id() + " was answered differently");
            }
            return;
        }
        CommitAnswer answer = WireJson.COMMIT_ANSWER.fromBytes(reply);
        for (int i = 0; i < answer.results().size(); i++) {
            if (answer.results().get(i) instanceof ChangeResult.Applied(Node node)) {
                Change change = commit.changes().get(i);
                expected(change).ifPresent(seen -> check(change.id(), seen, node, store, project));
            }
        }
    }

    private static OptionalLong expected(Change change) {
        return switch (change) {
            case Change.Create _, Change.Check _ -> OptionalLong.empty();
            case Change.Update update -> OptionalLong.of(update.expected());
            case Change.Delete delete -> OptionalLong.of(delete.expected());
        };
    }

    private static void check(
            NodeId id, long seen, Node now, MetadataStore store, ProjectKey project) {
        List<Version> before =
                store.read(read -> read.nodes(project).history(id, now.sequence(), 1));
        if (before.isEmpty() || before.getFirst().node().sequence() != seen) {
            throw new Violation(
                    "L5",
                    "node "
                            + id
                            + " was changed from "
                            + (before.isEmpty() ? "nothing" : before.getFirst().node().sequence())
                            + ", of which the sender had seen "
                            + seen);
        }
    }

    /** The server was taken back: what it answered since may never have been. */
    void forget() {
        answers.clear();
    }
}
