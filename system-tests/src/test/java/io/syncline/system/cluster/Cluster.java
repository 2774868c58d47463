package io.syncline.system.cluster;

import io.syncline.core.wire.Secret;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.s3.S3BlockStore;
import io.syncline.storage.block.s3.S3Settings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.postgres.PostgresAddress;
import io.syncline.storage.metadata.postgres.PostgresMetadataStore;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Json;
import io.syncline.system.endtoend.LocalBucket;
import io.syncline.system.endtoend.Program;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/**
 * A database, a bus, perhaps a bucket, and server processes over them, behind one address that
 * leads to any of them. Ends them all when closed. One thread uses it.
 */
public final class Cluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final Path directory;
    private final List<String> javaOptions;
    private final int databasePort = Deployment.freePort();
    private final int busPort = Deployment.freePort();
    private final List<Integer> ports;
    private final List<Optional<Program>> nodes = new ArrayList<>();
    private final List<Closeable> opened = new ArrayList<>();
    private final Link databaseLink;
    private final Link busLink;
    private final Optional<Link> bucketLink;
    private final Link address;
    private final Path config;
    private @Nullable EmbeddedPostgres database;
    private @Nullable RedisServer bus;
    private @Nullable Json ready;

    /**
     * Starts all of it.
     *
     * @param directory an empty one for everything
     * @param faulty whether blocks are in a bucket, and all that nodes stand on is behind links
     *     that can fail; else each node keeps the blocks that it is sent, and no link costs
     *     anything
     * @param javaOptions for the nodes' JVMs
     */
    public Cluster(Path directory, int nodeCount, boolean faulty, List<String> javaOptions)
            throws Exception {
        this.directory = directory;
        this.javaOptions = List.copyOf(javaOptions);
        this.ports = IntStream.range(0, nodeCount).mapToObj(_ -> Deployment.freePort()).toList();
        boolean whole = false;
        try {
            startDatabase();
            startBus();
            databaseLink = link(List.of(databasePort));
            busLink = link(List.of(busPort));
            bucketLink = faulty ? Optional.of(link(List.of(startBucket()))) : Optional.empty();
            address = link(ports);
            config = config();
            for (int i = 0; i < nodeCount; i++) {
                nodes.add(Optional.empty());
            }
            // The first one makes the tables, the others find them.
            startNode(0);
            IntStream.range(1, nodeCount).forEach(this::beginNode);
            IntStream.range(1, nodeCount).forEach(this::awaitNode);
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    private Link link(List<Integer> targets) throws IOException {
        Link link = new Link(targets);
        opened.add(link);
        return link;
    }

    private int startBucket() throws Exception {
        LocalBucket bucket = LocalBucket.start(directory.resolve("buckets"));
        opened.add(bucket);
        return bucket.port();
    }

    private Path config() throws IOException {
        List<String> lines = new ArrayList<>();
        boolean faulty = bucketLink.isPresent();
        lines.add("metadata = " + databaseUrl(faulty ? databaseLink.port() : databasePort));
        lines.add("events = redis://127.0.0.1:" + (faulty ? busLink.port() : busPort));
        bucketLink.ifPresent(link -> {
            lines.add("blocks = " + LocalBucket.url(link.port()));
            lines.add("blocks-access-key = " + LocalBucket.ACCESS);
            lines.add("blocks-secret-key = " + LocalBucket.SECRET);
        });
        return Files.write(directory.resolve("syncline.conf"), lines);
    }

    private static String databaseUrl(int port) {
        return "postgresql://postgres@localhost:" + port + "/postgres";
    }

    /** Starts the database, or starts it again over the same data. */
    public void startDatabase() throws IOException {
        database =
                EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(new File("target/postgres"))
                        .setDataDirectory(directory.resolve("database"))
                        .setCleanDataDirectory(false)
                        .setPort(databasePort)
                        .setServerConfig("max_connections", "400")
                        .setServerConfig("shared_buffers", "128MB")
                        .setPGStartupWait(START)
                        .start();
    }

    /** Stops the database: who is connected is cut off. */
    public void stopDatabase() throws IOException {
        EmbeddedPostgres running = database;
        database = null;
        if (running != null) {
            running.close();
        }
    }

    /** Starts the bus, or starts it again with nothing in it. */
    public void startBus() throws IOException {
        RedisServer started =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(busPort)
                        .setting("save \"\"")
                        .setting("appendonly no")
                        .build();
        started.start();
        bus = started;
    }

    /** Stops the bus. */
    public void stopBus() throws IOException {
        RedisServer running = bus;
        bus = null;
        if (running != null) {
            running.stop();
        }
    }

    /** Where the bus is on loopback, past the link. */
    public int busPort() {
        return busPort;
    }

    /** How many nodes there are, running or not. */
    public int size() {
        return ports.size();
    }

    /** Where a node listens on loopback. */
    public int port(int node) {
        return ports.get(node);
    }

    /** A node's process; it must have been started. */
    public Program node(int node) {
        return nodes.get(node).orElseThrow();
    }

    /** Starts a node that doesn't run, and waits until it serves. */
    public void startNode(int node) {
        beginNode(node);
        awaitNode(node);
    }

    /** Starts a node that doesn't run. */
    public void beginNode(int node) {
        nodes.set(
                node,
                Optional.of(
                        Program.start(
                                directory.resolve("node-" + node + ".log"),
                                javaOptions,
                                List.of(
                                        "--home",
                                        directory.resolve("node-" + node + "-home").toString(),
                                        "serve",
                                        "--config",
                                        config.toString(),
                                        "--data",
                                        directory.resolve("node-" + node).toString(),
                                        "--listen",
                                        "127.0.0.1:" + ports.get(node),
                                        "--json"))));
    }

    /** Waits until a node that was started serves. */
    public void awaitNode(int node) {
        ready = node(node).awaitJson(START);
    }

    /** Ends a node as {@code kill -9} does. */
    public void killNode(int node) {
        node(node).kill();
    }

    /** The way from the nodes to the database. */
    public Link databaseLink() {
        return databaseLink;
    }

    /** The way from the nodes to the bus. */
    public Link busLink() {
        return busLink;
    }

    /** The way from the nodes to the bucket; there must be one. */
    public Link bucketLink() {
        return bucketLink.orElseThrow();
    }

    /** A join link through the common address. */
    public String joinLink() {
        return Objects.requireNonNull(ready)
                .at("joinLink")
                .text()
                .replaceFirst(":[0-9]+/join/", ":" + address.port() + "/join/");
    }

    /** Opens the database past the nodes and the links. */
    public MetadataStore openMetadata() {
        return PostgresMetadataStore.open(PostgresAddress.of(databaseUrl(databasePort)));
    }

    /** Opens the bucket past the nodes. */
    public BlockStore openBlocks() {
        URI url = URI.create(LocalBucket.url(bucketLink().port()));
        var keys =
                new S3Settings.Keys(new Secret(LocalBucket.ACCESS), new Secret(LocalBucket.SECRET));
        return S3BlockStore.open(
                S3Settings.of(url, Optional.of(keys)), new SecureRandom(), InstantSource.system());
    }

    /** The last that nodes wrote on standard error, for a message. */
    public String diagnosis() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            int node = i;
            nodes.get(i)
                    .ifPresent(program ->
                            text.append("node ")
                                    .append(node)
                                    .append(program.isAlive() ? " runs: " : " doesn't run: ")
                                    .append(program.errors())
                                    .append('\n'));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(node -> node.ifPresent(Program::close));
        for (Closeable each : opened.reversed()) {
            each.close();
        }
        stopBus();
        stopDatabase();
    }
}
