package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A server process and the devices of a test; ends them all when closed. */
public final class Deployment implements AutoCloseable {
    private final Path directory;
    private final List<String> serverJavaOptions;
    private final int port = freePort();
    private final List<Device> devices = new ArrayList<>();
    private @Nullable Program server;
    private @Nullable Json ready;

    public Deployment(Path directory) {
        this(directory, List.of());
    }

    /** The same; {@code serverJavaOptions} go to the server's JVM. */
    public Deployment(Path directory, List<String> serverJavaOptions) {
        this.directory = directory;
        this.serverJavaOptions = List.copyOf(serverJavaOptions);
        startServer();
    }

    /** Starts the server, or starts it again over the same data at the same address. */
    public void startServer() {
        server =
                Program.start(
                        directory.resolve("server.log"),
                        serverJavaOptions,
                        List.of(
                                "--home",
                                directory.resolve("server-home").toString(),
                                "serve",
                                "--data",
                                serverData().toString(),
                                "--listen",
                                "127.0.0.1:" + port,
                                "--json"));
        ready = server.awaitJson(Duration.ofSeconds(60));
    }

    public void killServer() {
        server().kill();
    }

    public void stopServer() {
        server().stop();
    }

    public Program server() {
        return Objects.requireNonNull(server);
    }

    public URI url() {
        return URI.create(Objects.requireNonNull(ready).at("url").text());
    }

    public String joinLink() {
        return Objects.requireNonNull(ready).at("joinLink").text();
    }

    /** What the server printed when it was ready. */
    public Json ready() {
        return Objects.requireNonNull(ready);
    }

    /** A join link that leads through another port of this machine: a {@link WireTap}. */
    public String joinLinkThrough(int tapPort) {
        return joinLink().replace(":" + port + "/", ":" + tapPort + "/");
    }

    /** Where the server keeps everything. */
    public Path serverData() {
        return directory.resolve("server-data");
    }

    public int port() {
        return port;
    }

    /** A new device that isn't started yet. */
    public Device newDevice(String name) {
        return newDevice(name, directory);
    }

    /** A new device that isn't started yet, with its home and folder in {@code place}. */
    public Device newDevice(String name, Path place) {
        Device device = new Device(name, place);
        devices.add(device);
        return device;
    }

    /** A new device that has joined and runs. */
    public Device device(String name) {
        return newDevice(name).join(joinLink());
    }

    /**
     * Waits until all running devices say that they are converged at one cursor and digest, then
     * compares their folders.
     */
    public void awaitEqual(Duration timeout) {
        List<Device> running = devices.stream().filter(Device::isRunning).toList();
        Await.until(timeout, () -> converged(running), this::diagnosis);
        // The last one was compared just now.
        for (Device other : running.subList(1, Math.max(1, running.size() - 1))) {
            assertThat(Folders.differences(running.getFirst().folder, other.folder))
                    .as("%s and %s: %s", running.getFirst().name, other.name, diagnosis())
                    .isEmpty();
        }
    }

    /**
     * Whether all these running devices say that they are converged at one cursor and digest, and
     * the first and the last one's folders are equal.
     */
    public static boolean converged(List<Device> running) {
        List<Json> before = running.stream().map(Device::status).toList();
        if (!agree(before)) {
            return false;
        }
        // Asked twice: a device may have said so just before a change of its neighbour reached it.
        return agree(running.stream().map(Device::status).toList())
                && Folders.differences(running.getFirst().folder, running.getLast().folder)
                        .isEmpty();
    }

    private static boolean agree(List<Json> statuses) {
        return statuses.stream().allMatch(s -> s.at("state").text().equals("converged"))
                && statuses.stream()
                                .map(s -> s.at("cursor").text() + s.at("digest").text())
                                .distinct()
                                .count()
                        == 1;
    }

    public String diagnosis() {
        return devices.stream().map(Device::diagnosis).collect(Collectors.joining("\n"))
                + "\ndifferences: "
                + differences()
                + "\nserver: "
                + server().errors();
    }

    private List<String> differences() {
        List<Device> running = devices.stream().filter(Device::isRunning).toList();
        return running.size() < 2
                ? List.of()
                : Folders.differences(running.getFirst().folder, running.getLast().folder);
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        devices.forEach(Device::close);
        server().close();
    }
}
