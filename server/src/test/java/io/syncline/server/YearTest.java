package io.syncline.server;

import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.WireJson;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A year of one project's life, by a clock that is handed in, on the embedded stores. */
class YearTest {
    private static final int DAYS = 365;
    private static final int STEP_DAYS = 5;

    /** The days between which everything must have reached its size. */
    private static final int SETTLED_FROM = 65;

    private static final int SETTLED_TO = 215;

    /** What may come on top: rows of what happened to be under way. */
    private static final double ROOM = 1.15;

    private static final int ROOM_ROWS = 30;
    private static final int FILES = 12;
    private static final String PACKS = "bytes of packs";

    @TempDir private Path folder;

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final Random random = new Random(365);
    private final ArrayDeque<Node> live = new ArrayDeque<>();
    private final ReplicaId replica = new ReplicaId("0".repeat(31) + "1");

    @Test
    @DisplayName("L9 every table and the packs stay bounded over a year of steady use")
    void everythingStaysBounded() throws Exception {
        SqliteMetadataStore metadata = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
        PackBlockStore blocks = PackBlockStore.open(folder.resolve("blocks"), random, now::get);
        ServerSettings settings =
                new ServerSettings(
                        folder, EdgeSettings.loopback(0), Optional.of(TestServer.PASSWORD), "test");
        Stores stores =
                new Stores(
                        metadata, blocks, new MemorySnapshotFiles(now::get), new MemoryEventBus());
        Map<String, Long> settled = new TreeMap<>();
        Map<String, Long> end = new TreeMap<>();
        try (TestServer server = new TestServer(Server.start(settings, stores, now::get))) {
            for (int day = 0; day < DAYS; day += STEP_DAYS) {
                live(server, day);
                now.set(now.get().plus(Duration.ofDays(STEP_DAYS)));
                server.server.maintain();
                if (day >= SETTLED_FROM) {
                    Map<String, Long> into = day < SETTLED_TO ? settled : end;
                    sizes().forEach((name, size) -> into.merge(name, size, Math::max));
                }
            }
        }
        assertThat(end.keySet()).isEqualTo(settled.keySet()).hasSizeGreaterThan(15);
        List<String> grown = new ArrayList<>();
        end.forEach((name, size) -> {
            long before = settled.getOrDefault(name, 0L);
            if (size > before * ROOM + ROOM_ROWS) {
                grown.add(name + ": " + before + " -> " + size);
            }
        });
        assertThat(grown).as("what grows without end").isEmpty();
        // It was a year in which something happened.
        assertThat(end.get("history")).isGreaterThan(FILES);
        assertThat(end.get(PACKS)).isGreaterThan(1L << 20);
    }

    /** A new file, an edit of the one before, the oldest deleted; now and then something more. */
    private void live(TestServer server, int day) {
        List<Change> changes = new ArrayList<>();
        changes.add(file(-1, 0, "file of day " + day, server.upload(server.randomBytes(600_000))));
        if (!live.isEmpty()) {
            Node last = live.removeLast();
            Item edited = Item.file(server.upload(server.randomBytes(60_000)), false, day);
            changes.add(
                    new Change.Update(
                            last.id(), last.sequence(), Optional.empty(), Optional.of(edited)));
        }
        if (live.size() > FILES) {
            Node oldest = live.removeFirst();
            changes.add(new Change.Delete(oldest.id(), oldest.sequence()));
        }
        List<ChangeResult> results = server.commit(changes.toArray(Change[]::new)).results();
        List<Node> nodes =
                results.stream().map(result -> ((ChangeResult.Applied) result).node()).toList();
        if (nodes.size() > 1) {
            live.addLast(nodes.get(1));
        }
        live.addLast(nodes.getFirst());
        if (day % 2 == 0) {
            abandonUpload(server);
        }
        if (day % 3 == 0) {
            link(server);
            logIn(server);
        }
        checkpoint(server);
    }

    /** Blocks that are sent and never committed. */
    private static void abandonUpload(TestServer server) {
        List<Block> made = new ArrayList<>();
        TestServer.cut(server.randomBytes(60_000), made);
        server.put(TestServer.chunk(made), server.token).expect(200);
    }

    private static void link(TestServer server) {
        server.send(
                        "POST",
                        server.at("/links"),
                        server.token,
                        WireJson.LINK_REQUEST.toBytes(new LinkRequest(Role.EDITOR, 1, 86_400)))
                .expect(200);
    }

    private static void logIn(TestServer server) {
        server.send(
                        "POST",
                        "/v1/sessions",
                        "",
                        WireJson.SESSION_REQUEST.toBytes(
                                new SessionRequest("admin", TestServer.PASSWORD)))
                .expect(200);
    }

    private void checkpoint(TestServer server) {
        ProjectView view = server.view();
        Cursor cursor = new Cursor(view.epoch(), view.head());
        Checkpoint checkpoint =
                new Checkpoint(replica, cursor, view.digest(), Optional.of(cursor), 0, "docs");
        server.send(
                        "PUT",
                        server.at("/checkpoint"),
                        server.token,
                        WireJson.CHECKPOINT.toBytes(checkpoint))
                .expect(204);
    }

    /** The number of rows of every table that there is, and the bytes of all packs. */
    private Map<String, Long> sizes() {
        Map<String, Long> sizes = new TreeMap<>();
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("metadata.sqlite"));
                Statement sql = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows =
                    sql.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                try (ResultSet row = sql.executeQuery("SELECT count(*) FROM \"" + table + '"')) {
                    sizes.put(table, row.getLong(1));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        sizes.put(PACKS, packBytes());
        return sizes;
    }

    private long packBytes() {
        try (Stream<Path> files = Files.walk(folder.resolve("blocks/packs"))) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
