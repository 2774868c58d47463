package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Role;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.Stores;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real devices and a server whose clock is moved: what one that was away for a year finds is a feed
 * without the tombstones of what was deleted meanwhile.
 */
class YearOfflineTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir private Path directory;

    private volatile Duration later = Duration.ZERO;
    private SqliteMetadataStore metadata;
    private Server server;
    private ProjectId project;

    @BeforeEach
    void startServer() throws IOException {
        InstantSource clock = () -> InstantSource.system().instant().plus(later);
        Path data = Files.createDirectory(directory.resolve("data"));
        metadata = SqliteMetadataStore.open(data.resolve("metadata.sqlite"));
        Stores stores =
                new Stores(
                        metadata,
                        PackBlockStore.open(data.resolve("packs"), new Random(16), clock),
                        DiskSnapshotFiles.open(data.resolve("snapshots")),
                        new MemoryEventBus());
        server =
                Server.start(
                        new ServerSettings(
                                data, EdgeSettings.loopback(0), Optional.empty(), "year"),
                        stores,
                        clock);
        AccountId admin = server.admin().account("admin");
        project = server.admin().ensureProject(admin, "Work");
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private Device device(String name) {
        return new Device(name, directory)
                .join(server.admin().invite(project, Role.EDITOR, 1, Duration.ofHours(1)).format());
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private long raisedFloor() {
        server.keepFloors();
        return metadata.read(read -> read.projects().find(project).orElseThrow().floor());
    }

    private static long sequence(Device device) {
        return device.status().at("cursor").at("sequence").number();
    }

    private static void awaitConverged(Device device) {
        Await.until(
                SOON,
                () -> device.status().at("state").text().equals("converged"),
                device::diagnosis);
    }

    private static void awaitEqual(Device one, Device other) {
        awaitConverged(one);
        awaitConverged(other);
        Await.until(
                SOON,
                () ->
                        one.status().at("digest").text().equals(other.status().at("digest").text())
                                && Folders.differences(one.folder, other.folder).isEmpty(),
                () -> one.diagnosis() + other.diagnosis());
    }

    @Test
    @DisplayName(
            "scenario 14, R16 R4 L2 L6 a device that comes back below the floor reconciles: what"
                    + " was deleted there goes, what was made or edited here stays")
    void comesBackBelowTheFloor() throws IOException {
        try (Device home = device("home");
                Device away = device("away")) {
            write(home.path("kept.txt"), "kept");
            write(home.path("gone/one.txt"), "one");
            write(home.path("gone/two.txt"), "two");
            write(home.path("edited there and here.txt"), "old");
            awaitConverged(home);
            awaitEqual(home, away);
            away.stop();

            write(away.path("new here.txt"), "made while away");
            write(away.path("gone/two.txt"), "edited while away");
            write(away.path("edited there and here.txt"), "here");
            Files.delete(home.path("gone/one.txt"));
            Files.delete(home.path("gone/two.txt"));
            Files.delete(home.path("gone"));
            write(home.path("edited there and here.txt"), "there");
            write(home.path("new there.txt"), "made at home");
            // Five nodes made, three deleted, one edited, one made.
            Await.until(SOON, () -> sequence(home) == 10, home::diagnosis);

            later = Duration.ofDays(366);
            // Whoever is still there shows a sign of life in the meantime.
            home.stop();
            home.start();
            awaitConverged(home);
            write(home.path("a year later.txt"), "new year");
            awaitConverged(home);
            // Its checkpoint comes when it has been quiet for a while.
            Await.until(SOON, () -> raisedFloor() >= 10, home::diagnosis);

            away.start();
            awaitConverged(away);
            awaitEqual(home, away);

            assertThat(home.path("gone/one.txt")).doesNotExist();
            assertThat(home.path("gone/two.txt")).hasContent("edited while away");
            assertThat(home.path("new here.txt")).hasContent("made while away");
            assertThat(home.path("kept.txt")).hasContent("kept");
            assertThat(away.path("new there.txt")).hasContent("made at home");
            assertThat(away.path("a year later.txt")).hasContent("new year");
            assertThat(home.path("edited there and here.txt")).hasContent("there");
            assertThat(home.path("edited there and here (conflict of away).txt"))
                    .hasContent("here");
        }
    }
}
