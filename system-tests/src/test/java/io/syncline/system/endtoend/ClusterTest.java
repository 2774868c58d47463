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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** Two server processes over a real database, bucket and bus. */
final class ClusterTest {
    /** Shorter than a node takes to look at heads by itself. */
    private static final Duration SOON = Duration.ofSeconds(40);

    private static final Duration START = Duration.ofSeconds(60);

    @TempDir private Path directory;
    private EmbeddedPostgres database;
    private RedisServer bus;
    private LocalBucket bucket;

    @BeforeEach
    void startServices() throws Exception {
        database =
                EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(new File("target/postgres"))
                        .start();
        bus =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(Deployment.freePort())
                        .setting("save \"\"")
                        .build();
        bus.start();
        bucket = LocalBucket.start(directory.resolve("buckets"));
    }

    @AfterEach
    void stopServices() throws Exception {
        bucket.close();
        bus.stop();
        database.close();
    }

    private Path config() throws IOException {
        return Files.write(
                directory.resolve("syncline.conf"),
                List.of(
                        "# of a test",
                        "metadata = postgresql://postgres@localhost:"
                                + database.getPort()
                                + "/postgres",
                        "blocks = " + LocalBucket.url(bucket.port()),
                        "blocks-access-key = " + LocalBucket.ACCESS,
                        "blocks-secret-key = " + LocalBucket.SECRET,
                        "events = redis://127.0.0.1:" + bus.ports().getFirst()));
    }

    private Program node(String name, Path config) {
        return Program.start(
                directory.resolve(name + ".log"),
                List.of(),
                List.of(
                        "--home",
                        directory.resolve(name + "-home").toString(),
                        "serve",
                        "--config",
                        config.toString(),
                        "--data",
                        directory.resolve(name).toString(),
                        "--listen",
                        "127.0.0.1:" + Deployment.freePort(),
                        "--json"));
    }

    private static void appears(Device device, String path, String text) {
        Await.until(SOON, () -> holds(device.path(path), text), device::diagnosis);
    }

    @Test
    @DisplayName("stores pass their check, saves travel between nodes, and one node is enough")
    void nodesShareWhatMatters() throws IOException {
        Path config = config();
        Finished check =
                Finished.run(
                        directory.resolve("operator"),
                        "admin",
                        "check-storage",
                        "--config",
                        config.toString());
        assertThat(check.out())
                .contains("ok      metadata: names are in the order of their bytes")
                .contains("ok      metadata: a read sees one moment")
                .contains("ok      blocks: one condition of a write holds")
                .contains("ok      events: hints go both ways between nodes");
        // How long it took depends on the machine.
        assertThat(check.out().lines().filter(line -> line.startsWith("FAILED")))
                .allMatch(line -> line.contains("in good time"));

        try (Program one = node("one", config)) {
            String firstLink = one.awaitJson(START).at("joinLink").text();
            try (Program two = node("two", config)) {
                String secondLink = two.awaitJson(START).at("joinLink").text();
                try (Device alice = new Device("alice", directory).join(firstLink);
                        Device bob = new Device("bob", directory).join(secondLink)) {
                    write(alice.path("from-alice"), "over the first node");
                    appears(bob, "from-alice", "over the first node");
                    write(bob.path("from-bob"), "over the second node");
                    appears(alice, "from-bob", "over the second node");
                    one.kill();
                    write(bob.path("later"), "with one node");
                    try (Device carol = new Device("carol", directory).join(secondLink)) {
                        appears(carol, "later", "with one node");
                        appears(carol, "from-alice", "over the first node");
                    }
                }
            }
        }
    }
}
