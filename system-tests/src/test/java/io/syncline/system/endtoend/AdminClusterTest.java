package io.syncline.system.endtoend;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Admin tasks on a real database and a real bucket, by a node and beside it. */
final class AdminClusterTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofMinutes(2);
    private static final int INVALID = 2;
    private static final int NOT_FOUND = 5;
    private static final int CORRUPT = 11;
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
                        // Else a warning would stand before what is said.
                        .setServerConfig("fsync", "on")
                        .start();
        bucket = LocalBucket.start(directory.resolve("buckets"));
    }

    @AfterEach
    void stopServices() throws Exception {
        bucket.close();
        database.close();
    }

    private Path config(String name, int databasePort) throws IOException {
        return Files.write(
                directory.resolve(name),
                List.of(
                        "metadata = postgresql://postgres@localhost:" + databasePort + "/postgres",
                        "blocks = " + LocalBucket.url(bucket.port()),
                        "blocks-access-key = " + LocalBucket.ACCESS,
                        "blocks-secret-key = " + LocalBucket.SECRET));
    }

    private Finished admin(Path config, String data, String... task) {
        List<String> line = new ArrayList<>(List.of("admin", task[0]));
        line.addAll(
                List.of(
                        "--config",
                        config.toString(),
                        "--data",
                        directory.resolve(data).toString()));
        line.addAll(List.of(task).subList(1, task.length));
        return Finished.ask(directory.resolve("operator"), line.toArray(String[]::new));
    }

    private void seesAll(Path config, String data) {
        Json stats = admin(config, data, "stats", "--json").json();
        assertThat(stats.at("data").text()).contains("postgresql://localhost", "s3://blocks/a");
        assertThat(stats.at("metadataBytes").number()).isPositive();
        assertThat(stats.find("freeBytes")).isEmpty();
        Json project = stats.at("projects").elements().getFirst();
        assertThat(project.at("nodes").number()).isEqualTo(22);
        assertThat(project.at("packs").number()).isPositive();
        assertThat(project.at("packBytes").number()).isGreaterThan(1_000_000);
        assertThat(admin(config, data, "stats", "--tables").ok().out()).contains("commit_digest");
        Json verified = admin(config, data, "verify", "--json").json();
        assertThat(verified.at("packBytes").number()).isEqualTo(project.at("packBytes").number());
        assertThat(admin(config, data, "verify", "--quick").ok().out()).contains("All is sound.");
        Json collected = admin(config, data, "gc", "--json").json();
        assertThat(collected.at("projects").elements()).hasSize(1);
        admin(config, data, "backup", directory.resolve("backups").toString())
                .failed(INVALID, "tools of the database");
    }

    private void deletePacks() throws IOException {
        try (Stream<Path> all = Files.walk(bucket.files())) {
            List<Path> packs = all.filter(path -> path.toString().endsWith(".pack")).toList();
            assertThat(packs).isNotEmpty();
            for (Path pack : packs) {
                Files.delete(pack);
            }
        }
    }

    @Test
    @DisplayName("stats, gc and verify work on a database and a bucket, by a node and beside it")
    void tasksWorkOnACluster() throws Exception {
        Path config = config("syncline.conf", database.getPort());
        byte[] large = new byte[1_500_000];
        new Random(7).nextBytes(large);
        try (Program node =
                        Program.start(
                                directory.resolve("server.log"),
                                List.of(),
                                List.of(
                                        "--home",
                                        directory.resolve("server-home").toString(),
                                        "serve",
                                        "--config",
                                        config.toString(),
                                        "--data",
                                        directory.resolve("node").toString(),
                                        "--listen",
                                        "127.0.0.1:" + port,
                                        "--json"));
                Device alice = new Device("alice", directory)) {
            alice.join(node.awaitJson(START).at("joinLink").text());
            for (int i = 0; i < 20; i++) {
                write(alice.path("d/f" + i), "text " + i);
            }
            Files.write(alice.path("large"), large);
            Await.until(
                    SOON,
                    () ->
                            admin(config, "node", "stats", "--json")
                                            .json()
                                            .at("projects")
                                            .elements()
                                            .getFirst()
                                            .at("nodes")
                                            .number()
                                    == 22,
                    alice::diagnosis);
            seesAll(config, "node");
            seesAll(config, "elsewhere");
            admin(config, "elsewhere", "rebuild-index").failed(INVALID, "docs/operations.md");
            alice.stop();
            node.stop();
        }
        // Nobody serves, and nobody has to.
        assertThat(admin(config, "node", "verify").ok().out()).contains("All is sound.");
        deletePacks();
        Finished damaged = admin(config, "elsewhere", "verify").ended(CORRUPT);
        assertThat(damaged.out()).contains("What to do about");
        admin(config("away.conf", Deployment.freePort()), "elsewhere", "stats")
                .failed(UNAVAILABLE, "metadata");
        Finished.ask(
                        directory.resolve("operator"),
                        "admin",
                        "stats",
                        "--data",
                        directory.resolve("nothing").toString())
                .failed(NOT_FOUND, "--data", "--config");
    }
}
