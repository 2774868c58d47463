package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.ListingPosition;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings over real HTTP: pages, their map, positions. */
class ListingTest {
    private static final TestServer server = new TestServer();

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Change timed(int id, String name, long time) {
        return new Change.Create(
                new NodeId(id),
                new Place(NodeId.ROOT, new Name(name)),
                Item.file(Content.EMPTY, false, time),
                Optional.empty());
    }

    /** Directories d00…, then files f000…; the later the name, the earlier the time. */
    private static void fill(int directories, int files) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < directories; i++) {
            changes.add(directory(-1 - i, 0, "x%02d".formatted(i)));
        }
        for (int i = 0; i < files; i++) {
            changes.add(timed(-1 - directories - i, "f%03d".formatted(i), 1_000 - i));
        }
        server.applied(changes.toArray(Change[]::new));
    }

    private static ChildrenPage page(String query) {
        return server.get(server.at("/nodes/0/children?" + query)).as(WireJson.CHILDREN_PAGE);
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(node -> node.place().name().value()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "name,asc,x00,x04,f000,f029",
        "name,desc,x04,x00,f029,f000",
        "size,asc,x00,x04,f000,f029",
        "time,asc,x00,x04,f029,f000",
        "time,desc,x00,x04,f000,f029"
    })
    void everyOrderIsReadForwardAndBack(
            String sort, String order, String first, String fifth, String sixth, String last) {
        fill(5, 30);
        String sorted = "sort=" + sort + "&order=" + order + "&limit=7";
        List<String> forward = new ArrayList<>();
        ChildrenPage page = page(sorted);
        assertThat(page.before()).isEmpty();
        while (true) {
            forward.addAll(names(page.nodes()));
            assertThat(page.total()).isEqualTo(35);
            assertThat(page.version()).isEqualTo(35);
            if (page.after().isEmpty()) {
                break;
            }
            page = page(sorted + "&after=" + page.after().get());
        }
        assertThat(forward).hasSize(35).doesNotHaveDuplicates();
        assertThat(List.of(forward.get(0), forward.get(4), forward.get(5), forward.get(34)))
                .containsExactly(first, fifth, sixth, last);

        List<String> back = new ArrayList<>(names(page.nodes()));
        while (page.before().isPresent()) {
            page = page(sorted + "&before=" + page.before().get());
            back.addAll(0, names(page.nodes()));
            if (page.before().isPresent()) {
                assertThat(page.nodes()).hasSize(7);
            }
        }
        assertThat(back).isEqualTo(forward);
        assertThat(page.after()).isPresent();
    }

    @Test
    void cursorsBelongToAnOrder() {
        fill(2, 4);
        String byTime = page("sort=time&limit=3").after().orElseThrow();
        server.get(server.at("/nodes/0/children?sort=size&after=" + byTime))
                .expect(ErrorCode.INVALID);
        server.get(server.at("/nodes/0/children?after=" + byTime)).expect(ErrorCode.INVALID);
        assertThat(names(page("sort=time&order=desc&before=" + byTime).nodes()))
                .containsExactly("x00", "x01", "f000", "f001", "f002");
    }

    @ParameterizedTest
    @DisplayName("L9 cursors from other hands are positions, or refused")
    @ValueSource(longs = {1, 2, 3})
    void hostileCursors(long seed) {
        fill(2, 3);
        Random random = new Random(seed);
        byte[] good =
                Base64.getUrlDecoder().decode(page("sort=size&limit=3").after().orElseThrow());
        for (int i = 0; i < 60; i++) {
            byte[] bad = good.clone();
            if (random.nextInt(3) == 0) {
                bad = new byte[random.nextInt(300)];
                random.nextBytes(bad);
            } else {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bad);
            String side = List.of("after", "before", "from").get(random.nextInt(3));
            Reply reply =
                    server.get(server.at("/nodes/0/children?sort=size&" + side + "=" + cursor));
            if (reply.status() == 200) {
                assertThat(reply.as(WireJson.CHILDREN_PAGE).nodes().size()).isBetween(0, 5);
            } else {
                reply.expect(ErrorCode.INVALID);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nodes/0/children?sort=colour",
                "/nodes/0/children?order=up",
                "/nodes/0/children?limit=0",
                "/nodes/0/children?limit=1001",
                "/nodes/0/children?after=",
                "/nodes/0/children?after=AQEB",
                "/nodes/0/children?after=AQEBLg",
                "/nodes/0/children?after=AQEBYQ&before=AQEBYQ",
                "/nodes/0/pages?size=499",
                "/nodes/0/pages?size=0",
                "/nodes/0/position",
                "/nodes/0/position?prefix=",
                "/nodes/0/position?prefix=a%2Fb",
                "/search",
                "/search?q=",
                "/search?q=a%2Fb",
                "/search?q=%00",
                "/search?q=abc&limit=501",
                "/search?q=abc&after=AQ",
                "/search?q=abc&after=AQAAAAAAAAAA"
            })
    void badQuestionsAreRefused(String path) {
        server.get(server.at(path)).expect(ErrorCode.INVALID);
    }

    @Test
    void whatIsNoLiveDirectoryHasNoListing() {
        long file = server.applied(timed(-1, "f", 1));
        for (String what : List.of("/children", "/pages", "/position?prefix=a")) {
            server.get(server.at("/nodes/" + file + what)).expect(ErrorCode.NOT_FOUND);
            server.get(server.at("/nodes/99" + what)).expect(ErrorCode.NOT_FOUND);
        }
    }

    @Test
    @DisplayName("L7 strangers learn nothing from listings and searches")
    void strangersAreToldNothing() {
        fill(1, 1);
        String stranger = server.stranger();
        for (String what :
                List.of(
                        "/nodes/0/children",
                        "/nodes/0/pages",
                        "/nodes/0/position?prefix=f",
                        "/search?q=f00")) {
            server.get(server.at(what), stranger).expect(ErrorCode.NOT_FOUND);
        }
    }

    @Test
    void mapLeadsToEveryPage() {
        fill(60, 400);
        for (String order : List.of("name&order=asc", "name&order=desc", "time&order=desc")) {
            PageMap map =
                    server.get(server.at("/nodes/0/pages?size=100&sort=" + order))
                            .as(WireJson.PAGE_MAP);
            assertThat(map.total()).isEqualTo(460);
            assertThat(map.directories()).isEqualTo(60);
            assertThat(map.pages()).hasSize(5);
            List<Node> jumped = new ArrayList<>();
            for (String start : map.pages()) {
                ChildrenPage page = page("limit=100&sort=" + order + "&from=" + start);
                assertThat(page.version()).isEqualTo(map.version());
                jumped.addAll(page.nodes());
            }
            assertThat(jumped).isEqualTo(page("limit=1000&sort=" + order).nodes());
        }
    }

    @Test
    void mapIsSentOnceToAVersion() throws IOException {
        fill(0, 500);
        String path = server.at("/nodes/0/pages?size=100");
        Reply plain = server.get(path).expect(200);
        String tag = plain.headers().firstValue("ETag").orElseThrow();
        server.get(path, server.token, "If-None-Match", tag).expect(304);
        server.get(path, server.token, "If-None-Match", "\"x\", " + tag).expect(304);
        server.get(server.at("/nodes/0/pages?size=200"), server.token, "If-None-Match", tag)
                .expect(200);

        Reply zipped = server.get(path, server.token, "Accept-Encoding", "br, gzip;q=0.5");
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(zipped.headers().firstValue("ETag")).contains(tag);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped.bytes())).readAllBytes())
                .isEqualTo(plain.bytes());
        assertThat(
                        server.get(path, server.token, "Accept-Encoding", "gzip;q=0")
                                .headers()
                                .firstValue("Content-Encoding"))
                .isEmpty();

        server.applied(timed(-1, "one more", 1));
        Reply changed = server.get(path, server.token, "If-None-Match", tag).expect(200);
        assertThat(changed.as(WireJson.PAGE_MAP).pages()).hasSize(6);
    }

    @Test
    void pageIsSentOnceToAVersion() {
        fill(0, 10);
        String path = server.at("/nodes/0/children?limit=4");
        Reply first = server.get(path).expect(200);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(server.get(path).expect(200).bytes()).isEqualTo(first.bytes());
        server.get(path, server.token, "If-None-Match", tag).expect(304);

        server.applied(timed(-1, "a first one", 1));
        ChildrenPage changed =
                server.get(path, server.token, "If-None-Match", tag).as(WireJson.CHILDREN_PAGE);
        assertThat(names(changed.nodes())).containsExactly("a first one", "f000", "f001", "f002");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("L1 a page that is kept is never older than the listing")
    void keptPagesAreNeverOld(long seed) {
        fill(2, 12);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            List<Node> live = live();
            Node node = live.get(random.nextInt(live.size()));
            Place elsewhere =
                    new Place(
                            node.item().isDirectory() || random.nextBoolean()
                                    ? NodeId.ROOT
                                    : new NodeId(1 + random.nextInt(2)),
                            new Name("n" + round));
            boolean delete = random.nextInt(4) == 0 && !node.item().isDirectory();
            server.applied(
                    random.nextInt(4) == 0
                            ? timed(-1, "new " + round, round)
                            : delete
                                    ? new Change.Delete(node.id(), node.sequence())
                                    : new Change.Update(
                                            node.id(),
                                            node.sequence(),
                                            Optional.of(elsewhere),
                                            Optional.empty()));

            List<Node> now = live();
            for (int directory = 0; directory <= 2; directory++) {
                NodeId parent = new NodeId(directory);
                for (String order : List.of("name", "time&order=desc")) {
                    ListingForm form =
                            random.nextBoolean() ? ListingForm.JSON : ListingForm.COLUMNS;
                    assertThat(walk(parent, order, 1 + random.nextInt(5), form))
                            .as("seed %d, round %d, directory %d", seed, round, directory)
                            .containsExactlyInAnyOrderElementsOf(
                                    now.stream()
                                            .filter(one -> one.place().parent().equals(parent))
                                            .toList());
                }
            }
        }
    }

    @Test
    @DisplayName("L1 a page whose rows are as they were states the listing's new version and size")
    void keptRowsAreOfTheNewVersion() {
        fill(2, 12);
        for (ListingForm form : ListingForm.values()) {
            String path = server.at("/nodes/0/children?limit=4&after=");
            String second = path + page("limit=4").after().orElseThrow();
            ChildrenPage before = read(second, form);
            long node = server.applied(timed(-1, "z " + form, 1));
            ChildrenPage after = read(second, form);
            assertThat(after.nodes()).isEqualTo(before.nodes());
            assertThat(after.version()).isEqualTo(node);
            assertThat(after.total()).isEqualTo(before.total() + 1);
            assertThat(after.after()).isEqualTo(before.after());
        }
        Reply columns = server.get(server.at("/nodes/0/children"), server.token, ACCEPT);
        assertThat(columns.headers().firstValue("Vary")).contains("Accept, Accept-Encoding");
        assertThat(columns.headers().firstValue("Content-Type"))
                .contains(ListingForm.COLUMNS.mediaType());
        Reply json =
                server.get(
                        server.at("/nodes/0/children"),
                        server.token,
                        "Accept",
                        ListingForm.COLUMNS.mediaType() + ";q=0, */*");
        assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
    }

    private static final String[] ACCEPT = {"Accept", ListingForm.COLUMNS.mediaType()};

    private static ChildrenPage read(String path, ListingForm form) {
        Reply reply = server.get(path, server.token, "Accept", form.mediaType() + ", */*;q=0.1");
        return form.read(reply.expect(200).bytes());
    }

    private static List<Node> live() {
        return server.get(server.at("/changes")).as(WireJson.CHANGES_PAGE).changes().stream()
                .filter(node -> !node.deleted())
                .toList();
    }

    private static List<Node> walk(NodeId directory, String order, int limit, ListingForm form) {
        List<Node> rows = new ArrayList<>();
        String path =
                server.at(
                        "/nodes/%d/children?sort=%s&limit=%d"
                                .formatted(directory.value(), order, limit));
        Optional<String> after = Optional.empty();
        do {
            ChildrenPage page =
                    read(path + after.map(cursor -> "&after=" + cursor).orElse(""), form);
            rows.addAll(page.nodes());
            after = page.after();
        } while (after.isPresent());
        return rows;
    }

    @Test
    void emptiedDirectoryHasAnEmptyMap() {
        fill(0, 1);
        String path = server.at("/nodes/0/pages");
        assertThat(server.get(path).as(WireJson.PAGE_MAP).pages()).hasSize(1);
        server.applied(new Change.Delete(new NodeId(1), 1));
        assertThat(server.get(path).as(WireJson.PAGE_MAP))
                .isEqualTo(new PageMap(0, 0, 0, 500, List.of()));
    }

    private static ListingPosition position(String query) {
        return server.get(server.at("/nodes/0/position?" + query)).as(WireJson.LISTING_POSITION);
    }

    @Test
    void prefixIsFoundInEveryOrder() {
        fill(20, 470);
        server.applied(timed(-1, "Readme", 5), timed(-2, "émile", 6), directory(-3, 0, "reports"));
        for (String order :
                List.of(
                        "name&order=asc",
                        "name&order=desc",
                        "size&order=asc",
                        "time&order=asc",
                        "time&order=desc")) {
            List<Node> all = page("limit=1000&sort=" + order).nodes();
            for (String prefix : List.of("f2", "f469", "x1", "R", "Rea", "É", "READ", "f")) {
                ListingPosition found =
                        position(
                                "sort="
                                        + order
                                        + "&prefix="
                                        + URLEncoder.encode(prefix, StandardCharsets.UTF_8));
                ListingPosition.Row row = found.row().orElseThrow();
                assertThat(found.total()).isEqualTo(493);
                Node node = all.get((int) row.index());
                assertThat(node.place().name().value().toLowerCase(Locale.ROOT))
                        .as("%s in %s", prefix, order)
                        .startsWith(prefix.toLowerCase(Locale.ROOT));
                assertThat(page("limit=1&sort=" + order + "&from=" + row.cursor()).nodes())
                        .containsExactly(node);
            }
        }
        // As spelt before another case, directories before files, and the first of many.
        assertThat(name(position("prefix=R"))).isEqualTo("Readme");
        assertThat(name(position("prefix=re"))).isEqualTo("reports");
        assertThat(name(position("prefix=f1"))).isEqualTo("f100");
        assertThat(position("order=desc&prefix=f1").row().orElseThrow().index())
                .isLessThan(position("order=desc&prefix=f10").row().orElseThrow().index());
        assertThat(position("prefix=nothing").row()).isEmpty();
        assertThat(position("prefix=.").row()).isEmpty();
    }

    private static String name(ListingPosition position) {
        return names(page("limit=1&from=" + position.row().orElseThrow().cursor()).nodes())
                .getFirst();
    }

    @Test
    @DisplayName("L1 maps and positions agree with the listing while it changes")
    void mapsUnderChanges() throws Exception {
        fill(0, 300);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(
                        threads.submit(() -> {
                            long version = 0;
                            while (!done.get()) {
                                PageMap map =
                                        server.get(server.at("/nodes/0/pages?size=100"))
                                                .as(WireJson.PAGE_MAP);
                                assertThat(map.version()).isGreaterThanOrEqualTo(version);
                                version = map.version();
                                // Every change adds one row, so version and size go together.
                                assertThat(map.total()).isEqualTo(version);
                                assertThat(map.pages()).hasSize((int) (map.total() + 99) / 100);
                                ListingPosition found = position("prefix=f299");
                                assertThat(found.row().orElseThrow().index())
                                        .isEqualTo(299 + found.total() - 300);
                                assertThat(found.version()).isGreaterThanOrEqualTo(version);
                            }
                        }));
            }
            for (int i = 0; i < 25; i++) {
                // Before all others, so that every row moves.
                server.applied(timed(-1, "a%03d".formatted(i), 1));
                assertThat(server.get(server.at("/nodes/0/pages")).as(WireJson.PAGE_MAP).total())
                        .isEqualTo(301 + i);
            }
            done.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
    }

    @Test
    void directoriesComeFirstByDefault() {
        server.applied(directory(-1, 0, "b"), file(-2, 0, "a", Content.EMPTY));
        assertThat(names(page("").nodes())).containsExactly("b", "a");
    }
}
