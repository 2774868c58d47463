package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.holds;
import static io.syncline.system.endtoend.Folders.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code syncline admin migrate} with real processes, a real database and a real bucket. */
final class MigrateTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofMinutes(2);
    private static final int INVALID = 2;
    private static final int UNAVAILABLE = 12;

    @TempDir private Path directory;
    private final int port = Deployment.freePort();
    private EmbeddedPostgres database;
    private LocalBucket bucket;

    @BeforeEach
    void startServices() throws Exception {
        database =
                EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(new File("target/postgres"))
                        .start();
        bucket = LocalBucket.start(directory.resolve("buckets"));
    }

    @AfterEach
    void stopServices() throws Exception {
        bucket.close();
        database.close();
    }

    private Path config() throws IOException {
        return Files.write(
                directory.resolve("syncline.conf"),
                List.of(
                        "metadata = postgresql://postgres@localhost:"
                                + database.getPort()
                                + "/postgres",
                        "blocks = " + LocalBucket.url(bucket.port()),
                        "blocks-access-key = " + LocalBucket.ACCESS,
                        "blocks-secret-key = " + LocalBucket.SECRET));
    }

    private Program serve(String data, String... more) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "--home",
                                directory.resolve("server-home").toString(),
                                "serve",
                                "--data",
                                directory.resolve(data).toString(),
                                "--listen",
                                "127.0.0.1:" + port,
                                "--json"));
        line.addAll(List.of(more));
        return Program.start(directory.resolve("server.log"), List.of(), line);
    }

    private Finished migrate(Path config, String data, String... more) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "admin",
                                "migrate",
                                "--config",
                                config.toString(),
                                "--data",
                                directory.resolve(data).toString()));
        line.addAll(List.of(more));
        return Finished.run(directory.resolve("operator"), line.toArray(String[]::new));
    }

    private static void refused(Program server, String reason) {
        try (server) {
            Await.until(START, () -> !server.isAlive(), server::errors);
            assertThat(server.errors()).contains(reason);
        }
    }

    private static void appears(Device device, String path, String text) {
        Await.until(SOON, () -> holds(device.path(path), text), device::diagnosis);
    }

    private static Json converged(Device device) {
        Await.until(
                SOON,
                () -> device.status().at("state").text().equals("converged"),
                device::diagnosis);
        return device.status();
    }

    @Test
    @DisplayName("devices go on at their cursors in a cluster, and back in a folder")
    void aServerMovesThereAndBack() throws Exception {
        Path config = config();
        byte[] large = new byte[3_000_000];
        new Random(7).nextBytes(large);
        try (Device alice = new Device("alice", directory);
                Device bob = new Device("bob", directory)) {
            String before;
            try (Program server = serve("folder")) {
                String link = server.awaitJson(START).at("joinLink").text();
                alice.join(link);
                bob.join(link);
                for (int i = 0; i < 50; i++) {
                    write(alice.path("d" + i % 7 + "/f" + i), "text " + i);
                }
                write(alice.path("text"), "first");
                Files.write(alice.path("large"), large);
                appears(bob, "text", "first");
                write(bob.path("text"), "second");
                appears(bob, "d0/f0", "text 0");
                Files.delete(bob.path("d0/f0"));
                appears(alice, "text", "second");
                Await.until(SOON, () -> !alice.exists("d0/f0"), alice::diagnosis);
                Await.until(SOON, () -> bob.exists("large"), bob::diagnosis);
                before = converged(alice).at("digest").text();
                bob.stop();
                server.stop();
            }

            assertThat(migrate(config, "folder", "--to", "cluster").ok().out())
                    .contains("Moved: 1 projects");
            refused(serve("folder"), "was moved to postgresql://");
            assertThat(migrate(config, "folder", "--to", "cluster").status())
                    .isEqualTo(UNAVAILABLE);

            try (Program cluster = serve("node", "--config", config.toString())) {
                cluster.awaitJson(START);
                write(alice.path("in-the-cluster"), "by alice");
                bob.start();
                appears(bob, "in-the-cluster", "by alice");
                write(bob.path("d1/f1"), "edited by bob");
                appears(alice, "d1/f1", "edited by bob");
                assertThat(alice.run("history", alice.path("text").toString()).toString())
                        .isNotEmpty();
                assertThat(converged(alice).at("digest").text()).isNotEqualTo(before);
                assertThat(converged(bob).at("digest").text())
                        .isEqualTo(converged(alice).at("digest").text());
                cluster.stop();
            }
            assertThat(migrate(config, "folder", "--to", "folder").status())
                    .as("back into a folder that isn't empty")
                    .isEqualTo(INVALID);

            migrate(config, "back", "--to", "folder").ok();
            refused(serve("node", "--config", config.toString()), "was moved to ");
            try (Program server = serve("back")) {
                String link = server.awaitJson(START).at("joinLink").text();
                write(bob.path("back"), "home again");
                appears(alice, "back", "home again");
                String digest = converged(alice).at("digest").text();
                assertThat(converged(bob).at("digest").text()).isEqualTo(digest);
                // Nobody was told to look at everything anew.
                assertThat(Files.readString(directory.resolve("alice.log")))
                        .doesNotContainIgnoringCase("resync");
                try (Device carol = new Device("carol", directory).join(link)) {
                    Await.until(SOON, () -> carol.exists("large"), carol::diagnosis);
                    appears(carol, "d1/f1", "edited by bob");
                    assertThat(Files.readAllBytes(carol.path("large"))).isEqualTo(large);
                }
                server.stop();
            }
            Finished verified =
                    Finished.run(
                                    directory.resolve("operator"),
                                    "admin",
                                    "verify",
                                    "--data",
                                    directory.resolve("back").toString())
                            .ok();
            assertThat(verified.out()).contains("All is sound.");

            assertThat(migrate(config, "folder", "--to", "cluster", "--reopen").ok().out())
                    .contains("1 projects go on here");
            try (Program server = serve("folder")) {
                // What was done elsewhere meanwhile comes from the devices.
                try (Device dave =
                        new Device("dave", directory)
                                .join(server.awaitJson(START).at("joinLink").text())) {
                    appears(dave, "in-the-cluster", "by alice");
                }
            }
        }
    }
}
