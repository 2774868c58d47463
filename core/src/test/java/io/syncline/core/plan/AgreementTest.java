package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AgreementTest {
    private static Optional<Entry> entry(String name, Item item, long version) {
        return Optional.of(new Entry(new Place(NodeId.ROOT, new Name(name)), item, version));
    }

    private static Item file(int content, boolean executable, long mtimeNanos) {
        return new Item(Kind.FILE, executable, mtimeNanos, Triples.file(content).content());
    }

    @Test
    void aNodeThatIsTheSameOnBothSidesIsAgreedOn() {
        Optional<Entry> there = entry("a", file(1, false, 5), 9);
        assertThat(Agreement.of(there, Optional.empty(), entry("a", file(1, false, 7), 0)))
                .isEqualTo(there);
    }

    @Test
    void aNodeThatDiffersStaysNewOnBothSides() {
        assertThat(
                        Agreement.of(
                                entry("a", file(1, false, 0), 9),
                                Optional.empty(),
                                entry("a", file(2, false, 0), 0)))
                .isEmpty();
    }

    @Test
    void anAspectIsAgreedOnAlone() {
        assertThat(
                        Agreement.of(
                                entry("new", file(2, false, 0), 9),
                                entry("old", file(1, false, 0), 3),
                                entry("new", file(3, false, 0), 0)))
                .isEqualTo(entry("new", file(1, false, 0), 3));
    }

    @Test
    void anExecutableBitIsAgreedOnAlone() {
        assertThat(
                        Agreement.of(
                                entry("a", file(1, true, 0), 9),
                                entry("a", file(1, false, 0), 3),
                                entry("a", file(2, true, 0), 0)))
                .isEqualTo(entry("a", file(1, true, 0), 9));
    }

    @Test
    void theVersionRisesOnceNothingIsLeftToAgreeOn() {
        Optional<Entry> there = entry("a", file(1, false, 5), 9);
        assertThat(Agreement.of(there, entry("a", file(1, false, 0), 3), Optional.empty()))
                .isEqualTo(there);
    }

    @Test
    void aNodeThatIsGoneOnBothSidesIsNoMore() {
        assertThat(
                        Agreement.of(
                                Optional.empty(),
                                entry("a", file(1, false, 0), 3),
                                Optional.empty()))
                .isEmpty();
    }
}
