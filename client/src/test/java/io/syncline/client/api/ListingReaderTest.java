package io.syncline.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.PageMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ListingReaderTest {
    private static final int LIMIT = 100;
    private static final DeviceId DEVICE = new DeviceId("0123456789abcdef0123456789abcdef");

    /** What is asked for, counted. */
    private abstract static class Counted implements ListingReader.Source {
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger chained = new AtomicInteger();
        final AtomicInteger jumps = new AtomicInteger();
        final AtomicInteger maps = new AtomicInteger();

        /** The page that begins after this name, or with it. */
        abstract ChildrenPage page(String start, boolean inclusive);

        abstract PageMap pageMap();

        @Override
        public ChildrenPage after(Optional<String> cursor) {
            return counted(chained, () -> page(cursor.orElse(""), false));
        }

        @Override
        public ChildrenPage from(String cursor) {
            return counted(jumps, () -> page(cursor, true));
        }

        @Override
        public PageMap map() {
            return counted(maps, this::pageMap);
        }

        private <T> T counted(AtomicInteger count, Supplier<T> answer) {
            running.incrementAndGet();
            try {
                count.incrementAndGet();
                return answer.get();
            } finally {
                running.decrementAndGet();
            }
        }
    }

    private static Node row(String name, long sequence) {
        return new Node(
                new NodeId(sequence),
                new Place(NodeId.ROOT, new Name(name)),
                Item.file(Content.EMPTY, false, sequence),
                sequence,
                false,
                DEVICE);
    }

    /** A listing by name that may change; cursors are names. */
    private static class Folder extends Counted {
        @GuardedBy("this")
        private final NavigableMap<String, Node> rows = new TreeMap<>();

        @GuardedBy("this")
        private long version;

        Folder(int files) {
            for (int i = 0; i < files; i++) {
                put(name(2 * i));
            }
        }

        static String name(int number) {
            return "f%06d".formatted(number);
        }

        final synchronized void put(String name) {
            version++;
            rows.put(name, row(name, version));
        }

        final synchronized void remove(String name) {
            if (rows.remove(name) != null) {
                version++;
            }
        }

        final synchronized List<String> names() {
            return List.copyOf(rows.keySet());
        }

        @Override
        synchronized ChildrenPage page(String start, boolean inclusive) {
            NavigableMap<String, Node> rest = rows.tailMap(start, inclusive);
            List<Node> page = rest.values().stream().limit(LIMIT + 1).toList();
            boolean more = page.size() > LIMIT;
            List<Node> shown = more ? page.subList(0, LIMIT) : page;
            return new ChildrenPage(
                    shown,
                    version,
                    rows.size(),
                    Optional.empty(),
                    more ? Optional.of(shown.getLast().place().name().value()) : Optional.empty());
        }

        @Override
        synchronized PageMap pageMap() {
            List<String> all = List.copyOf(rows.keySet());
            List<String> starts =
                    IntStream.range(0, Math.ceilDiv(all.size(), LIMIT))
                            .mapToObj(page -> all.get(page * LIMIT))
                            .toList();
            return new PageMap(version, all.size(), 0, LIMIT, starts);
        }
    }

    /** A listing so long that its map is there before its end, on any machine. */
    private static class Endless extends Counted {
        private static final int PAGES = 100_000;

        @Override
        ChildrenPage page(String start, boolean inclusive) {
            int first = start.isEmpty() ? 0 : Integer.parseInt(start) + (inclusive ? 0 : 1);
            List<Node> rows =
                    IntStream.range(first, first + LIMIT)
                            .mapToObj(at -> row(Integer.toString(at), at + 1L))
                            .toList();
            return new ChildrenPage(
                    rows,
                    1,
                    (long) PAGES * LIMIT,
                    Optional.empty(),
                    Optional.of(Integer.toString(first + LIMIT - 1)));
        }

        @Override
        PageMap pageMap() {
            List<String> starts =
                    IntStream.range(0, PAGES)
                            .mapToObj(page -> Integer.toString(page * LIMIT))
                            .toList();
            return new PageMap(1, (long) PAGES * LIMIT, 0, LIMIT, starts);
        }
    }

    private static void addNames(ChildrenPage page, List<String> names) {
        page.nodes().forEach(node -> names.add(node.place().name().value()));
    }

    private static List<String> read(Counted folder) {
        List<String> names = new ArrayList<>();
        new ListingReader(folder, LIMIT)
                .read(page -> {
                    addNames(page, names);
                    return true;
                });
        assertThat(folder.running.get()).isZero();
        return names;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 399, 400, 401, 500, 2_000, 2_001, 12_345})
    @DisplayName("L1 a listing that stays is read exactly, whatever its size")
    void quietListingIsReadExactly(int files) {
        Folder folder = new Folder(files);

        assertThat(read(folder)).isEqualTo(folder.names());

        int pages = Math.max(1, Math.ceilDiv(files, LIMIT));
        assertThat(folder.chained.get() + folder.jumps.get())
                .as("no page is asked for twice, and none beyond the end")
                .isEqualTo(pages);
        assertThat(folder.maps.get())
                .isLessThanOrEqualTo(pages < ListingReader.MAPPED_PAGES_MIN ? 0 : 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.01", "2, 0.03", "3, 0.1", "4, 0.3", "5, 1"})
    @DisplayName("L1 a row that stays is met once, in order, whatever changes around it")
    void changingListingKeepsWhatStays(int first, double often) {
        for (int seed = first * 1_000; seed < first * 1_000 + 100; seed++) {
            Random random = new Random(seed);
            Set<String> touched = new HashSet<>();
            Folder folder =
                    new Folder(400 + random.nextInt(3_000)) {
                        @Override
                        synchronized ChildrenPage page(String start, boolean inclusive) {
                            change();
                            return super.page(start, inclusive);
                        }

                        @Override
                        synchronized PageMap pageMap() {
                            change();
                            return super.pageMap();
                        }

                        private void change() {
                            while (random.nextDouble() < often * 0.9) {
                                String name = name(random.nextInt(7_000));
                                touched.add(name);
                                if (random.nextBoolean()) {
                                    put(name);
                                } else {
                                    remove(name);
                                }
                            }
                        }
                    };
            List<String> before = folder.names();

            List<String> read = read(folder);

            assertThat(read).as("seed %d", seed).isSorted().doesNotHaveDuplicates();
            List<String> stayed = before.stream().filter(name -> !touched.contains(name)).toList();
            assertThat(read.stream().filter(name -> !touched.contains(name)).toList())
                    .as("seed %d", seed)
                    .isEqualTo(stayed);
        }
    }

    @Test
    void pagesAreUnderWayTogetherUpToTheirBound() {
        CountDownLatch together = new CountDownLatch(ListingReader.PAGES_AHEAD_MAX);
        AtomicInteger untaken = new AtomicInteger();
        AtomicInteger untakenMax = new AtomicInteger();
        Endless folder =
                new Endless() {
                    @Override
                    ChildrenPage page(String start, boolean inclusive) {
                        untakenMax.accumulateAndGet(untaken.incrementAndGet(), Math::max);
                        if (inclusive) {
                            // None is answered before as many as allowed are asked for.
                            together.countDown();
                            await(together);
                        }
                        return super.page(start, inclusive);
                    }
                };
        List<String> names = new ArrayList<>();
        new ListingReader(folder, LIMIT)
                .read(page -> {
                    untaken.decrementAndGet();
                    addNames(page, names);
                    return folder.jumps.get() < 100;
                });

        assertThat(together.getCount()).isZero();
        assertThat(names)
                .isEqualTo(IntStream.range(0, names.size()).mapToObj(Integer::toString).toList());
        // Beside those ahead, the one in hand, which isn't taken before the next are asked for.
        assertThat(untakenMax.get()).isLessThanOrEqualTo(ListingReader.PAGES_AHEAD_MAX + 1);
        assertThat(folder.running.get()).as("ended early, nothing is left under way").isZero();
    }

    @Test
    void anotherVersionEndsJumping() {
        Endless folder =
                new Endless() {
                    @Override
                    ChildrenPage page(String start, boolean inclusive) {
                        ChildrenPage page = super.page(start, inclusive);
                        return jumps.get() < 100
                                ? page
                                : new ChildrenPage(
                                        page.nodes(), 2, page.total(), page.before(), page.after());
                    }
                };
        List<String> names = new ArrayList<>();
        AtomicInteger others = new AtomicInteger();
        new ListingReader(folder, LIMIT)
                .read(page -> {
                    addNames(page, names);
                    return page.version() == 1 || others.incrementAndGet() < 100;
                });

        assertThat(names)
                .isEqualTo(IntStream.range(0, names.size()).mapToObj(Integer::toString).toList());
        assertThat(folder.jumps.get()).isLessThan(100 + ListingReader.PAGES_AHEAD_MAX);
    }

    @Test
    void failingPageFailsTheReadingAfterThePagesBeforeIt() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int failing = random.nextInt(20);
            Folder folder =
                    new Folder(2_000) {
                        @Override
                        synchronized ChildrenPage page(String start, boolean inclusive) {
                            ChildrenPage page = super.page(start, inclusive);
                            if (page.nodes().getFirst().id().value() > (long) failing * LIMIT) {
                                throw ServerFailure.unavailable("gone");
                            }
                            return page;
                        }
                    };
            List<String> names = new ArrayList<>();
            assertThatThrownBy(() ->
                            new ListingReader(folder, LIMIT)
                                    .read(page -> {
                                        addNames(page, names);
                                        return true;
                                    }))
                    .isInstanceOf(ServerFailure.class)
                    .hasMessage("gone");
            assertThat(names).isEqualTo(folder.names().subList(0, failing * LIMIT));
            assertThat(folder.running.get()).isZero();
        }
    }

    @Test
    void mapThatCannotBeHadIsDoneWithout() {
        Folder folder =
                new Folder(3_000) {
                    @Override
                    synchronized PageMap pageMap() {
                        throw new SynclineException(ErrorCode.NOT_FOUND, "no map");
                    }
                };
        assertThat(read(folder)).isEqualTo(folder.names());
        assertThat(folder.jumps.get()).isZero();
    }

    @Test
    void interruptedReadingEndsAtOnce() {
        CountDownLatch never = new CountDownLatch(1);
        Thread reader = Thread.currentThread();
        Folder folder =
                new Folder(3_000) {
                    @Override
                    synchronized ChildrenPage page(String start, boolean inclusive) {
                        if (!start.isEmpty()) {
                            reader.interrupt();
                            await(never);
                        }
                        return super.page(start, inclusive);
                    }
                };
        assertThatThrownBy(() -> read(folder))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder.running.get()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
