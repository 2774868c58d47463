package io.syncline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.daemon.Daemon;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.daemon.Trash;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.doctor.Check;
import io.syncline.client.doctor.Check.Result;
import io.syncline.client.doctor.Doctor;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.sqlite.SqliteStateFiles;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds on a device whose server is away, and what it repairs. */
class DoctorTest {
    private static final ReplicaId REPLICA = new ReplicaId("a".repeat(32));

    @TempDir private Path directory;
    private final SqliteStateFiles states = new SqliteStateFiles();
    private DeviceHome home;
    private Path folder;
    private Path state;

    @BeforeEach
    void link() throws IOException {
        home = new DeviceHome(directory.resolve("home"));
        folder = Files.createDirectories(directory.resolve("folder")).toRealPath();
        home.add(
                new FolderLink(
                        REPLICA,
                        folder,
                        URI.create("http://127.0.0.1:1"),
                        Optional.empty(),
                        new Secret("sld_" + "x".repeat(43)),
                        new DeviceId("d".repeat(32)),
                        "laptop",
                        new AccountId("b".repeat(32)),
                        new ProjectId("c".repeat(32)),
                        "work",
                        Role.EDITOR));
        state = home.stateDirectory(REPLICA).resolve("state.sqlite");
        try (Disk disk = disk();
                StateStore store = states.open(state)) {
            disk.mark(REPLICA);
            store.begin(Durability.DURABLE);
            for (int i = 1; i <= 40; i++) {
                Files.writeString(folder.resolve("f" + i), "12345");
                store.putAgreed(agreed(i, "f" + i));
            }
            store.commit();
        }
    }

    private static Agreed agreed(long id, String name) {
        var content = new Content(0, Hash.sha256(new byte[] {1}), 5);
        var stat = new Stat(FileKind.FILE, new FileIdentity(0, id, id), 5, 0, 0, false, 1);
        return new Agreed(
                new NodeId(id),
                new Place(NodeId.ROOT, new Name(name)),
                Item.file(content, false, 0),
                id,
                Optional.of(new Observed(name, stat)));
    }

    private Disk disk() {
        return Disks.open(folder, InstantSource.system(), new Random(1));
    }

    private List<Check> examine(boolean fix, boolean yes) {
        return new Doctor(home, states, InstantSource.system(), new Random(2))
                .examine(new Doctor.Wishes(Optional.empty(), fix, yes));
    }

    private static Check named(List<Check> checks, String name) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(checks.toString()));
    }

    private Check check(String name) {
        return named(examine(false, false), name);
    }

    @Test
    void aSoundDeviceWhoseServerIsAway() {
        List<Check> checks = examine(false, false);
        assertThat(checks)
                .filteredOn(check -> check.result() == Result.FAULT)
                .extracting(Check::name)
                .containsExactly("server");
        assertThat(named(checks, "server").text()).contains("127.0.0.1:1");
        assertThat(named(checks, "state").text()).contains("40 nodes agreed");
        assertThat(named(checks, "daemon").todo()).contains("syncline sync");
        assertThat(checks)
                .filteredOn(check -> check.result() != Result.OK)
                .allMatch(check -> !check.todo().isEmpty());
    }

    @Test
    void whatOthersMayReadIsClosed() throws IOException {
        Path link = home.stateDirectory(REPLICA).resolve("link.json");
        Files.setPosixFilePermissions(link, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(check("privacy").result()).isEqualTo(Result.FAULT);
        assertThat(named(examine(true, false), "privacy").result()).isEqualTo(Result.REPAIRED);
        assertThat(check("privacy").result()).isEqualTo(Result.OK);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(link)))
                .isEqualTo("rw-------");
    }

    @Test
    void theAddressOfAKilledDaemonIsRemoved() throws IOException {
        Path control = home.directory().resolve("control.json");
        Files.writeString(control, "{\"port\":1,\"token\":\"x\"}");
        assertThat(check("daemon").result()).isEqualTo(Result.WARNING);
        assertThat(control).exists();
        assertThat(named(examine(true, false), "daemon").result()).isEqualTo(Result.REPAIRED);
        assertThat(control).doesNotExist();
    }

    @Test
    @DisplayName("scenario 20, R6: a damaged state is set aside whole, and no temporary is lost")
    void aDamagedState() throws IOException {
        byte[] bytes = Files.readAllBytes(state);
        Arrays.fill(bytes, 4_000, bytes.length, (byte) 7);
        Files.write(state, bytes);
        Files.writeString(folder.resolve(".syncline/tmp/0123456789abcdef"), "the only copy");

        assertThat(check("state").result()).isEqualTo(Result.FAULT);
        assertThat(state).exists();
        assertThat(named(examine(true, false), "state").result()).isEqualTo(Result.REPAIRED);
        assertThat(state).doesNotExist();
        try (var entries = Files.list(home.stateDirectory(REPLICA))) {
            Path aside =
                    entries.filter(path -> path.getFileName().toString().startsWith("damaged-"))
                            .findFirst()
                            .orElseThrow();
            assertThat(aside.resolve("state.sqlite")).hasBinaryContent(bytes);
        }
        try (Disk disk = disk()) {
            Trash trash = new Trash(disk);
            LocalPath kept = trash.list(10).getFirst().path();
            LocalPath back = trash.restore(kept);
            assertThat(folder.resolve(back.toString())).hasContent("the only copy");
        }
        assertThat(check("state").text()).contains("none yet");
    }

    @Test
    @DisplayName("scenario 2: a missing marker comes back only to the folder that it was in")
    void aMissingMarker() throws IOException {
        Path marker = folder.resolve(".syncline/replica");
        Files.delete(marker);
        assertThat(check("folder").todo()).contains("--fix --yes");
        assertThat(named(examine(true, false), "folder").result()).isEqualTo(Result.FAULT);
        assertThat(named(examine(false, true), "folder").result()).isEqualTo(Result.FAULT);
        assertThat(marker).doesNotExist();

        // The disk was replaced: most of what is known isn't here.
        for (int i = 1; i <= 20; i++) {
            Files.move(folder.resolve("f" + i), directory.resolve("f" + i));
        }
        Check refused = named(examine(true, true), "folder");
        assertThat(refused.result()).isEqualTo(Result.FAULT);
        assertThat(refused.text()).contains("for 20 are here", "another folder");
        assertThat(refused.todo()).contains("don't make the marker yourself");
        assertThat(marker).doesNotExist();

        for (int i = 1; i <= 20; i++) {
            Files.move(directory.resolve("f" + i), folder.resolve("f" + i));
        }
        assertThat(named(examine(true, true), "folder").result()).isEqualTo(Result.REPAIRED);
        assertThat(check("folder").result()).isEqualTo(Result.OK);
    }

    @Test
    @DisplayName("scenario 1: a folder that is away is told of, and nothing is made in its place")
    void aMissingFolder() throws IOException {
        Files.move(folder, directory.resolve("elsewhere"));
        assertThat(check("folder").text()).contains("isn't there");
        assertThat(folder).doesNotExist();
    }

    @Test
    void anotherFoldersMarker() throws IOException {
        Files.writeString(
                folder.resolve(".syncline/replica"),
                "syncline replica 1\n" + "e".repeat(32) + "\n");
        assertThat(check("folder").text()).contains("another folder's");
        assertThat(named(examine(true, true), "folder").result()).isEqualTo(Result.FAULT);
    }

    @Test
    @DisplayName("a running daemon is asked, and its files aren't opened")
    void aRunningDaemon() {
        try (Daemon _ =
                Daemon.start(home, link -> Client.sync(home, link, new Bandwidth()))
                        .orElseThrow()) {
            List<Check> checks = examine(true, true);
            assertThat(named(checks, "daemon").text()).isEqualTo("running");
            assertThat(named(checks, "syncing").text()).contains("syncing");
            assertThat(named(checks, "folder").result()).isEqualTo(Result.OK);
        }
    }
}
