package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.api.TreeApi;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.WireJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new device of a large project, over real processes and sockets. */
final class SnapshotStartTest {
    private static final Duration LONG = Duration.ofMinutes(3);

    /** A few more than a project has without a snapshot. */
    private static final int FILES = 10_100;

    private static final int COMMIT = 500;

    private final Random random = new Random(12);
    private final ReplicaId replica = new ReplicaId(RandomId.next(random));

    @Test
    @DisplayName("A new device starts from the snapshot and goes on by what changed since")
    void newDeviceStartsFromTheSnapshot(@TempDir Path directory) throws IOException {
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            JoinLink link = JoinLink.parse(deployment.joinLink());
            var address = new ServerAddress(deployment.url(), Optional.empty());
            JoinAnswer joined;
            try (ServerApi stranger = new HttpServerApi(address, Optional.empty())) {
                joined = stranger.join(link.secret(), "filler");
            }
            try (ServerApi api = new HttpServerApi(address, Optional.of(joined.token()))) {
                fill(api, joined);
                Await.until(LONG, () -> hasSnapshot(api, joined), deployment::diagnosis);
                commit(api, joined, List.of(new Change.Delete(new NodeId(1), 1)));
            }

            Device device = deployment.newDevice("b");
            device.join(deployment.joinLinkThrough(tap.port()));
            Await.until(
                    LONG,
                    () -> device.status().at("state").text().equals("converged"),
                    deployment::diagnosis);

            assertThat(device.exists("file 0")).isFalse();
            assertThat(device.exists("file 1")).isTrue();
            assertThat(device.exists("file " + (FILES - 1))).isTrue();
            // By the feed alone they are more than a megabyte.
            assertThat(tap.receivedBytes()).isLessThan(FILES * 50L);
        }
    }

    private void fill(ServerApi api, JoinAnswer joined) {
        int next = 0;
        while (next < FILES) {
            List<Change> changes = new ArrayList<>();
            while (changes.size() < COMMIT && next < FILES) {
                changes.add(
                        new Change.Create(
                                new NodeId(-1 - changes.size()),
                                new Place(NodeId.ROOT, new Name("file " + next++)),
                                Item.file(Content.EMPTY, false, 1_767_323_045_000_000_000L),
                                Optional.empty()));
            }
            commit(api, joined, changes);
        }
    }

    private void commit(ServerApi api, JoinAnswer joined, List<Change> changes) {
        Proof base = api.project(joined.project().id()).proof();
        Commit commit =
                new Commit(new CommitId(RandomId.next(random)), replica, base, true, changes);
        assertThat(api.commit(joined.project().id(), WireJson.COMMIT.toBytes(commit)))
                .isInstanceOf(TreeApi.CommitOutcome.Answered.class);
    }

    private boolean hasSnapshot(ServerApi api, JoinAnswer joined) {
        return api.snapshot(joined.project().id(), replica, Optional.empty(), 0, 1)
                instanceof TreeApi.SnapshotOutcome.Piece;
    }
}
