package io.syncline.client.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreFile;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";

    @TempDir private Path directory;

    private DeviceHome home;
    private final List<String> wishes = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeHome() {
        home = new DeviceHome(directory.resolve("home"));
    }

    private FolderLink link(int number, String folder) {
        String id = "%032x".formatted(number);
        return new FolderLink(
                new ReplicaId(id),
                DeviceHome.realPath(directory.resolve(folder)),
                URI.create("https://example.org:8420"),
                Optional.of(Path.of("/etc/ca.pem")),
                new Secret("sld_secret"),
                new DeviceId(ID),
                "Anna's laptop",
                new AccountId(ID),
                new ProjectId(id),
                "Work",
                Role.EDITOR);
    }

    private static FolderStatus status(FolderStatus.State state) {
        return new FolderStatus(
                state,
                Optional.of("because"),
                Optional.of(new Cursor(new Epoch(ID), 7)),
                Optional.of(TreeDigest.EMPTY),
                3,
                1,
                List.of(
                        new FolderStatus.Transfer(
                                FolderStatus.Direction.UPLOAD, "big.bin", 1, 2, 3)),
                List.of(new FolderStatus.Problem("odd", "cannot be read", "chmod it")),
                10,
                20,
                Optional.of("do this"),
                List.of(new FolderStatus.Note(1_000, "it happened", "")),
                List.of(FolderStatus.Answer.CONFIRM, FolderStatus.Answer.REJECT));
    }

    private final class FakeFolder implements SyncedFolder {
        private final String name;
        private final Disk disk;
        private FolderStatus.State state = FolderStatus.State.SYNCING;
        private boolean restless;

        FakeFolder(FolderLink link) {
            this.name = String.valueOf(link.folder().getFileName());
            this.disk = Disks.open(link.folder(), InstantSource.system(), new Random(1));
        }

        private void note(String wish) {
            wishes.add(wish + " " + name);
        }

        @Override
        public FolderStatus status() {
            FolderStatus.State seen = state;
            if (restless) {
                state = FolderStatus.State.SYNCING;
            }
            return DaemonTest.status(seen);
        }

        @Override
        public void pause() {
            note("pause");
            state = FolderStatus.State.PAUSED;
        }

        @Override
        public void resume() {
            note("resume");
            state = FolderStatus.State.CONVERGED;
            restless = name.equals("restless");
        }

        @Override
        public void confirm() {
            note("confirm");
        }

        @Override
        public void reject() {
            note("reject");
        }

        @Override
        public void syncNow() {
            note("sync");
        }

        @Override
        public List<LocalPath> conflicts(int limit) {
            return List.of(LocalPath.of(name, "a (conflict of b)"));
        }

        @Override
        public IgnoreFile ignoreFile() {
            return new IgnoreFile(disk);
        }

        @Override
        public void close() {
            disk.close();
            note("close");
        }
    }

    private Daemon start() {
        return Daemon.start(home, FakeFolder::new).orElseThrow();
    }

    @Test
    void linkSurvivesAndItsFileIsPrivate() throws IOException {
        FolderLink link = link(1, "work");
        home.add(link);
        assertThat(new DeviceHome(home.directory()).links()).containsExactly(link);
        assertThat(home.link(directory.resolve("work"))).contains(link);
        Path file = home.stateDirectory(link.replica()).resolve("link.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.directory())))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("R42 nested and doubly linked folders are refused, symbolic links looked through")
    void nestedRootsAreRefused() throws IOException {
        home.add(link(1, "work"));
        Files.createSymbolicLink(directory.resolve("alias"), directory.resolve("work"));
        for (String folder :
                List.of("work", "work/inner", "alias", "alias/x", ".", "home/folders")) {
            assertThatThrownBy(() -> home.add(link(2, folder)))
                    .as(folder)
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
        }
        home.add(link(2, "work2"));
        assertThat(home.links()).hasSize(2);
    }

    @Test
    void limitsOfTheBandwidthHoldAtOnceAndAfterARestart() {
        BandwidthLimits first =
                new BandwidthLimits(OptionalLong.of(2_000_000), OptionalLong.empty());
        BandwidthLimits second =
                new BandwidthLimits(OptionalLong.empty(), OptionalLong.of(BandwidthLimits.MIN));
        assertThat(home.limits()).isEqualTo(BandwidthLimits.NONE);
        assertThat(home.limit(first)).isTrue();
        Bandwidth bandwidth = new Bandwidth();
        try (Daemon daemon =
                Daemon.start(home, FakeFolder::new, PageFiles.NONE, bandwidth).orElseThrow()) {
            assertThat(bandwidth.limits()).isEqualTo(first);
            ControlClient.of(home).orElseThrow().limit(second);
            assertThat(bandwidth.limits()).isEqualTo(second);
            assertThat(ControlClient.of(home).orElseThrow().status().limits()).isEqualTo(second);
            assertThat(daemon.status().limits()).isEqualTo(second);
            // Only through the daemon while one runs.
            assertThat(home.limit(first)).isFalse();
        }
        assertThat(home.limits()).isEqualTo(second);
    }

    @Test
    void damagedLimitsAreToldWithTheirFile() {
        Path file = home.directory().resolve("limits.json");
        for (String text :
                List.of(
                        "",
                        "{",
                        "{\"uploadBytesPerSecond\":1}",
                        "{\"uploadBytesPerSecond\":\"9\"}")) {
            PrivateFile.write(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThatThrownBy(home::limits)
                    .isInstanceOf(SynclineException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aHomeHasOneDaemon() {
        try (Daemon first = start()) {
            assertThat(first.status().folders()).isEmpty();
            assertThat(Daemon.start(home, FakeFolder::new)).isEmpty();
        }
        start().close();
    }

    @Test
    void anotherProcessAsksAndSteers() {
        home.add(link(1, "one"));
        try (Daemon daemon = start()) {
            ControlClient client = ControlClient.of(home).orElseThrow();
            assertThat(client.status()).isEqualTo(daemon.status());
            assertThat(client.status().worst()).isEqualTo(FolderStatus.State.SYNCING);

            home.add(link(2, "two"));
            client.wish(ControlClient.Wish.RELOAD, Optional.empty());
            assertThat(client.status().folders()).hasSize(2);
            Path two = home.links().get(1).folder();
            client.wish(ControlClient.Wish.PAUSE, Optional.empty());
            client.wish(ControlClient.Wish.RESUME, Optional.of(two));
            client.wish(ControlClient.Wish.CONFIRM, Optional.of(two));
            client.wish(ControlClient.Wish.REJECT, Optional.of(two));
            client.wish(ControlClient.Wish.SYNC, Optional.of(two));
            assertThat(wishes)
                    .containsExactly(
                            "pause one",
                            "pause two",
                            "resume two",
                            "confirm two",
                            "reject two",
                            "sync two");
            assertThat(client.conflicts(Optional.empty()))
                    .containsExactly("one/a (conflict of b)", "two/a (conflict of b)");
            assertThatThrownBy(() -> client.wish(ControlClient.Wish.PAUSE, Optional.of(directory)))
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
        assertThat(ControlClient.of(home)).isEmpty();
        assertThat(wishes).endsWith("close one", "close two");
    }

    @Test
    void restIsAwaitedAndAStopEndsTheWait() throws InterruptedException {
        home.add(link(1, "one"));
        try (Daemon daemon = start()) {
            assertThat(daemon.awaitRest(Duration.ofMillis(120)).isAtRest()).isFalse();
            daemon.folders(Optional.empty()).forEach(SyncedFolder::resume);
            assertThat(daemon.awaitRest(Duration.ofSeconds(5)).isAtRest()).isTrue();
            ControlClient.of(home).orElseThrow().wish(ControlClient.Wish.STOP, Optional.empty());
            assertThat(daemon.awaitStop(Duration.ofSeconds(5))).isTrue();
            assertThat(daemon.isStopping()).isTrue();
        }
    }

    @Test
    void theRestThatEndedTheWaitIsTold() throws InterruptedException {
        home.add(link(1, "restless"));
        try (Daemon daemon = start()) {
            daemon.folders(Optional.empty()).forEach(SyncedFolder::resume);
            assertThat(daemon.awaitRest(Duration.ofSeconds(5)).isAtRest()).isTrue();
            assertThat(daemon.status().isAtRest()).isFalse();
        }
    }

    @Test
    void aKilledDaemonsAddressIsNotBelieved() {
        PrivateFile.write(
                home.controlFile(), ControlAddress.CODEC.toBytes(new ControlAddress(1, "gone")));
        assertThat(ControlClient.of(home)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%zz", "%"})
    void aRequestForNoPathIsAnsweredAsInvalid(String folder) throws IOException {
        try (Daemon _ = Daemon.start(home, FakeFolder::new).orElseThrow()) {
            ControlAddress address =
                    ControlAddress.CODEC.fromBytes(Files.readAllBytes(home.controlFile()));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.port())) {
                socket.getOutputStream()
                        .write(
                                ("POST /pause?folder="
                                                + folder
                                                + " HTTP/1.1\r\n"
                                                + "Host: localhost\r\n"
                                                + "Connection: close\r\n"
                                                + "Authorization: Bearer "
                                                + address.token()
                                                + "\r\nContent-Length: 0\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(
                                new String(
                                        socket.getInputStream().readAllBytes(),
                                        StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void aLinkThatIsNoneIsRefusedAsInvalid() throws IOException {
        home.add(link(1, "a"));
        Path file = home.stateDirectory(new ReplicaId("%032x".formatted(1))).resolve("link.json");
        String right = Files.readString(file);
        for (String wrong :
                List.of(
                        right.replace("https://example.org:8420", "{"),
                        right.replace("/etc/ca.pem", "\\u0000"))) {
            Files.writeString(file, wrong);
            assertThatThrownBy(() -> home.links())
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
        }
    }

    @Test
    void aRequestWithoutTheTokenIsRefused() throws IOException {
        try (Daemon daemon = start()) {
            assertThat(daemon.status().folders()).isEmpty();
            ControlAddress address =
                    ControlAddress.CODEC.fromBytes(
                            PrivateFile.read(home.controlFile()).orElseThrow());
            PrivateFile.write(
                    home.controlFile(),
                    ControlAddress.CODEC.toBytes(new ControlAddress(address.port(), "guess")));
            assertThat(ControlClient.of(home)).isEmpty();
        }
    }

    @Test
    void topLevelMembersAreThoseOfTheFirstFolder() {
        DeviceStatus.Folder folder =
                new DeviceStatus.Folder(
                        directory,
                        "d",
                        new ProjectId(ID),
                        "Work",
                        status(FolderStatus.State.STOPPED));
        DeviceStatus status =
                new DeviceStatus(
                        home.directory(),
                        BandwidthLimits.NONE.withUpload(OptionalLong.of(20_000)),
                        List.of(folder));
        String json =
                new String(
                        StatusJson.CODEC.toBytes(status), java.nio.charset.StandardCharsets.UTF_8);
        List<String> expected =
                new ArrayList<>(
                        List.of(
                                "\"state\":\"stopped\"",
                                "\"cursor\":{\"epoch\":\"" + ID + "\",\"sequence\":7}",
                                "\"digest\":\"000",
                                "\"pending\":3",
                                "\"conflicts\":1",
                                "\"transfers\":[{\"direction\":\"upload\",\"path\":\"big.bin\",\"done\":1,\"total\":2,\"rate\":3}]"));
        assertThat(json.substring(0, json.indexOf("\"folders\""))).contains(expected);
        assertThat(StatusJson.CODEC.fromBytes(StatusJson.CODEC.toBytes(status))).isEqualTo(status);
    }
}
