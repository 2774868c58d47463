package io.syncline.system.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One device: a home directory, a synced folder and, while it runs, its process. */
public final class Device implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofSeconds(30);

    public final String name;
    public final Path home;
    public final Path folder;
    private final Path log;
    private final List<String> javaOptions = new ArrayList<>();
    private @Nullable Program program;

    public Device(String name, Path directory) {
        this.name = name;
        this.home = directory.resolve(name + "-home");
        this.folder = directory.resolve(name);
        this.log = directory.resolve(name + ".log");
    }

    /** Options for the device's JVM from the next start on. */
    public Device withJavaOptions(String... options) {
        javaOptions.addAll(List.of(options));
        return this;
    }

    /** Enrols the device by a join link and keeps its folder in sync. */
    public Device join(String link) {
        program =
                Program.start(
                        log,
                        javaOptions,
                        List.of(
                                "--home",
                                home.toString(),
                                "join",
                                link,
                                folder.toString(),
                                "--name",
                                name,
                                "--json"));
        running().awaitJson(START);
        return this;
    }

    /** Starts the enrolled device again. */
    public Device start() {
        program =
                Program.start(
                        log, javaOptions, List.of("--home", home.toString(), "sync", "--json"));
        return this;
    }

    public void stop() {
        running().stop();
        program = null;
    }

    public void kill() {
        running().kill();
        program = null;
    }

    public boolean isRunning() {
        return program != null && program.isAlive();
    }

    public Program running() {
        return Objects.requireNonNull(program, "device isn't running");
    }

    /** Runs one command with this device's home to its end and returns what it printed as JSON. */
    public Json run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--home", home.toString(), "--json"));
        all.addAll(List.of(arguments));
        try (Program command = Program.start(log, List.of(), all)) {
            return command.awaitJson(Duration.ofSeconds(60));
        }
    }

    /**
     * What {@code syncline status} says, asked of the daemon without a process for each look: tests
     * look all the time, and that would take a core from what they look at.
     */
    public Json status() {
        return askDaemon().orElseGet(() -> run("status"));
    }

    private Optional<Json> askDaemon() {
        try {
            Json address = Json.parse(Files.readString(home.resolve("control.json")));
            URI url = URI.create("http://127.0.0.1:" + address.at("port").number() + "/status");
            var connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setConnectTimeout((int) LOOK.toMillis());
            connection.setReadTimeout((int) LOOK.toMillis());
            connection.setRequestProperty("Authorization", "Bearer " + address.at("token").text());
            try (InputStream in = connection.getInputStream()) {
                return Optional.of(Json.parse(new String(in.readAllBytes(), UTF_8)));
            }
        } catch (IOException e) {
            // It isn't running, or is about to start or end: the command knows what to say then.
            return Optional.empty();
        }
    }

    public Path path(String relative) {
        return folder.resolve(relative);
    }

    public boolean exists(String relative) {
        return Files.exists(folder.resolve(relative), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    /** What is known of this device, for a failing test's message. */
    public String diagnosis() {
        String state = isRunning() ? status().text() : "not running";
        return name + ": " + state + "\n" + (program == null ? "" : program.errors());
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
        }
    }
}
