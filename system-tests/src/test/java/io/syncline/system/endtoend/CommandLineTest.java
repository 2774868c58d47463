package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.holds;
import static io.syncline.system.endtoend.Folders.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every command as a person or a script runs it: what it prints, how it ends, what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandLineTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Exit statuses, as {@code syncline --help} lists them. */
    private static final int INVALID = 2;

    private static final int UNAUTHENTICATED = 3;
    private static final int FORBIDDEN = 4;
    private static final int NOT_FOUND = 5;
    private static final int STALE = 6;
    private static final int UNAVAILABLE = 12;

    private static final List<String> COMMANDS =
            List.of(
                    "up",
                    "join",
                    "sync",
                    "serve",
                    "status",
                    "open",
                    "pause",
                    "resume",
                    "limit",
                    "confirm",
                    "reject",
                    "conflicts",
                    "trash",
                    "ls",
                    "find",
                    "history",
                    "deleted",
                    "restore",
                    "undo",
                    "retention",
                    "transfers",
                    "devices",
                    "link",
                    "revoke",
                    "version",
                    "completion");

    private final List<Program> programs = new ArrayList<>();
    private Path directory;
    private Device owner;
    private Device bob;
    private Json ready;
    private Path empty;

    @BeforeAll
    void start(@TempDir Path root) {
        directory = root;
        owner = new Device("owner", root);
        ready = up(owner, "--listen", "127.0.0.1:" + Deployment.freePort()).awaitJson(SOON);
        bob = new Device("bob", root).join(link());
        empty = root.resolve("empty-home");
    }

    @AfterAll
    void stop() {
        bob.close();
        programs.forEach(Program::close);
    }

    private Program up(Device device, String... options) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--home",
                                device.home.toString(),
                                "--json",
                                "up",
                                device.folder.toString(),
                                "--name",
                                device.name));
        arguments.addAll(List.of(options));
        Program program =
                Program.start(directory.resolve(device.name + ".log"), List.of(), arguments);
        programs.add(program);
        return program;
    }

    private String link() {
        return ready.at("joinLink").text();
    }

    private static Finished run(Device device, String... arguments) {
        return Finished.ask(device.home, arguments);
    }

    private static void awaitState(Device device, String state) {
        Await.until(
                SOON,
                () -> device.status().at("state").text().equals(state),
                () -> device.name + ": " + device.status().text());
    }

    /** Both devices have the same and nothing left to do. */
    private void awaitEqual() {
        Await.until(
                SOON,
                () -> {
                    Json a = owner.status();
                    Json b = bob.status();
                    return a.at("state").text().equals("converged")
                            && b.at("state").text().equals("converged")
                            && a.at("cursor").equals(b.at("cursor"))
                            && a.at("digest").equals(b.at("digest"))
                            && Folders.differences(owner.folder, bob.folder).isEmpty();
                },
                () -> owner.status().text() + "\n" + bob.status().text());
    }

    // ---- What every command has.

    @Test
    void everyCommandExplainsItself() {
        String all = Finished.ask(empty, "--help").ok().out();
        for (String command : COMMANDS) {
            Finished help = Finished.ask(empty, command, "--help").ok();
            assertThat(help.out())
                    .startsWith("Usage: syncline " + command)
                    .contains("--home", "--json");
            assertThat(help.error()).isEmpty();
            assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
            // The list of commands has it, too.
            assertThat(all).contains("\n  " + command + " ");
        }
    }

    @Test
    void exitStatusesAreDocumented() {
        assertThat(Finished.ask(empty, "--help").ok().out())
                .containsPattern(" 0 +done")
                .containsPattern(" 2 +the command line")
                .containsPattern(" 3 +not signed in")
                .containsPattern(" 4 +not allowed")
                .containsPattern(" 5 +not found")
                .containsPattern(" 6 +something changed meanwhile, or already runs")
                .containsPattern("12 +unavailable");
    }

    @Test
    void wrongCommandLinesAreToldInAFewLines() {
        Finished mistyped = Finished.ask(empty, "staus").failed(INVALID, "'staus'", "status");
        assertThat(mistyped.error().lines().count()).isLessThanOrEqualTo(4);
        Finished.refused(empty, "join").failed(INVALID, "'LINK', 'DIR'", "Usage: syncline join");
        Finished.ask(empty, "ls", "--frob").failed(INVALID, "--frob", "syncline ls --help");
        Finished.ask(empty, "history", "--limit", "many").failed(INVALID, "'many' is not an int");
        Finished.ask(empty, "history", "--limit", "0").failed(INVALID, "--limit");
        Finished.ask(empty, "link", "--role", "king").failed(INVALID, "'king'");
        Finished.ask(empty, "link", "--expires", "0").failed(INVALID, "--expires");
        Finished.refused(empty, "up").failed(INVALID, "which folder?", "syncline up DIR");
    }

    @Test
    void errorsAreDocumentsWhereDocumentsAreWanted() {
        for (String[] arguments :
                new String[][] {
                    {"--json", "join"}, {"up", "--json"}, {"link", "--uses=x", "--json"}
                }) {
            Finished wrong = Finished.ask(empty, arguments).ended(INVALID);
            assertThat(wrong.out()).isEmpty();
            Json error = Json.parse(wrong.error());
            assertThat(error.at("error").text()).isEqualTo("INVALID");
            assertThat(error.at("detail").text()).isNotEmpty();
        }
    }

    @Test
    void homeWithoutFoldersSaysHowToBegin() {
        for (String command : List.of("sync", "ls", "history", "devices", "link", "trash")) {
            Finished.ask(empty, command).failed(NOT_FOUND, "syncline up DIR", "syncline join LINK");
        }
        Finished.ask(empty, "revoke", "x").failed(NOT_FOUND, "syncline up DIR");
        for (String command :
                List.of("open", "pause", "resume", "confirm", "reject", "conflicts")) {
            Finished.ask(empty, command).failed(UNAVAILABLE, "nothing runs", "syncline sync");
        }
        assertThat(Finished.ask(empty, "status").ok().out()).contains("No folder is synced yet");
        assertThat(Finished.ask(empty, "status", "--json").json().at("folders").elements())
                .isEmpty();
    }

    @Test
    void homeIsWhereTheShellSaysUnlessTold() {
        Path shell = directory.resolve("shell-home");
        ProcessBuilder builder = Program.builder(List.of(), List.of("status", "--json"));
        builder.environment().put("HOME", shell.toString());
        builder.environment().remove("SYNCLINE_HOME");
        assertThat(Finished.run(builder).json().at("home").text())
                .isEqualTo(shell.resolve(".syncline").toString());
        builder.environment().put("SYNCLINE_HOME", directory.resolve("set-home").toString());
        assertThat(Finished.run(builder).json().at("home").text())
                .isEqualTo(directory.resolve("set-home").toString());
    }

    @Test
    void versionSaysWhichOneThisIs() {
        assertThat(Finished.ask(empty, "version").ok().out())
                .matches("syncline \\S+ \\(commit \\S+, Java 25\\S*\\)\n");
        assertThat(Finished.ask(empty, "-V").ok().out())
                .isEqualTo(Finished.ask(empty, "version").out());
        Json version = Finished.ask(empty, "version", "--json").json();
        assertThat(version.at("version").text()).isNotEmpty();
        assertThat(version.at("commit").text()).isNotEmpty();
    }

    @Test
    void completionWorksInBash() throws IOException {
        Path script = directory.resolve("completion.bash");
        Files.writeString(script, Finished.ask(empty, "completion").ok().out());
        String ask =
                """
                source '%s'
                compopt() { :; }
                COMP_WORDS=(syncline re); COMP_CWORD=1; COMP_LINE='syncline re'
                _complete_syncline; echo "${COMPREPLY[@]}"
                COMP_WORDS=(syncline join --tr); COMP_CWORD=2; COMP_LINE='syncline join --tr'
                COMPREPLY=(); _complete_syncline; echo "${COMPREPLY[@]}"
                """
                        .formatted(script);
        Finished bash = Finished.run(new ProcessBuilder("bash", "-c", ask)).ok();
        assertThat(bash.error()).isEmpty();
        List<String> lines = bash.out().lines().toList();
        assertThat(lines.getFirst().split(" ")).contains("resume", "reject", "revoke");
        assertThat(lines.get(1)).isEqualTo("--trust");
    }

    // ---- State.

    @Test
    void upPrintsOneLineWithWhereItIs() {
        assertThat(ready.at("url").text()).startsWith("http://127.0.0.1:");
        assertThat(ready.at("joinLink").text())
                .matches("syncline://127.0.0.1:\\d+/join/\\S+\\?tls=0");
        assertThat(Path.of(ready.at("data").text())).isDirectory().startsWith(owner.home);
        assertThat(ready.at("account").text()).isEqualTo("admin");
        assertThat(ready.at("password").text()).hasSizeGreaterThan(20);
        assertThat(ready.at("project").text()).hasSize(32);
    }

    @Test
    void statusTellsAllThatAScriptNeeds() {
        write(owner.path("status/file.txt"), "text");
        awaitEqual();
        for (Device device : List.of(owner, bob)) {
            Json status = device.status();
            assertThat(status.at("state").text()).isEqualTo("converged");
            assertThat(status.at("cursor", "epoch").text()).hasSize(32);
            assertThat(status.at("cursor", "sequence").number()).isPositive();
            assertThat(status.at("digest").text()).hasSize(64);
            assertThat(status.at("pending").number()).isZero();
            assertThat(status.at("conflicts").number()).isNotNegative();
            assertThat(status.at("transfers").elements()).isEmpty();
            assertThat(status.at("device").text()).isEqualTo(device.name);
            assertThat(status.at("folder").text()).isEqualTo(device.folder.toString());
            assertThat(run(device, "status").ok().out())
                    .contains(device.folder.toString(), "converged", "at change", "digest");
        }
    }

    @Test
    void transfersHaveBytesDoneAndTotal(@TempDir Path root) {
        byte[] random = new byte[100 << 20];
        new java.util.Random(5).nextBytes(random);
        try (Deployment other = new Deployment(root);
                Device device = other.newDevice("slow")) {
            write(device.path("big.bin"), random);
            device.join(other.joinLink());
            List<Json> seen = new ArrayList<>();
            Await.until(
                    SOON,
                    () -> {
                        seen.addAll(device.status().at("transfers").elements());
                        return !seen.isEmpty();
                    },
                    device::diagnosis);
            Json transfer = seen.getFirst();
            assertThat(transfer.at("total").number()).isEqualTo(random.length);
            assertThat(transfer.at("done").number()).isBetween(0L, (long) random.length);
            assertThat(transfer.at("direction").text()).isEqualTo("upload");
            assertThat(transfer.at("path").text()).isEqualTo("big.bin");
        }
    }

    @Test
    @DisplayName("scenario 49: the transfers of a device that was killed vanish")
    void killedDevicesTransfersVanish(@TempDir Path root) {
        byte[] random = new byte[100 << 20];
        new java.util.Random(6).nextBytes(random);
        try (Deployment other = new Deployment(root);
                Device device = other.newDevice("doomed")) {
            write(device.path("big.bin"), random);
            String secret = other.joinLink().replaceAll(".*/join/|\\?.*", "");
            Json joined =
                    new Caller(other.url(), "")
                            .send(
                                    "POST",
                                    "/v1/join",
                                    "{\"secret\":\"" + secret + "\",\"deviceName\":\"eye\"}")
                            .json();
            Caller eye = new Caller(other.url(), joined.at("token").text());
            String address = "/v1/projects/" + joined.at("project", "id").text() + "/transfers";
            device.join(other.joinLink());
            List<Json> seen = new ArrayList<>();
            Await.until(
                    SOON,
                    () -> {
                        seen.addAll(eye.get(address).json().at("transfers").elements());
                        return !seen.isEmpty();
                    },
                    device::diagnosis);

            device.kill();

            assertThat(seen.getFirst().at("deviceName").text()).isEqualTo("doomed");
            assertThat(seen.getFirst().at("direction").text()).isEqualTo("upload");
            assertThat(seen.getFirst().at("name").text()).isEqualTo("big.bin");
            assertThat(seen.getFirst().at("bytesTotal").number()).isEqualTo(random.length);
            // Its connection is gone with it, long before silence would tell.
            Await.until(
                    Duration.ofSeconds(10),
                    () -> eye.get(address).json().at("transfers").elements().isEmpty(),
                    () -> eye.get(address).text());
        }
    }

    @Test
    void treeAndHistoryAreListed() {
        write(owner.path("listed/ü b.txt"), "text");
        write(owner.path("listed/run"), "#!/bin/sh");
        assertThat(owner.path("listed/run").toFile().setExecutable(true)).isTrue();
        awaitEqual();
        assertThat(run(bob, "ls", "listed").ok().out()).contains("ü b.txt", "run*", "4 B");
        assertThat(run(bob, "ls").ok().out()).contains("listed/");
        List<Json> entries = run(bob, "ls", "--json", "/listed/").documents();
        assertThat(entries)
                .extracting(entry -> entry.at("name").text())
                .containsExactly("run", "ü b.txt");
        assertThat(entries.getFirst().at("executable").text()).isEqualTo("true");
        run(bob, "ls", "listed/none").failed(NOT_FOUND, "listed/none");
        run(bob, "ls", "listed/run").failed(INVALID, "isn't a directory");
        run(bob, "ls", "../..").failed(INVALID);
        assertThat(run(bob, "ls", "--json", "--sort", "size", "-r", "listed").documents())
                .extracting(entry -> entry.at("name").text())
                .containsExactly("run", "ü b.txt");
        assertThat(run(bob, "ls", "--json", "--sort", "size", "listed").documents())
                .extracting(entry -> entry.at("name").text())
                .containsExactly("ü b.txt", "run");
        run(bob, "ls", "--sort", "colour").failed(INVALID, "--sort");

        assertThat(run(bob, "find", "Ü B").ok().out()).isEqualTo("listed/ü b.txt\n");
        assertThat(run(bob, "find", "isted").ok().out()).isEqualTo("listed/\n");
        List<Json> found = run(bob, "find", "--json", "b.tx").documents();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().at("path").text()).isEqualTo("listed/ü b.txt");
        assertThat(found.getFirst().at("node").at("name").text()).isEqualTo("ü b.txt");
        assertThat(run(bob, "find", "no such name").ok().out()).isEmpty();
        run(bob, "find").failed(INVALID, "TEXT");
        run(bob, "find", "a/b").failed(INVALID);

        assertThat(run(bob, "history").ok().out()).contains("create", "ü b.txt", "by owner");
        List<Json> log = run(bob, "history", "-n", "2", "--json").documents();
        assertThat(log).hasSize(2);
        assertThat(log.getFirst().at("version").number())
                .isGreaterThan(log.get(1).at("version").number());
        assertThat(log.getFirst().at("deviceName").text()).isEqualTo("owner");
        assertThat(log.getFirst().at("node", "name").text()).isNotEmpty();
    }

    @Test
    @DisplayName("L2 what was replaced or deleted is listed and put back")
    void pastIsListedAndPutBack() throws IOException {
        write(owner.path("past/a.txt"), "first");
        write(owner.path("past/b.txt"), "other");
        awaitEqual();
        write(owner.path("past/a.txt"), "second");
        awaitEqual();
        List<Json> versions = run(bob, "history", "past/a.txt", "--json").documents();
        assertThat(versions).hasSizeGreaterThanOrEqualTo(2);
        String first = versions.getLast().at("version").text();
        assertThat(run(bob, "history", "past/a.txt").ok().out())
                .contains("create", "update", "by owner");
        assertThat(run(bob, "history").ok().out()).contains("a.txt");

        run(bob, "restore", "past/a.txt").failed(INVALID, "--version", "syncline history");
        run(bob, "restore", "past/a.txt", "--version", "1").failed(NOT_FOUND, "no version 1");
        run(bob, "restore", "past").failed(INVALID, "--at");
        assertThat(
                        run(bob, "restore", "past/a.txt", "--version", first, "--as", "copy.txt")
                                .ok()
                                .out())
                .contains("past/copy.txt");
        run(bob, "restore", "past/a.txt", "--version", first).ok();
        Await.until(SOON, () -> holds(owner.path("past/a.txt"), "first"), owner::diagnosis);
        Await.until(SOON, () -> holds(owner.path("past/copy.txt"), "first"), owner::diagnosis);

        delete(owner.path("past/b.txt"));
        awaitEqual();
        assertThat(run(bob, "deleted").ok().out()).contains("past/b.txt", "by owner");
        assertThat(run(bob, "deleted", "past", "--json").documents().getFirst().at("path").text())
                .isEqualTo("past/b.txt");
        run(bob, "restore", "past/none").failed(NOT_FOUND, "past/none");
        assertThat(run(bob, "restore", "past/b.txt").ok().out()).contains("re-created");
        Await.until(SOON, () -> holds(owner.path("past/b.txt"), "other"), owner::diagnosis);
    }

    @Test
    void whatADeviceDidIsTakenBack() {
        write(owner.path("undone/kept.txt"), "mine");
        awaitEqual();
        String since = java.time.Instant.now().toString();
        write(bob.path("undone/kept.txt"), "overwritten");
        write(bob.path("undone/new.txt"), "new");
        awaitEqual();
        String device = run(owner, "history", "-n", "1", "--json").json().at("device").text();

        String preview =
                run(owner, "undo", "--device", device, "--since", since, "--dry-run").ok().out();
        assertThat(preview).contains("Would be done", "undone/new.txt", "undone/kept.txt");
        assertThat(owner.exists("undone/new.txt")).isTrue();
        List<Json> done =
                run(owner, "undo", "--device", device, "--since", since, "--json").documents();
        assertThat(done.getLast().at("restored").number()).isEqualTo(1);
        assertThat(done.getLast().at("deleted").number()).isEqualTo(1);
        Await.until(
                SOON,
                () -> holds(bob.path("undone/kept.txt"), "mine") && !bob.exists("undone/new.txt"),
                bob::diagnosis);
        run(owner, "undo", "--device", "nobody", "--since", "1h").failed(NOT_FOUND, "nobody");
        run(owner, "undo", "--device", device, "--since", "soon").failed(INVALID, "'soon' isn't");
    }

    @Test
    void retentionIsShownAndSet() {
        assertThat(run(bob, "retention").ok().out()).contains("30 days");
        run(bob, "retention", "90d").failed(FORBIDDEN);
        assertThat(run(owner, "retention", "60d", "--json").json().at("seconds").number())
                .isEqualTo(60 * 86_400);
        assertThat(run(owner, "retention", "30d").ok().out()).contains("30 days");
        run(owner, "retention", "1h").failed(INVALID, "1..3653 days");
    }

    @Test
    void pausedFolderWaits() {
        awaitEqual();
        assertThat(run(bob, "pause").ok().error()).contains("syncline resume");
        awaitState(bob, "paused");
        assertThat(run(bob, "status").ok().out()).contains("paused");
        write(owner.path("paused.txt"), "made meanwhile");
        awaitState(owner, "converged");
        assertThat(bob.exists("paused.txt")).isFalse();
        assertThat(run(bob, "sync", "--once").ended(UNAVAILABLE).out()).contains("paused");
        assertThat(run(bob, "resume", "--json").json().at("done").text()).isEqualTo("resume");
        Await.until(
                SOON,
                () -> holds(bob.path("paused.txt"), "made meanwhile"),
                () -> bob.status().text());
        assertThat(run(bob, "pause", "--json", "--folder", bob.folder.toString()).json().text())
                .contains("pause", bob.folder.toString());
        run(bob, "resume").ok();
        run(bob, "pause", "--folder", directory.resolve("nowhere").toString())
                .failed(NOT_FOUND, "nowhere");
        awaitEqual();
    }

    @Test
    void limitsOfTheBandwidthHoldAtOnceAndAreKept() {
        Device idle = new Device("limited", directory);
        assertThat(run(idle, "limit").ok().out()).isEqualTo("no limits\n");
        assertThat(run(idle, "limit", "--down", "1.5M").ok().out()).contains("at most 1.5 MB/s");
        assertThat(run(idle, "status", "--json").json().at("limits").text())
                .isEqualTo("{downloadBytesPerSecond=1500000}");
        run(idle, "limit", "--up", "9999").failed(INVALID, "10 kB");
        run(idle, "limit", "--up", "fast").failed(INVALID, "'fast' is no amount");

        awaitEqual();
        long rate = 100_000;
        Json set = run(bob, "limit", "--up", "100kB", "--json").json();
        assertThat(set.at("uploadBytesPerSecond").number()).isEqualTo(rate);
        assertThat(set.find("downloadBytesPerSecond")).isEmpty();
        byte[] bytes = new byte[3 * (int) rate];
        new Random(6).nextBytes(bytes);
        long begun = System.nanoTime();
        write(bob.path("slow.bin"), bytes);
        awaitEqual();
        // No faster than that; what is small isn't held back.
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThan(Duration.ofSeconds(2));
        assertThat(owner.exists("slow.bin")).isTrue();
        assertThat(run(bob, "status").ok().out()).contains("sends at most 100 kB/s");
        bob.stop();
        bob.start();
        awaitEqual();
        assertThat(bob.status().at("limits", "uploadBytesPerSecond").number()).isEqualTo(rate);
        assertThat(run(bob, "limit", "--up", "none").ok().out()).isEqualTo("no limits\n");
    }

    private static long sequence(Device device) {
        return device.status().at("cursor").at("sequence").number();
    }

    @Test
    void conflictsAreListed() {
        write(owner.path("both.txt"), "one");
        awaitEqual();
        run(bob, "pause").ok();
        awaitState(bob, "paused");
        long before = sequence(owner);
        write(owner.path("both.txt"), "from the owner");
        // Committed first, so that it keeps the name.
        Await.until(SOON, () -> sequence(owner) > before, () -> owner.status().text());
        write(bob.path("both.txt"), "from bob, another");
        run(bob, "resume").ok();
        Await.until(
                SOON,
                () -> run(bob, "conflicts").ok().out().contains("both (conflict of bob).txt"),
                () -> bob.status().text());
        assertThat(run(bob, "conflicts", "--json").json().at("conflicts").elements())
                .extracting(Json::text)
                .containsExactly("both (conflict of bob).txt");
        assertThat(run(bob, "status").ok().out()).contains("1 conflict copy", "syncline conflicts");
        awaitEqual();
        assertThat(owner.path("both (conflict of bob).txt").toFile().delete()).isTrue();
        Await.until(
                SOON,
                () -> run(bob, "conflicts").ok().out().contains("No conflicts."),
                () -> bob.status().text());
        awaitEqual();
    }

    @Test
    void trashIsListedAndRestored() throws IOException {
        write(owner.path("dropped/file.txt"), "precious");
        awaitEqual();
        Files.delete(owner.path("dropped/file.txt"));
        Await.until(SOON, () -> !bob.exists("dropped/file.txt"), () -> bob.status().text());
        awaitEqual();
        assertThat(run(bob, "trash").ok().out()).contains("dropped/file.txt", "8 B");
        String entry =
                run(bob, "trash", "--json").json().at("trash").elements().stream()
                        .map(one -> one.at("path").text())
                        .filter(path -> path.endsWith("dropped/file.txt"))
                        .findFirst()
                        .orElseThrow();
        run(bob, "trash", "restore", "2000-01-01/none").ended(NOT_FOUND);
        assertThat(run(bob, "trash", "restore", entry).ok().out()).contains("dropped/file.txt");
        Await.until(
                SOON,
                () -> holds(owner.path("dropped/file.txt"), "precious"),
                () -> owner.status().text());
        awaitEqual();
    }

    @Test
    @DisplayName(
            "R28 a mass delete stops, says what to do, and is rejected or confirmed by command")
    void massDeletesAreAnswered(@TempDir Path root) throws IOException {
        run(bob, "confirm").failed(STALE, "no folder waits", "syncline status");
        run(bob, "reject").failed(STALE, "no folder waits");
        try (Deployment other = new Deployment(root)) {
            Device device = other.newDevice("careless");
            for (int i = 0; i < 1_100; i++) {
                write(device.path("many/" + i), "file " + i);
            }
            device.join(other.joinLink());
            awaitState(device, "converged");
            delete(device.path("many"));
            awaitState(device, "stopped");
            assertThat(run(device, "status").ok().out())
                    .contains("stopped", "syncline confirm", "syncline reject");
            assertThat(run(device, "sync", "--once").ended(UNAVAILABLE).out()).contains("stopped");
            assertThat(run(device, "reject").ok().error()).contains("come back");
            Await.until(
                    SOON, () -> Folders.describe(device.folder).size() == 1_101, device::diagnosis);
            awaitState(device, "converged");
            delete(device.path("many"));
            awaitState(device, "stopped");
            run(device, "confirm").ok();
            awaitState(device, "converged");
            assertThat(run(device, "ls").ok().out()).doesNotContain("many");
        }
    }

    /**
     * Gone at once: of a tree that goes file by file, some is sent before the brake sees enough.
     */
    private static void delete(Path tree) throws IOException {
        Path gone = Files.move(tree, tree.resolveSibling("../gone"));
        try (var all = Files.walk(gone)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    // ---- Devices and links.

    @Test
    void linksInviteInARole() {
        Json made = run(owner, "link", "--json", "--role", "viewer", "--uses", "2").json();
        assertThat(made.at("role").text()).isEqualTo("viewer");
        assertThat(made.at("uses").number()).isEqualTo(2);
        assertThat(made.at("expires").text()).endsWith("Z");
        Finished spoken = run(owner, "link", "--expires", "1").ok();
        assertThat(spoken.out()).startsWith("syncline://");
        assertThat(spoken.error()).contains("for 1 device as editor, until ");
        run(bob, "link").failed(FORBIDDEN, "only an owner", "joined as editor", "syncline up");
        Path home = directory.resolve("viewer-home");
        Path folder = directory.resolve("viewer");
        Finished.ask(home, "join", made.at("link").text(), folder.toString(), "--once").ok();
        assertThat(Finished.ask(home, "sync", "--once").ok().out()).contains("converged");
    }

    @Test
    @DisplayName("R29 a revoked device stops, says so, and keeps its files")
    void revokedDevicesStop() {
        write(owner.path("kept.txt"), "kept");
        awaitEqual();
        try (Device eve = new Device("eve", directory).join(link())) {
            Await.until(SOON, () -> holds(eve.path("kept.txt"), "kept"), eve::diagnosis);
            assertThat(run(owner, "devices").ok().out()).contains("owner", "(this one)", "eve");
            run(owner, "revoke", "nobody").failed(NOT_FOUND, "nobody", "syncline devices");
            run(bob, "revoke", "owner").failed(NOT_FOUND, "owner");
            Json revoked = run(owner, "revoke", "eve", "--json").json();
            assertThat(revoked.at("name").text()).isEqualTo("eve");
            awaitState(eve, "stopped");
            Finished status = run(eve, "status").ok();
            assertThat(status.out()).contains("stopped", "revoked", "syncline join");
            run(eve, "ls").failed(UNAUTHENTICATED, "revoked");
            assertThat(run(eve, "sync", "--once").ended(UNAVAILABLE).out()).contains("stopped");
            assertThat(Folders.differences(owner.folder, eve.folder)).isEmpty();
            Json device =
                    run(owner, "devices", "--json").json().at("devices").elements().stream()
                            .filter(d -> d.at("name").text().equals("eve"))
                            .findFirst()
                            .orElseThrow();
            assertThat(device.at("revoked").text()).isEqualTo("true");
            // Once more is no error and no news (L8).
            run(owner, "revoke", device.at("id").text()).ok();
        }
    }

    // ---- Joining.

    @Test
    void badLinksAreExplained() {
        String folder = directory.resolve("not-joined").toString();
        String good = link();
        String secret = good.replaceAll(".*/join/|\\?.*", "");
        Finished.refused(empty, "join", "http://x", folder)
                .failed(INVALID, "syncline://HOST:PORT/join/SECRET");
        Finished.refused(empty, "join", good.replace(secret, "short"), folder)
                .failed(INVALID, "43 characters");
        Finished.ask(empty, "join", good.replace(secret, "A".repeat(43)), folder)
                .failed(NOT_FOUND, "unknown, used up or expired");
        Finished.ask(empty, "join", good.replace("?tls=0", ""), folder)
                .failed(UNAVAILABLE, "doesn't speak TLS", "?tls=0");
        Finished.ask(
                        empty,
                        "join",
                        good.replaceFirst(":\\d+/", ":" + Deployment.freePort() + "/"),
                        folder)
                .failed(UNAVAILABLE, "cannot reach the server", "is it running?");
        String once = run(owner, "link").ok().out().strip();
        Path used = directory.resolve("used-home");
        Finished.ask(used, "join", once, directory.resolve("used").toString(), "--once").ok();
        Finished.ask(empty, "join", once, folder).failed(NOT_FOUND, "used up");
        assertThat(Finished.ask(empty, "status", "--json").json().at("folders").elements())
                .isEmpty();
    }

    @Test
    @DisplayName("R42 folders that can't be synced are refused, and nothing is linked")
    void badFoldersAreExplained() {
        write(directory.resolve("plain-file"), "no directory");
        run(bob, "join", link(), bob.path("inside").toString())
                .failed(INVALID, "already synced", "can't be nested");
        run(bob, "join", link(), directory.toString()).failed(INVALID, "another --home");
        Finished.refused(empty, "join", link(), directory.resolve("plain-file").toString())
                .failed(INVALID, "plain-file is a file");
        Finished.refused(empty, "join", link(), "/proc/none").failed(INVALID, "/proc/none");
        Finished.refused(empty, "join", link(), directory.resolve("plain-file/x").toString())
                .failed(INVALID, "plain-file");
        assertThat(Finished.ask(empty, "status", "--json").json().at("folders").elements())
                .isEmpty();
    }

    @Test
    void homeThatRunsAlreadyIsLeftAlone() {
        run(bob, "sync").failed(STALE, "already running", "syncline status");
        Path other = directory.resolve("not-linked");
        run(owner, "up", other.toString()).failed(STALE, "already running");
        run(bob, "up", other.toString()).failed(STALE, "already running");
        assertThat(bob.status().at("folders").elements()).hasSize(1);
        assertThat(owner.status().at("folders").elements()).hasSize(1);
        assertThat(other).doesNotExist();
        run(bob, "ls", "--folder", other.toString()).failed(NOT_FOUND, "isn't synced", "status");
        assertThat(other).doesNotExist();
        // Joining again what is joined changes nothing, and says so.
        Json again = run(bob, "join", link(), bob.folder.toString(), "--json").json();
        assertThat(again.at("folder").text()).isEqualTo(bob.folder.toString());
        assertThat(bob.status().at("folders").elements()).hasSize(1);
    }

    // ---- sync --once.

    @Test
    void syncOnceConvergesOrSaysWhyNot(@TempDir Path root) {
        Path home = root.resolve("home");
        Path folder = root.resolve("folder");
        write(owner.path("once.txt"), "by sync --once");
        try (Deployment other = new Deployment(root)) {
            write(folder.resolve("mine.txt"), "mine");
            Json joined =
                    Finished.ask(
                                    home,
                                    "join",
                                    other.joinLink(),
                                    folder.toString(),
                                    "--name",
                                    "once",
                                    "--once",
                                    "--json")
                            .json();
            assertThat(joined.at("state").text()).isEqualTo("converged");
            write(folder.resolve("more.txt"), "more");
            assertThat(Finished.ask(home, "sync", "--once").ok().out())
                    .isEqualTo(folder + ": converged\n");
            assertThat(Finished.ask(home, "ls").ok().out()).contains("mine.txt", "more.txt");
            assertThat(Finished.ask(home, "status").ok().out())
                    .contains("not running", "syncline sync");
            Finished.refused(home, "sync", "--once", "--timeout", "0").failed(INVALID, "--timeout");
            other.stopServer();
            write(folder.resolve("waits.txt"), "waits");
            Finished down =
                    Finished.ask(home, "sync", "--once", "--timeout", "6").ended(UNAVAILABLE);
            assertThat(down.out()).contains("syncing", "cannot reach the server", "is it running?");
            Json status =
                    Json.parse(
                            Finished.ask(home, "sync", "--once", "--timeout", "6", "--json")
                                    .ended(UNAVAILABLE)
                                    .out());
            assertThat(status.at("reason").text()).contains("cannot reach the server");
            for (String command : List.of("ls", "history", "devices", "link")) {
                Finished.ask(home, command).failed(UNAVAILABLE, "cannot reach the server");
            }
            other.startServer();
            assertThat(Finished.ask(home, "sync", "--once").ok().out()).contains("converged");
        }
        // Where a daemon runs, that one is asked.
        assertThat(run(bob, "sync", "--once").ok().out()).isEqualTo(bob.folder + ": converged\n");
        assertThat(holds(bob.path("once.txt"), "by sync --once")).isTrue();
    }

    // ---- Servers.

    @Test
    void serversThatCantStartSayWhy() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            serve("--listen", "127.0.0.1:" + taken.getLocalPort())
                    .failed(UNAVAILABLE, "cannot listen", "in use");
        }
        serve("--listen", "nonsense").failed(INVALID, "--listen takes HOST:PORT");
        refusedToServe("--listen", "0.0.0.0:0")
                .failed(INVALID, "passwords", "--tls-certificate", "--allow-plain-http");
        refusedToServe("--listen", "127.0.0.1:0", "--tls-key", "x")
                .failed(INVALID, "--tls-key", "a certificate and its key go together");
        refusedToServe(
                        "--listen",
                        "127.0.0.1:0",
                        "--tls-key",
                        "/none",
                        "--tls-certificate",
                        "/none.pem")
                .failed(INVALID, "tls-certificate", "cannot read the file /none.pem");
        write(directory.resolve("junk.pem"), "junk");
        String junk = directory.resolve("junk.pem").toString();
        refusedToServe("--listen", "127.0.0.1:0", "--tls-key", junk, "--tls-certificate", junk)
                .failed(INVALID, "certificate");
        serve("--listen", "127.0.0.1:0", "--data", junk).ended(UNAVAILABLE);
        Finished.ask(empty, "serve", "--listen", "127.0.0.1:0", "--data", ready.at("data").text())
                .failed(UNAVAILABLE, "in use by another server");
    }

    private Finished serve(String... options) {
        return Finished.run(directory.resolve("no-server"), serving(options));
    }

    private Finished refusedToServe(String... options) {
        return Finished.refused(directory.resolve("no-server"), serving(options));
    }

    private static String[] serving(String... options) {
        return Stream.concat(Stream.of("serve"), Stream.of(options)).toArray(String[]::new);
    }

    @Test
    void upSpeaksTlsToItselfAndToWhoTrustsIt(@TempDir Path root) {
        Certificate files = Certificate.make(root.resolve("tls"), "dns:localhost,ip:127.0.0.1");
        Device host = new Device("tls-host", root);
        write(host.path("file.txt"), "over TLS");
        Json there =
                up(
                                host,
                                "--listen",
                                "127.0.0.1:0",
                                "--tls-certificate",
                                files.certificate().toString(),
                                "--tls-key",
                                files.key().toString())
                        .awaitJson(SOON);
        assertThat(there.at("url").text()).startsWith("https://127.0.0.1:");
        String link = there.at("joinLink").text();
        assertThat(link).doesNotContain("tls=0");
        awaitState(host, "converged");
        Path home = root.resolve("guest-home");
        String folder = root.resolve("guest").toString();
        Finished.ask(home, "join", link, folder).failed(UNAVAILABLE, "isn't trusted", "--trust");
        Finished.refused(home, "join", link, folder, "--trust", root.resolve("none").toString())
                .failed(INVALID, "there is no such file");
        Finished.refused(home, "join", link, folder, "--trust", files.key().toString())
                .failed(INVALID, "BEGIN CERTIFICATE");
        Finished.ask(home, "join", link + "?tls=0", folder).failed(UNAVAILABLE, "?tls=0");
        String trust = files.certificate().toString();
        Finished.ask(home, "join", link, folder, "--trust", trust, "--once").ok();
        assertThat(holds(Path.of(folder, "file.txt"), "over TLS")).isTrue();
    }

    @Test
    void linksNameWhatTheCertificateIsFor(@TempDir Path root) {
        Certificate files =
                Certificate.make(root.resolve("tls"), "dns:sync.example.org,dns:*.example.org");
        List<String> everywhere =
                List.of(
                        "--home",
                        root.resolve("home").toString(),
                        "--json",
                        "serve",
                        "--listen",
                        "127.0.0.1:0",
                        "--tls-certificate",
                        files.certificate().toString(),
                        "--tls-key",
                        files.key().toString());
        try (Program server = Program.start(root.resolve("log"), List.of(), everywhere)) {
            assertThat(server.awaitJson(SOON).at("joinLink").text())
                    .startsWith("syncline://sync.example.org:");
        }
        List<String> told = new ArrayList<>(everywhere);
        told.addAll(List.of("--public-host", "other.example.org"));
        try (Program server = Program.start(root.resolve("log"), List.of(), told)) {
            assertThat(server.awaitJson(SOON).at("url").text())
                    .startsWith("https://other.example.org:");
        }
    }

    @Test
    void stoppedServerFinishesWhatItHasBegun(@TempDir Path root) {
        try (Deployment other = new Deployment(root);
                RawHttp raw = new RawHttp(other.port())) {
            String body = "{\"account\":\"admin\",\"password\":\"wrong\"}";
            raw.send(
                    "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body.substring(0, 10));
            // Asked later and answered: so the one before has begun.
            assertThat(isTurnedAway(other.port())).isFalse();
            Thread stopping = Thread.ofVirtual().start(other::stopServer);
            // New requests are told to come back, or the port is closed already.
            Await.until(SOON, () -> isTurnedAway(other.port()), () -> "still served");
            assertThat(other.server().isAlive()).isTrue();
            raw.send(body.substring(10).getBytes(UTF_8));
            assertThat(raw.readAll()).startsWith("HTTP/1.1 401").contains("UNAUTHENTICATED");
            Await.until(SOON, () -> !stopping.isAlive(), () -> "the server doesn't end");
            assertThat(other.server().isAlive()).isFalse();
            assertThat(other.server().errors()).doesNotContain("ERROR", "cut");
        }
    }

    private static boolean isTurnedAway(int port) {
        try (RawHttp raw = new RawHttp(port)) {
            raw.send("GET /v1/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return !raw.readAll().startsWith("HTTP/1.1 200");
        } catch (java.io.UncheckedIOException e) {
            return true;
        }
    }
}
