package io.syncline.server.commit;

import static io.syncline.server.commit.CommitFixture.content;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.ChangeResult.Refused;
import io.syncline.core.wire.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the validator with {@link NaiveProject}, case by case and along random histories. */
class CommitHistoryTest {
    private static final String[] NAMES = {"a", "b", "c"};

    @Test
    void everyPairOfChangesOnASmallTree() {
        // 1: directory a, 2: directory a/b, 3: file c, 4: deleted file.
        List<Change> start =
                List.of(
                        CommitFixture.directory(-1, 0, "a"),
                        CommitFixture.directory(-2, -1, "b"),
                        CommitFixture.empty(-3, 0, "c"),
                        CommitFixture.empty(-4, 0, "d"));
        List<Change> alphabet = new ArrayList<>();
        for (long parent : new long[] {0, 1, 2, 3, 4, -1}) {
            alphabet.add(CommitFixture.directory(-1, parent, "c"));
            alphabet.add(CommitFixture.empty(-2, parent, "b"));
            for (long id : new long[] {1, 2, 3}) {
                alphabet.add(CommitFixture.move(id, id, parent, "a"));
                alphabet.add(CommitFixture.move(id, id, parent, "c"));
            }
        }
        for (long id = 1; id <= 4; id++) {
            alphabet.add(CommitFixture.delete(id, id));
            alphabet.add(CommitFixture.check(id, id));
        }
        alphabet.add(CommitFixture.edit(3, 3, Item.file(content("missing"), true, 7)));
        int cases = 0;
        for (Change first : alphabet) {
            for (Change second : alphabet) {
                for (boolean atomic : new boolean[] {false, true}) {
                    Both both = new Both();
                    both.commit(both.real.of(false, start));
                    both.commit(both.real.of(false, List.of(CommitFixture.delete(4, 4))));
                    both.commit(both.real.of(atomic, List.of(first, second)));
                    cases++;
                }
            }
        }
        assertThat(cases).isGreaterThan(6_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName(
            "L1 L5 R1 random histories: gap-free, a tree at every head, digest as from scratch")
    void randomHistories(long seed) {
        Random random = new Random(seed);
        Both both = new Both();
        for (int i = 0; i < 150; i++) {
            List<Change> changes = new ArrayList<>();
            int size = 1 + random.nextInt(6);
            for (int c = 0; c < size; c++) {
                changes.add(both.randomChange(random, c));
            }
            both.commit(both.real.of(random.nextInt(3) == 0, changes));
        }
        assertThat(both.naive.live()).isPositive();
    }

    /** The validator on the store in memory, and the naive model, side by side. */
    private static final class Both {
        final CommitFixture real = new CommitFixture(false);
        final NaiveProject naive;
        final Content stored;

        Both() {
            stored = real.store("stored");
            naive = new NaiveProject(CommitFixture.DEVICE, Set.of(stored.hash()));
        }

        void commit(Commit commit) {
            long headBefore = real.project().head();
            CommitOutcome outcome = real.commit(commit);
            List<Optional<Reason>> expected = naive.commit(commit);
            List<Optional<Reason>> found =
                    outcome.results().stream()
                            .map(r ->
                                    r instanceof Refused refused
                                            ? Optional.of(refused.reason())
                                            : Optional.<Reason>empty())
                            .toList();
            if (commit.atomic()) {
                assertThat(found.stream().anyMatch(Optional::isPresent))
                        .as("%s", commit)
                        .isEqualTo(expected.getFirst().isPresent());
            } else {
                assertThat(found).as("%s", commit).isEqualTo(expected);
            }
            assertThat(real.project().head()).isEqualTo(naive.head);
            assertThat(real.project().nodes()).isEqualTo(naive.live());
            assertThat(real.project().digest()).isEqualTo(naive.digest());
            // One version per sequence, none left out.
            assertThat(outcome.versions().stream().map(v -> v.node().sequence()).toList())
                    .isEqualTo(
                            java.util.stream.LongStream.rangeClosed(headBefore + 1, naive.head)
                                    .boxed()
                                    .toList());
            for (Node node : naive.nodes.values()) {
                assertThat(real.node(node.id().value())).contains(node);
            }
            TreeDigest kept =
                    real.store
                            .read(read -> read.projects().digestAt(real.key, naive.head))
                            .orElseThrow();
            assertThat(kept).isEqualTo(naive.digest());
        }

        Change randomChange(Random random, int position) {
            List<Node> known = new ArrayList<>(naive.nodes.values());
            long parent = randomParent(random, known, position);
            String name = NAMES[random.nextInt(NAMES.length)];
            if (known.isEmpty() || random.nextInt(4) == 0) {
                return random.nextBoolean()
                        ? CommitFixture.directory(-1 - position, parent, name)
                        : CommitFixture.creation(-1 - position, parent, name, randomFile(random));
            }
            Node node = known.get(random.nextInt(known.size()));
            long expected = random.nextInt(10) == 0 ? node.sequence() + 1 : node.sequence();
            return switch (random.nextInt(5)) {
                case 0 -> CommitFixture.delete(node.id().value(), expected);
                case 1 -> CommitFixture.edit(node.id().value(), expected, randomFile(random));
                case 2 -> CommitFixture.check(node.id().value(), expected);
                default -> CommitFixture.move(node.id().value(), expected, parent, name);
            };
        }

        private long randomParent(Random random, List<Node> known, int position) {
            return switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> position == 0 ? 0 : -1 - random.nextInt(position);
                default ->
                        known.isEmpty() ? 0 : known.get(random.nextInt(known.size())).id().value();
            };
        }

        private Item randomFile(Random random) {
            return switch (random.nextInt(5)) {
                case 0 -> Item.file(content("missing"), false, 0);
                case 1, 2 -> Item.file(stored, random.nextBoolean(), random.nextLong());
                default -> Item.file(Content.EMPTY, false, random.nextLong());
            };
        }
    }

    @Test
    void historyTestsWouldSeeADetachedNode() {
        NaiveProject naive = new NaiveProject(CommitFixture.DEVICE, Set.of());
        NodeId two = new NodeId(2);
        naive.nodes.put(
                two,
                new Node(
                        two,
                        CommitFixture.at(1, "x"),
                        Item.DIRECTORY,
                        2,
                        false,
                        CommitFixture.DEVICE));
        assertThat(naive.fault(CommitFixture.check(2, 2))).contains(Reason.PARENT_GONE);
    }
}
