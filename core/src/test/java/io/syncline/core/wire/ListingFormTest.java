package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingFormTest {
    private static final ChildrenPage.Head HEAD =
            new ChildrenPage.Head(9, 3, Optional.of("YmVmb3Jl"), Optional.of("b3BhcXVl"));

    private static Content content(int level, long size) {
        return new Content(
                level, Hash.sha256(Long.toString(size).getBytes(StandardCharsets.UTF_8)), size);
    }

    private static Node node(long id, String name, Item item, int device) {
        return new Node(
                new NodeId(id),
                new Place(NodeId.ROOT, new Name(name)),
                item,
                id + 2,
                false,
                new DeviceId(Integer.toString(device).repeat(32)));
    }

    private static List<Node> nodes() {
        return List.of(
                node(4, "d", Item.DIRECTORY, 1),
                node(1, "empty", Item.file(Content.EMPTY, false, Long.MIN_VALUE), 1),
                node(2, "Übung \uD83D\uDE00", Item.file(content(0, 70_000), true, -1), 2),
                node(900, "x".repeat(255), Item.file(content(3, 1L << 53), false, 1_234), 1),
                node(3, "link", Item.symlink(content(0, 9), Long.MAX_VALUE), 1),
                node(5, "later", new Item(new Kind(200), true, 5, Optional.empty()), 3),
                node(6, "most", Item.DIRECTORY, 3));
    }

    private static byte[] page(ListingForm form, ChildrenPage.Head head, List<Node> nodes) {
        return form.page(head, ByteBuffer.wrap(form.rows(nodes)));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSpeltIsRead(ListingForm form) {
        for (List<Node> nodes : List.of(nodes(), nodes().reversed(), List.<Node>of())) {
            assertThat(form.read(page(form, HEAD, nodes))).isEqualTo(new ChildrenPage(HEAD, nodes));
        }
        ChildrenPage.Head bare = new ChildrenPage.Head(0, 0, Optional.empty(), Optional.empty());
        assertThat(form.read(page(form, bare, List.of())).head()).isEqualTo(bare);
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreTakenFromOnePageIntoAnother(ListingForm form) {
        byte[] rows = form.rows(nodes());
        byte[] page = form.page(HEAD, ByteBuffer.wrap(rows));
        ByteBuffer within = form.rows(page, rows.length);
        assertThat(within).isEqualTo(ByteBuffer.wrap(rows));

        ChildrenPage.Head other =
                new ChildrenPage.Head(1L << 53, 70_000, Optional.empty(), Optional.of("x"));
        assertThat(form.read(form.page(other, within))).isEqualTo(new ChildrenPage(other, nodes()));
        assertThat(within.remaining()).isEqualTo(rows.length);
    }

    @Test
    void jsonIsThatOfThePage() {
        assertThat(page(ListingForm.JSON, HEAD, nodes()))
                .isEqualTo(WireJson.CHILDREN_PAGE.toBytes(new ChildrenPage(HEAD, nodes())));
    }

    @Test
    void formsAreToldByTheirMediaTypes() {
        assertThat(ListingForm.of("application/json")).contains(ListingForm.JSON);
        assertThat(ListingForm.of("Application/JSON; charset=utf-8")).contains(ListingForm.JSON);
        assertThat(ListingForm.of("application/vnd.syncline.listing"))
                .contains(ListingForm.COLUMNS);
        assertThat(ListingForm.of("text/html")).isEmpty();
    }

    /** As in {@code docs/formats.md}. */
    @Test
    void vectorIsAsDocumented() {
        List<Node> nodes =
                List.of(
                        node(4, "d", Item.DIRECTORY, 3),
                        node(2, "ä.txt", Item.file(content(0, 9), true, 1_500_000_001L), 3));
        assertThat(HexFormat.of().formatHex(page(ListingForm.COLUMNS, HEAD, nodes)))
                .isEqualTo(
                        "534c4301090308596d566d62334a6c08623342686358566c020000020100030803020200020081"
                            + "cab5ee01090019581e27de7ced00ff1ce50b2047e7a567c76b1cbaebabe5ef03f7c3"
                            + "017bb5b701333333333333333333333333333333330000010664c3a42e747874");
    }

    @Test
    @DisplayName("L9 a page that is cut or has other bytes is refused, or is a page")
    void hostilePages() {
        byte[] good = page(ListingForm.COLUMNS, HEAD, nodes());
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ListingForm.COLUMNS.read(cut))
                    .as("%d of %d bytes", length, good.length)
                    .isInstanceOf(SynclineException.class);
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> ListingForm.COLUMNS.read(longer))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("L9 any bytes are a page, or refused")
    void changedPages(long seed) {
        Random random = new Random(seed);
        byte[] good = page(ListingForm.COLUMNS, HEAD, nodes());
        int pages = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                ChildrenPage read = ListingForm.COLUMNS.read(bad);
                assertThat(
                                ListingForm.COLUMNS.read(
                                        page(ListingForm.COLUMNS, read.head(), read.nodes())))
                        .as("seed %d, input %d", seed, i)
                        .isEqualTo(read);
                pages++;
            } catch (SynclineException e) {
                assertThat(e.code())
                        .as("seed %d, input %d", seed, i)
                        .isIn(ErrorCode.CORRUPT, ErrorCode.INVALID);
            }
        }
        assertThat(pages).isGreaterThan(100);
    }

    @Test
    @DisplayName("L9 no memory is taken for more rows than a page can have")
    void tooManyRows() {
        List<Node> many = new ArrayList<>();
        for (int i = 1; i <= Limits.CHILDREN_PAGE_ENTRIES_MAX + 1; i++) {
            many.add(node(i, "n" + i, Item.DIRECTORY, 1));
        }
        byte[] page = page(ListingForm.COLUMNS, HEAD, many);
        assertThatThrownBy(() -> ListingForm.COLUMNS.read(page))
                .hasMessageContaining("above " + Limits.CHILDREN_PAGE_ENTRIES_MAX);
    }
}
