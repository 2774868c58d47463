package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static io.syncline.storage.metadata.Samples.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.storage.metadata.Version.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises about history. */
public abstract class HistoryContract {
    private static final DeviceId ONE = new DeviceId("1".repeat(32));
    private static final DeviceId TWO = new DeviceId("2".repeat(32));
    private static final Comparator<Version> NEWEST_FIRST =
            Comparator.comparingLong((Version v) -> v.node().sequence()).reversed();

    private MetadataStore store;
    private Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(write -> write.projects().add(new Samples(5).newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private interface Question<T> {
        T of(History history);
    }

    private <T> T ask(Question<T> question) {
        return store.read(read -> question.of(read.history(project.key())));
    }

    private Optional<Version> at(long sequence) {
        return ask(history -> history.at(sequence));
    }

    private int trim(Instant before, int limit) {
        return store.writeBehind(write -> write.history(project.key()).trim(before, limit));
    }

    private static Version version(long id, long sequence, String name, Instant time) {
        boolean fresh = id == sequence;
        return new Version(
                node(id, 0, name, sequence, sequence, false, ONE),
                fresh ? Action.CREATE : Action.UPDATE,
                time);
    }

    private static Node node(
            long id,
            long parent,
            String name,
            long sequence,
            long content,
            boolean deleted,
            DeviceId device) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                Item.file(Samples.content("content " + content), false, content),
                sequence,
                deleted,
                device);
    }

    @Test
    @DisplayName("L2 what was written a year ago and replaced yesterday is there for 30 days more")
    void versionIsKeptFromItsEndOn() {
        Version old = version(1, 1, "a", T0);
        Version replaced = version(1, 2, "a", T0.plus(Duration.ofDays(365)));
        commit(store, project.id(), List.of(old));
        commit(store, project.id(), List.of(replaced));

        Instant tomorrow = T0.plus(Duration.ofDays(366));
        trimAll(tomorrow.minus(History.RETENTION));
        assertThat(at(1)).contains(old);

        long none = ask(History::trimmed);
        // What ended was looked at in part: the first version's beginning ended nothing.
        assertThat(none).isEqualTo(1);

        trimAll(replaced.time().plusMillis(1));
        assertThat(at(1)).isEmpty();
        long all = ask(History::trimmed);
        assertThat(all).isEqualTo(2);
        assertThat(at(2)).contains(replaced);
    }

    @Test
    @DisplayName("L2 what is there now is never forgotten, however old it is")
    void presentVersionIsKept() {
        Version only = version(1, 1, "a", T0);
        commit(store, project.id(), List.of(only));

        trimAll(T0.plus(Duration.ofDays(9_999)));

        assertThat(at(1)).contains(only);
    }

    @Test
    void retentionIsThirtyDaysUnlessTheProjectSaysOtherwise() {
        commit(store, project.id(), List.of(version(1, 1, "a", T0)));
        trimAll(T0.plusSeconds(1));
        Duration usual = ask(History::retention);
        assertThat(usual).isEqualTo(Duration.ofDays(30));

        store.write(write -> {
            write.history(project.key()).retain(Duration.ofDays(7));
            return 0;
        });

        Duration chosen = ask(History::retention);
        assertThat(chosen).isEqualTo(Duration.ofDays(7));
        // What was looked at before isn't looked at again.
        assertThat(trim(T0.plusSeconds(1), 10)).isZero();
    }

    @Test
    void aNodeChangedTwiceInOneCommitEndsOnceEach() {
        commit(store, project.id(), List.of(version(1, 1, "a", T0)));
        commit(
                store,
                project.id(),
                List.of(
                        version(1, 3, "c", T0.plusSeconds(60)),
                        version(1, 2, "b", T0.plusSeconds(60))));

        trimAll(T0.plusSeconds(61));

        assertThat(ask(history -> history.slice(99, 0, Optional.empty(), 10, 10)).versions())
                .extracting(v -> v.node().sequence())
                .containsExactly(3L);
    }

    private void trimAll(Instant before) {
        while (trim(before, 3) == 3) {
            assertThat(before).isNotNull();
        }
    }

    /** A history kept as a plain list, and what it would answer. */
    private static final class Naive {
        final List<Version> versions = new ArrayList<>();
        final Map<NodeId, Node> latest = new HashMap<>();

        void add(Version version) {
            versions.add(version);
            latest.put(version.node().id(), version.node());
        }

        Optional<Instant> end(Version version) {
            Node node = version.node();
            if (node.deleted()) {
                return Optional.of(version.time());
            }
            return versions.stream()
                    .filter(v -> v.node().id().equals(node.id()))
                    .filter(v -> v.node().sequence() > node.sequence())
                    .map(Version::time)
                    .findFirst();
        }

        void trim(Instant before) {
            versions.removeAll(
                    versions.stream()
                            .filter(v -> end(v).filter(end -> end.isBefore(before)).isPresent())
                            .toList());
        }

        Stream<Version> newest(Predicate<Version> wanted) {
            return versions.stream().filter(wanted).sorted(NEWEST_FIRST);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("L2 L9 a random history is kept, trimmed and read as a plain list would be")
    void randomHistoryIsReadAsAPlainListWouldBe(long seed) {
        Random random = new Random(seed);
        Naive naive = new Naive();
        long sequence = 0;
        Instant time = T0;
        for (int round = 0; round < 40; round++) {
            List<Version> batch = new ArrayList<>();
            time = time.plusSeconds(random.nextInt(1, 100));
            Set<NodeId> named = new java.util.HashSet<>();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                sequence += random.nextInt(1, 3);
                Version version = next(random, naive, sequence, time);
                if (named.add(version.node().id())) {
                    naive.add(version);
                    batch.add(version);
                }
            }
            commit(store, project.id(), batch);
            if (random.nextInt(4) == 0) {
                Instant before = time.minusSeconds(random.nextInt(2_000));
                naive.trim(before);
                trimAll(before);
            }
            if (random.nextInt(4) == 0) {
                long floor = sequence - random.nextInt(20);
                store.write(write -> write.nodes(project.key()).deleteTombstones(floor, 3));
            }
            check(random, naive, seed + " round " + round);
        }
    }

    private static Version next(Random random, Naive naive, long sequence, Instant time) {
        List<Node> live = naive.latest.values().stream().filter(n -> !n.deleted()).toList();
        List<Node> dead = naive.latest.values().stream().filter(Node::deleted).toList();
        DeviceId device = random.nextBoolean() ? ONE : TWO;
        int what = random.nextInt(10);
        if (live.isEmpty() || what < 4) {
            Optional<NodeId> origin =
                    dead.isEmpty() || random.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(dead.get(random.nextInt(dead.size())).id());
            // Names repeat once their holders are gone.
            String name = "n" + random.nextInt(6);
            boolean taken = live.stream().anyMatch(n -> n.place().name().value().equals(name));
            Node node =
                    node(sequence, 0, taken ? "m" + sequence : name, sequence, 0, false, device);
            return new Version(node, Action.CREATE, origin, Optional.empty(), time);
        }
        Node old = live.get(random.nextInt(live.size()));
        boolean delete = what > 6;
        Node node =
                node(
                        old.id().value(),
                        0,
                        old.place().name().value(),
                        sequence,
                        delete ? old.item().mtimeNanos() : sequence,
                        delete,
                        device);
        return new Version(node, delete ? Action.DELETE : Action.UPDATE, time);
    }

    private void check(Random random, Naive naive, String seed) {
        long before = random.nextLong(1, 200);
        long from = random.nextLong(0, before);
        Optional<DeviceId> device =
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(random.nextBoolean() ? ONE : TWO);
        assertThat(walk(before, from, device, random.nextInt(1, 9), random.nextInt(1, 9)))
                .as(seed)
                .isEqualTo(
                        naive.newest(v -> v.node().sequence() < before)
                                .filter(v -> v.node().sequence() >= from)
                                .filter(v -> device.map(v.node().device()::equals).orElse(true))
                                .toList());
        Instant time = T0.plusSeconds(random.nextInt(3_000));
        OptionalLong since = ask(history -> history.since(time));
        assertThat(since)
                .as(seed)
                .isEqualTo(
                        naive.versions.stream()
                                .filter(v -> !v.time().isBefore(time))
                                .mapToLong(v -> v.node().sequence())
                                .min());
        for (NodeId id : naive.latest.keySet()) {
            Optional<Version> below = ask(history -> history.below(id, before));
            assertThat(below)
                    .as(seed)
                    .isEqualTo(
                            naive.newest(v -> v.node().id().equals(id))
                                    .filter(v -> v.node().sequence() < before)
                                    .findFirst());
            int limit = random.nextInt(1, 4);
            List<Version> page =
                    store.read(read -> read.nodes(project.key()).history(id, before, limit));
            assertThat(page)
                    .as(seed)
                    .isEqualTo(
                            naive.newest(v -> v.node().id().equals(id))
                                    .filter(v -> v.node().sequence() < before)
                                    .limit(limit)
                                    .toList());
            Optional<Version> others = ask(history -> history.belowOthers(id, before, TWO, from));
            assertThat(others)
                    .as(seed)
                    .isEqualTo(
                            naive.newest(v -> v.node().id().equals(id))
                                    .filter(v -> v.node().sequence() < before)
                                    .filter(v ->
                                            v.node().sequence() < from
                                                    || !v.node().device().equals(TWO))
                                    .findFirst());
        }
        Map<NodeId, NodeId> recreated = new HashMap<>();
        naive.versions.forEach(v -> v.origin().ifPresent(o -> recreated.put(o, v.node().id())));
        Map<NodeId, NodeId> found = ask(history -> history.recreated(naive.latest.keySet()));
        assertThat(found).as(seed).isEqualTo(recreated);
        checkDeletions(random, naive, seed);
    }

    private List<Version> walk(
            long before, long from, Optional<DeviceId> device, int limit, int scan) {
        List<Version> all = new ArrayList<>();
        OptionalLong next = OptionalLong.of(before);
        while (next.isPresent()) {
            long at = next.getAsLong();
            History.Slice slice = ask(history -> history.slice(at, from, device, limit, scan));
            assertThat(slice.versions()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(slice.versions());
            next = slice.next();
        }
        return all;
    }

    private void checkDeletions(Random random, Naive naive, String seed) {
        List<Version> gone = naive.newest(v -> v.node().deleted()).toList();
        List<Version> deleted = ask(history -> history.deleted(Long.MAX_VALUE, 1_000));
        assertThat(deleted).as(seed).isEqualTo(gone);
        List<Version> byName =
                gone.stream()
                        .sorted(
                                Comparator.comparing((Version v) -> v.node().place().name())
                                        .thenComparing(NEWEST_FIRST))
                        .toList();
        int size = random.nextInt(1, 5);
        List<Version> paged = new ArrayList<>();
        Optional<History.Deleted> after = Optional.empty();
        while (true) {
            Optional<History.Deleted> last = after;
            List<Version> page = ask(history -> history.deletedIn(NodeId.ROOT, last, size));
            paged.addAll(page);
            if (page.size() < size) {
                break;
            }
            Node node = page.getLast().node();
            after = Optional.of(new History.Deleted(node.place().name(), node.sequence()));
        }
        assertThat(paged).as(seed).isEqualTo(byName);
        Place place = new Place(NodeId.ROOT, new Name("n" + random.nextInt(6)));
        List<Version> there = ask(history -> history.deletedAt(place, 100));
        assertThat(there)
                .as(seed)
                .isEqualTo(gone.stream().filter(v -> v.node().place().equals(place)).toList());
    }
}
