package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ListingForm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Pages of listings in columns; those in JSON are among the documents of {@link JsonTargets}. */
final class ListingTarget {
    private static final Refusals REFUSALS = new Refusals(ErrorCode.CORRUPT, ErrorCode.INVALID);

    private ListingTarget() {}

    static Target target() {
        return new Decoder(
                "listing",
                2_048,
                n -> 512_000 + 4_000L * n,
                ListingTarget::read,
                List.of(written(sample())));
    }

    private static void read(byte[] input) {
        Optional<ChildrenPage> page = REFUSALS.of(() -> ListingForm.COLUMNS.read(input));
        page.ifPresent(found ->
                require(
                        ListingForm.COLUMNS.read(written(found)).equals(found),
                        "%s comes back as another one",
                        found));
    }

    private static byte[] written(ChildrenPage page) {
        byte[] rows = ListingForm.COLUMNS.rows(page.nodes());
        return ListingForm.COLUMNS.page(page.head(), ByteBuffer.wrap(rows));
    }

    private static ChildrenPage sample() {
        Hash hash = Hash.sha256("abc".getBytes(StandardCharsets.UTF_8));
        return new ChildrenPage(
                List.of(
                        node(3, "d", Item.DIRECTORY),
                        node(1, "empty", Item.file(Content.EMPTY, true, -1)),
                        node(9, "ä", Item.file(new Content(0, hash, 3), false, 1_234_567_890L)),
                        node(4, "l", Item.symlink(new Content(0, hash, 3), 7))),
                12,
                4,
                Optional.of("YQ"),
                Optional.empty());
    }

    private static Node node(long id, String name, Item item) {
        return new Node(
                new NodeId(id),
                new Place(NodeId.ROOT, new Name(name)),
                item,
                id + 2,
                false,
                new DeviceId(Long.toString(id).repeat(32)));
    }
}
