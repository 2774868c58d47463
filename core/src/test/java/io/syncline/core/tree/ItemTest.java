package io.syncline.core.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ItemTest {
    private static final Hash HASH = Hash.sha256(new byte[] {1});
    private static final Content CONTENT = new Content(0, HASH, 1);

    @Test
    @DisplayName("R37 empty content has one spelling")
    void emptyContentHasOneSpelling() {
        assertThat(Content.EMPTY.isEmpty()).isTrue();
        assertInvalid(() -> new Content(0, HASH, 0));
        assertInvalid(() -> new Content(0, Hash.EMPTY, 1));
        assertInvalid(() -> new Content(1, Hash.EMPTY, 0));
    }

    @Test
    @DisplayName("R45 contents keep their bounds")
    void contentsKeepTheirBounds() {
        assertThat(new Content(8, HASH, 1L << 53).level()).isEqualTo(8);
        assertInvalid(() -> new Content(8, HASH, (1L << 53) + 1));
        assertInvalid(() -> new Content(9, HASH, 1));
        assertInvalid(() -> new Content(-1, HASH, 1));
        assertInvalid(() -> new Content(1, HASH, -1));
        assertThat(new Content(0, HASH, 262_144).sizeBytes()).isEqualTo(262_144);
        assertInvalid(() -> new Content(0, HASH, 262_145));
    }

    @Test
    void itemsAgreeWithTheirKind() {
        assertInvalid(() -> new Item(Kind.FILE, false, 0, Optional.empty()));
        assertInvalid(() -> new Item(Kind.SYMLINK, false, 0, Optional.empty()));
        assertInvalid(() -> new Item(Kind.DIRECTORY, false, 0, Optional.of(CONTENT)));
        assertInvalid(() -> new Item(Kind.DIRECTORY, true, 0, Optional.empty()));
        assertInvalid(() -> new Item(Kind.SYMLINK, true, 0, Optional.of(CONTENT)));
    }

    @Test
    @DisplayName("R43 an unknown kind may have anything")
    void anUnknownKindMayHaveAnything() {
        Kind kind = new Kind(4);

        assertThat(new Item(kind, true, 1, Optional.empty()).sizeBytes()).isZero();
        assertThat(new Item(kind, false, 1, Optional.of(CONTENT)).sizeBytes()).isEqualTo(1);
    }

    @Test
    @DisplayName("R23 a modification time alone is no change")
    void aModificationTimeAloneIsNoChange() {
        assertThat(Item.file(CONTENT, false, 1).sameAs(Item.file(CONTENT, false, 2))).isTrue();
        assertThat(Item.file(CONTENT, false, 1).sameAs(Item.file(CONTENT, true, 1))).isFalse();
        assertThat(Item.file(CONTENT, false, 1).sameAs(Item.symlink(CONTENT, 1))).isFalse();
    }

    @Test
    @DisplayName("R3 sequences and ids keep below 2^53")
    void nodesKeepTheirBounds() {
        Place place = new Place(NodeId.ROOT, new Name("a"));
        DeviceId device = new DeviceId("00112233445566778899aabbccddeeff");

        assertInvalid(() -> new Node(NodeId.ROOT, place, Item.DIRECTORY, 1, false, device));
        assertInvalid(() -> new Node(new NodeId(-1), place, Item.DIRECTORY, 1, false, device));
        assertInvalid(() -> new Node(new NodeId(2), place, Item.DIRECTORY, 1, false, device));
        assertInvalid(() ->
                new Node(new NodeId(2), place, Item.DIRECTORY, (1L << 53) + 1, false, device));
        assertInvalid(() -> new Cursor(new Epoch("00112233445566778899aabbccddeeff"), -1));
    }

    @Test
    void randomIdsAreThirtyTwoDigits() {
        RandomGenerator random = new Random(1);
        String id = RandomId.next(random);

        assertThat(new ProjectId(id).toString()).isEqualTo(id).matches("[0-9a-f]{32}");
        assertThat(RandomId.next(random)).isNotEqualTo(id);
        assertInvalid(() -> new ProjectId("00112233445566778899AABBCCDDEEFF"));
        assertInvalid(() -> new ProjectId("00112233445566778899aabbccddeef"));
    }

    private static void assertInvalid(ThrowingCallable callable) {
        assertThatThrownBy(callable).isInstanceOf(SynclineException.class);
    }
}
