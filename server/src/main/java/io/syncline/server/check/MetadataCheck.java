package io.syncline.server.check;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.check.Finding;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/**
 * Tries a store of metadata. What it writes are settings of random names, deleted again, and a
 * project that is never committed.
 */
public final class MetadataCheck {
    /** Writes and reads that are timed. */
    static final int TIMES = 20;

    private static final int RAISES = 25;

    private final MetadataStore one;
    private final MetadataStore other;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final String setting;

    /**
     * Two clients of one store, or one twice.
     *
     * @param random thread-safe
     */
    public MetadataCheck(
            MetadataStore one, MetadataStore other, RandomGenerator random, InstantSource clock) {
        this.one = one;
        this.other = other;
        this.random = random;
        this.clock = clock;
        this.setting = "check-storage/" + RandomId.next(random);
    }

    /** Looks. */
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        try {
            found.add(
                    Finding.of(
                            "what is written is read, by every client",
                            "all nodes must use one database; with replicas, the primary",
                            this::roundTrip));
            found.add(
                    Finding.of(
                            "what fails leaves nothing",
                            "the database must support transactions",
                            this::rollback));
            found.add(
                    Finding.of(
                            "two clients that raise a number lose nothing",
                            "transactions must be serializable where they meet",
                            this::isolation));
            if (!one.equals(other)) {
                found.add(
                        Finding.of(
                                "a read sees one moment",
                                "the database must support snapshots (REPEATABLE READ)",
                                this::snapshot));
            }
            found.add(
                    Finding.of(
                            "names are in the order of their bytes",
                            "the database's columns of names must be COLLATE \"C\"",
                            this::order));
            found.add(
                    Finding.of(
                            "it answers in good time",
                            "put the database nearer, or on a faster disk",
                            this::latency));
        } finally {
            found.add(
                    Finding.of(
                            "what was tried is gone",
                            "delete the setting " + setting,
                            () -> {
                                one.write(write -> write.settings().delete(setting));
                                return "yes";
                            }));
        }
        return found;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<String> value(MetadataStore store, String name) {
        return store.read(read ->
                read.settings()
                        .find(name)
                        .map(bytes -> StandardCharsets.US_ASCII.decode(bytes).toString()));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw SynclineException.invalid(otherwise);
        }
    }

    private static void put(MetadataStore store, String name, String value) {
        store.write(write -> {
            write.settings().put(name, bytes(value));
            return true;
        });
    }

    private String roundTrip() {
        for (int i = 0; i < TIMES; i++) {
            String value = "value " + i;
            put(one, setting, value);
            require(
                    value(other, setting).equals(Optional.of(value)),
                    "another client still saw the value before");
        }
        return TIMES + " times";
    }

    private String rollback() {
        put(one, setting, "0");
        try {
            one.write(write -> {
                write.settings().put(setting, bytes("never"));
                throw new SynclineException(ErrorCode.STALE, "given up as planned");
            });
        } catch (SynclineException e) {
            require(e.code() == ErrorCode.STALE, String.valueOf(e.getMessage()));
        }
        require(value(other, setting).equals(Optional.of("0")), "it left something");
        return "nothing was kept";
    }

    private String isolation() throws Exception {
        put(one, setting, "0");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> raising = new ArrayList<>();
            for (MetadataStore store : List.of(one, other, one, other)) {
                raising.add(threads.submit(() -> raise(store)));
            }
            for (Future<?> future : raising) {
                future.get();
            }
        }
        int end = Integer.parseInt(value(one, setting).orElse("0"));
        require(end == 4 * RAISES, "of " + 4 * RAISES + " raises " + end + " were kept");
        return "4 × " + RAISES + " times";
    }

    private void raise(MetadataStore store) {
        for (int i = 0; i < RAISES; i++) {
            store.write(write -> {
                int now =
                        write.settings()
                                .find(setting)
                                .map(bytes ->
                                        Integer.parseInt(
                                                StandardCharsets.US_ASCII.decode(bytes).toString()))
                                .orElse(0);
                write.settings().put(setting, bytes(Integer.toString(now + 1)));
                return true;
            });
        }
    }

    private String snapshot() {
        put(one, setting, "before");
        String second =
                one.read(read -> {
                    Optional<ByteBuffer> first = read.settings().find(setting);
                    put(other, setting, "after");
                    Optional<ByteBuffer> again = read.settings().find(setting);
                    return first.equals(again) ? "the same twice" : "";
                });
        require(!second.isEmpty(), "it saw a write that came in between");
        return second;
    }

    private String order() {
        List<String> names =
                List.of(
                        "a", "A", "b", "B", "z", "Z", "_", "-", "10", "9", "é", "e", "ß", "日",
                        "😀");
        List<Name> sorted = new ArrayList<>(names.stream().map(Name::new).toList());
        sorted.sort((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
        List<Name> seen = new ArrayList<>();
        try {
            one.write(write -> {
                Instant now = clock.instant();
                Project project =
                        write.projects()
                                .add(
                                        new NewProject(
                                                new ProjectId(RandomId.next(random)),
                                                "check-storage",
                                                1,
                                                false,
                                                new Epoch(RandomId.next(random)),
                                                now));
                DeviceId device = new DeviceId(RandomId.next(random));
                List<Version> versions = new ArrayList<>();
                for (int i = 0; i < names.size(); i++) {
                    Node node =
                            new Node(
                                    new NodeId(i + 1),
                                    new Place(NodeId.ROOT, new Name(names.get(i))),
                                    Item.DIRECTORY,
                                    i + 1,
                                    false,
                                    device);
                    versions.add(new Version(node, Action.CREATE, now));
                }
                write.nodes(project.key()).put(versions);
                write.projects()
                        .advance(project.key(), names.size(), TreeDigest.EMPTY, names.size(), now);
                seen.clear();
                write.nodes(project.key())
                        .childrenPage(NodeId.ROOT, Optional.empty(), names.size())
                        .forEach(node -> seen.add(node.place().name()));
                throw new SynclineException(ErrorCode.STALE, "given up as planned");
            });
        } catch (SynclineException e) {
            require(e.code() == ErrorCode.STALE, String.valueOf(e.getMessage()));
        }
        require(seen.equals(sorted), "they came as " + seen);
        return names.size() + " names of several scripts";
    }

    private static byte[] utf8(Name name) {
        return name.value().getBytes(StandardCharsets.UTF_8);
    }

    private String latency() throws Exception {
        double write = Medians.millis(TIMES, () -> put(one, setting, "timed"));
        double read = Medians.millis(TIMES, () -> value(one, setting));
        String seen = Medians.text("durable write", write) + ", " + Medians.text("read", read);
        require(write <= Medians.SLOW_MILLIS && read <= Medians.SLOW_MILLIS, seen);
        return seen;
    }
}
