package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does, with real processes: {@code syncline admin}. */
final class AdminTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int INVALID = 2;
    private static final int NOT_FOUND = 5;
    private static final int CORRUPT = 11;
    private static final int UNAVAILABLE = 12;

    @TempDir private Path directory;
    private Deployment deployment;
    private Device alice;
    private Device bob;

    @BeforeEach
    void start() {
        deployment = new Deployment(directory);
        alice = deployment.device("alice");
        bob = deployment.device("bob");
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    private Finished admin(String... arguments) {
        return admin(directory.resolve("server-data"), arguments);
    }

    private Finished admin(Path data, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "admin";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--data";
        all[arguments.length + 2] = data.toString();
        return Finished.run(directory.resolve("operator-home"), all);
    }

    private static String text(int seed, int length) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(seed);
        while (text.length() < length) {
            text.append(random.nextLong()).append('\n');
        }
        return text.toString();
    }

    private void twoFolders() {
        for (int i = 0; i < 20; i++) {
            write(alice.path("a/" + i), text(i, 3_000));
        }
        write(bob.path("large"), text(99, 900_000));
        deployment.awaitEqual(SOON);
    }

    @Test
    void aRunningServerIsLookedAfter() {
        for (String task :
                List.of(
                        "stats",
                        "gc",
                        "verify",
                        "backup",
                        "restore",
                        "rebuild-index",
                        "quota",
                        "operator",
                        "audit")) {
            Finished help = Finished.run(directory, "admin", task, "--help").ok();
            assertThat(help.out()).startsWith("Usage: syncline admin " + task).contains("--data");
            assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
        }
        twoFolders();

        Json project = admin("stats", "--json").json().at("projects").elements().getFirst();
        assertThat(project.at("nodes").number()).isEqualTo(22);
        assertThat(project.at("contentBytes").number()).isBetween(960_000L, 970_000L);
        assertThat(project.at("replicas").number()).isEqualTo(2);
        assertThat(project.at("storedBytes").number())
                .isLessThan(project.at("contentBytes").number());
        assertThat(admin("stats", "--tables").ok().out()).contains("22 nodes", "commit_digest");

        Json verified = admin("verify", "--json").json();
        assertThat(verified.at("sound").text()).isEqualTo("true");
        assertThat(verified.at("nodes").number()).isEqualTo(22);
        assertThat(verified.at("packBytes").number()).isPositive();
        assertThat(admin("verify", "--quick").ok().out()).contains("All is sound.");

        Json collected = admin("gc", "--dry-run", "--json").json();
        assertThat(collected.at("projects").elements()).hasSize(1);
        assertThat(admin("gc").ok().out()).contains("condemned");

        assertThat(admin("quota", "--bytes", "1T").ok().out()).contains("1.0 TB");
        assertThat(admin("operator", "admin").ok().out()).contains("admin is an operator");
        admin("operator", "nobody").failed(NOT_FOUND, "there is no account nobody");
        assertThat(admin("accounts", "AD").ok().out()).startsWith("admin  made ");
        assertThat(admin("accounts", "nobody").ok().out())
                .contains("No account begins with nobody");
        List<Json> entries = admin("audit", "--json").json().at("entries").elements();
        assertThat(entries.getFirst().at("action").text()).isEqualTo("account_change");
        assertThat(entries.get(1).at("action").text()).isEqualTo("quota_put");
        assertThat(entries.get(1).at("detail").text()).isEqualTo("1.0 TB");
        assertThat(admin("audit", "--limit", "1").ok().out())
                .contains("account change", "by this machine")
                .doesNotContain("quota");

        admin("stats", "--project", "nobody's").failed(NOT_FOUND, "there is no project nobody's");
        admin("quota", "--bytes", "lots").failed(INVALID, "'lots' is no amount");
        admin("rebuild-index").failed(UNAVAILABLE, "stop it first");
        admin("restore", directory.toString()).failed(UNAVAILABLE, "stop it first");
        admin(directory.resolve("nothing"), "stats").failed(NOT_FOUND, "--data");

        // All of that works on the stopped server, too.
        deployment.stopServer();
        assertThat(admin("stats", "--json").json().at("projects").elements()).hasSize(1);
        assertThat(admin("rebuild-index").ok().out()).contains("found in 1 pack", "All is sound.");
        deployment.startServer();
        write(alice.path("after"), "after");
        deployment.awaitEqual(SOON);
    }

    @Test
    void aQuotaIsToldOnTheDeviceAndLiftedAgain() {
        twoFolders();
        String name =
                admin("stats", "--json")
                        .json()
                        .at("projects")
                        .elements()
                        .getFirst()
                        .at("name")
                        .text();
        assertThat(admin("quota", "--project", name, "--bytes", "1M").ok().out())
                .contains("Quota of project " + name + ": 1.0 MB");
        write(alice.path("too much"), text(7, 400_000));
        Await.until(
                SOON,
                () -> alice.status().text().contains("over quota"),
                () -> alice.status().text());
        assertThat(bob.exists("too much")).isFalse();
        // What makes room goes through, and is seen by the other.
        write(bob.path("large"), "small now");
        Await.until(SOON, () -> Folders.holds(alice.path("large"), "small now"), alice::diagnosis);
        admin("quota", "--project", name, "--bytes", "none").ok();
        // Tried again within a minute, or at once after a restart.
        alice.stop();
        alice.start();
        deployment.awaitEqual(Duration.ofMinutes(2));
        assertThat(bob.exists("too much")).isTrue();
    }

    @Test
    @DisplayName("R2 R3 R4 R5 after a restore both devices merge, and what was made since stays")
    void aServerComesBackFromABackupAndNothingIsLost() throws IOException {
        twoFolders();
        Path backups = directory.resolve("backups");
        Json made = admin("backup", backups.toString(), "--check", "--json").json();
        assertThat(made.at("packs").number()).isEqualTo(1);
        long head = head();

        // More after the backup: new, edited, moved, deleted.
        write(alice.path("since/new"), "since the backup");
        write(bob.path("a/1"), "edited since");
        Files.move(alice.path("a/2"), alice.path("a/moved"));
        Files.delete(bob.path("a/3"));
        deployment.awaitEqual(SOON);
        deployment.killServer();
        write(bob.path("offline"), "while there was no server");

        // The data is lost; the backup takes its place.
        Path data = directory.resolve("server-data");
        Files.move(data, directory.resolve("lost"));
        Json restored = admin("restore", backups.toString(), "--json").json();
        assertThat(restored.at("epochs").number()).isEqualTo(1);
        assertThat(restored.at("sound").text()).isEqualTo("true");
        admin("restore", backups.toString()).failed(INVALID, "isn't empty");
        deployment.startServer();
        deployment.awaitEqual(Duration.ofMinutes(2));

        for (Device device : List.of(alice, bob)) {
            assertThat(Folders.holds(device.path("since/new"), "since the backup")).isTrue();
            assertThat(Folders.holds(device.path("a/1"), "edited since")).isTrue();
            assertThat(Folders.holds(device.path("offline"), "while there was no server")).isTrue();
            assertThat(device.exists("a/moved")).isTrue();
            assertThat(device.exists("large")).isTrue();
        }
        assertThat(head()).isGreaterThan((head / (1L << 32) + 1) << 32);
        assertThat(admin("verify").ok().out()).contains("All is sound.");
    }

    private long head() {
        return admin("stats", "--json")
                .json()
                .at("projects")
                .elements()
                .getFirst()
                .at("head")
                .number();
    }

    @Test
    void noServerStartsOnAnUnfinishedRestore() throws IOException {
        twoFolders();
        Path backups = directory.resolve("backups");
        admin("backup", backups.toString()).ok();
        deployment.stopServer();
        Path data = directory.resolve("server-data");
        Files.move(data, directory.resolve("lost"));
        // The backup lost its packs: what is restored isn't whole.
        Path packs = Files.move(backups.resolve("packs"), directory.resolve("packs-aside"));
        Files.createDirectory(backups.resolve("packs"));
        Finished damaged = admin("restore", backups.toString()).ended(CORRUPT);
        assertThat(damaged.out()).contains("lacks 1 pack", "CONTENT_LOST", "--accept-damage");
        Finished.run(
                        directory.resolve("server-home"),
                        "serve",
                        "--data",
                        data.toString(),
                        "--listen",
                        "127.0.0.1:0")
                .failed(UNAVAILABLE, "syncline admin restore", "again");
        admin("stats").failed(UNAVAILABLE, "syncline admin restore");
        Files.delete(backups.resolve("packs"));
        Files.move(packs, backups.resolve("packs"));
        admin("restore", backups.toString()).ok();
        deployment.startServer();
        deployment.awaitEqual(SOON);
    }

    @Test
    void aDamagedPackIsFoundAndSentAgain() throws IOException {
        twoFolders();
        deployment.stopServer();
        Path data = directory.resolve("server-data");
        Path pack;
        try (Stream<Path> files = Files.walk(data.resolve("packs/packs"))) {
            pack = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[40 + 52 + 10] ^= 1;
        Files.write(pack, bytes);
        deployment.startServer();

        assertThat(admin("verify", "--quick").ok().out()).contains("All is sound.");
        Finished found = admin("verify").ended(CORRUPT);
        assertThat(found.out())
                .contains(
                        "BLOCK_DAMAGED",
                        pack.getFileName().toString().substring(0, 32),
                        "affected: ");
        Json document = Json.parse(admin("verify", "--repair", "--json").ended(CORRUPT).out());
        assertThat(document.at("quarantined").number()).isEqualTo(1);
        assertThat(document.at("files").elements()).isNotEmpty();

        // A device that has the file sends it again, without anybody touching it.
        Await.until(SOON, () -> admin("verify").status() == 0, () -> admin("verify").out());
        assertThat(admin("stats").ok().out()).contains("healed   1 block");
    }
}
