package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.WireJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Search by name over real HTTP. The index follows by itself: no answer may depend on how far. */
class SearchTest {
    private static final TestServer server = new TestServer();

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static SearchPage search(String text, String more) {
        return server.get(
                        server.at(
                                "/search?q="
                                        + URLEncoder.encode(text, StandardCharsets.UTF_8)
                                        + more))
                .as(WireJson.SEARCH_PAGE);
    }

    private static List<String> paths(String text) {
        SearchPage page = search(text, "");
        assertThat(page.complete()).isEqualTo(page.head());
        assertThat(page.after()).isEmpty();
        return page.paths();
    }

    private static Change move(long id, long expected, long parent, String name) {
        return new Change.Update(
                new NodeId(id),
                expected,
                Optional.of(new Place(new NodeId(parent), new Name(name))),
                Optional.empty());
    }

    @Test
    void liveNodesAreFoundWithTheirPaths() {
        server.applied(
                directory(-1, 0, "Projects"),
                directory(-2, -1, "2026"),
                file(-3, -2, "Annual Report.pdf", Content.EMPTY),
                file(-4, 0, "report", Content.EMPTY),
                file(-5, -2, "RÉSUMÉ.txt", Content.EMPTY));

        assertThat(paths("REPORT")).containsExactly("report", "Projects/2026/Annual Report.pdf");
        assertThat(paths("re\u0301sum")).containsExactly("Projects/2026/RÉSUMÉ.txt");
        assertThat(paths("20")).containsExactly("Projects/2026");
        assertThat(paths("p")).containsExactly("Projects");
        assertThat(paths("eport.PDF")).containsExactly("Projects/2026/Annual Report.pdf");
        assertThat(paths("\" OR \"")).isEmpty();

        server.applied(move(2, 2, 0, "2027"), new Change.Delete(new NodeId(4), 4));
        assertThat(paths("report")).containsExactly("2027/Annual Report.pdf");
        assertThat(paths("2026")).isEmpty();
        assertThat(paths("2027")).containsExactly("2027");
    }

    @ParameterizedTest
    @DisplayName("what is found is exact, however far the index has followed")
    @ValueSource(longs = {1, 2, 3})
    void searchIsExactAtAnyMoment(long seed) {
        Random random = new Random(seed);
        Map<Long, String> live = new TreeMap<>();
        Map<Long, Long> versions = new TreeMap<>();
        long head = 0;
        for (int round = 0; round < 40; round++) {
            List<Change> changes = new ArrayList<>();
            List<Long> old = new ArrayList<>(live.keySet());
            for (int i = 0; i < 6; i++) {
                head++;
                String name = name(random) + head;
                Long some = old.isEmpty() ? null : old.remove(random.nextInt(old.size()));
                if (some == null || random.nextInt(3) > 0) {
                    changes.add(file(-1 - i, 0, name, Content.EMPTY));
                    live.put(head, name);
                    versions.put(head, head);
                } else if (random.nextBoolean()) {
                    changes.add(new Change.Delete(new NodeId(some), versions.get(some)));
                    live.remove(some);
                } else {
                    changes.add(move(some, versions.get(some), 0, name));
                    live.put(some, name);
                    versions.put(some, head);
                }
            }
            server.applied(changes.toArray(Change[]::new));
            String text = name(random);
            String key = NameKey.of(text).value();
            List<String> expected = new ArrayList<>();
            live.forEach((_, name) -> {
                String of = NameKey.of(new Name(name)).value();
                if (key.length() < 3 ? of.startsWith(key) : of.contains(key)) {
                    expected.addFirst(name);
                }
            });
            List<String> found = new ArrayList<>();
            Optional<String> after = Optional.empty();
            int limit = 1 + random.nextInt(5);
            do {
                SearchPage page =
                        search(text, "&limit=" + limit + after.map(a -> "&after=" + a).orElse(""));
                assertThat(page.nodes().size()).isLessThanOrEqualTo(limit);
                assertThat(page.complete()).isEqualTo(head);
                found.addAll(page.paths());
                after = page.after();
            } while (after.isPresent());
            assertThat(found).as("seed %s, round %s, %s", seed, round, text).isEqualTo(expected);
        }
    }

    private static String name(Random random) {
        String[] pieces = {"a", "B", "ab", "re", "po", "rt", "é", "X"};
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            name.append(pieces[random.nextInt(pieces.length)]);
        }
        return name.toString();
    }

    @Test
    @DisplayName("L9 deep paths end a page early, and the next one goes on")
    void deepPathsEndThePage() {
        int depth = 400;
        int chains = 4;
        int leaf = 0;
        for (int chain = 0; chain < chains; chain++) {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                changes.add(
                        directory(
                                -1 - i, i == 0 ? 0 : -i, chain + "-" + i + "-" + "d".repeat(240)));
            }
            for (int i = 0; i < 60; i++) {
                changes.add(file(-1 - depth - i, -depth, "leaf" + leaf++, Content.EMPTY));
            }
            server.applied(changes.toArray(Change[]::new));
        }
        List<String> names = new ArrayList<>();
        int pages = 0;
        Optional<String> after = Optional.empty();
        do {
            SearchPage page =
                    search("leaf", "&limit=500" + after.map(a -> "&after=" + a).orElse(""));
            assertThat(WireJson.SEARCH_PAGE.toBytes(page).length).isLessThan(4 << 20);
            page.paths().forEach(path -> assertThat(path.split("/", -1)).hasSize(depth + 1));
            page.nodes().forEach(node -> names.add(node.place().name().value()));
            after = page.after();
            pages++;
        } while (after.isPresent());
        assertThat(pages).isGreaterThan(1);
        assertThat(names).hasSize(240).doesNotHaveDuplicates();
    }
}
