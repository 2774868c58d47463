package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R46: plans are made for a window of differing nodes, and cost no more than it holds. */
final class PlannerWindowTest {
    private static final int MANY = 100_000;

    /** Questions to the trees per node and plan: a generous bound, but a constant. */
    private static final int QUESTIONS_PER_NODE = 40;

    private final ModelServer server = new ModelServer();
    private final ModelReplica replica = new ModelReplica(server);
    private final Planner planner = new Planner("here", Planner.Mode.READ_WRITE);
    private long planned;
    private int plans;

    @Test
    @DisplayName("R46 100,000 new files here are sent by plans of linear cost")
    void manyNewFilesAreSentLinearly() {
        addMany(replica.local, true);
        long questions = converge();
        assertThat(server.tree.ids()).hasSize(MANY + MANY / 1_000);
        assertThat(questions).isLessThan((long) QUESTIONS_PER_NODE * planned);
        assertThat(planned).isLessThan(3L * MANY);
    }

    @Test
    @DisplayName("R46 100,000 new files there are downloaded by plans of linear cost")
    void manyNewFilesArriveLinearly() {
        addMany(server.tree, false);
        replica.pull();
        long questions = converge();
        assertThat(replica.local.ids()).hasSize(MANY + MANY / 1_000);
        assertThat(questions).isLessThan((long) QUESTIONS_PER_NODE * planned);
        assertThat(plans).isLessThanOrEqualTo(MANY / Planner.WINDOW_NODES + 2);
    }

    @Test
    @DisplayName(
            "R46 R17 a tree of 100,000 files that was deleted here goes by plans of linear cost")
    void manyDeletionsAreSentLinearly() {
        addMany(server.tree, false);
        replica.pull();
        replica.remote.entries().forEach(replica.synced::put);
        long questions = converge();
        assertThat(server.tree.ids()).isEmpty();
        assertThat(questions).isLessThan((long) QUESTIONS_PER_NODE * planned);
    }

    @Test
    @DisplayName("R46 a tree of 100,000 files that was deleted there goes by plans of linear cost")
    void manyDeletionsArriveLinearly() {
        addMany(replica.local, false);
        replica.local.entries().forEach(replica.synced::put);
        long questions = converge();
        assertThat(replica.local.ids()).isEmpty();
        assertThat(questions).isLessThan((long) QUESTIONS_PER_NODE * planned);
    }

    @Test
    @DisplayName("R46 R17 a moved tree of 100,000 files that was deleted here comes back whole")
    void aLostDeletionOfManyComesBack() {
        addMany(server.tree, false);
        replica.pull();
        replica.remote.entries().forEach(replica.synced::put);
        Entry top = Objects.requireNonNull(server.tree.get(new NodeId(1)));
        server.tree.put(
                new NodeId(1),
                new Entry(new Place(NodeId.ROOT, new Name("moved")), top.item(), 1 << 20));
        replica.pull();
        long questions = converge();
        assertThat(replica.local.children(new NodeId(1))).hasSize(1_000);
        assertThat(questions).isLessThan((long) QUESTIONS_PER_NODE * planned);
    }

    @Test
    @DisplayName("R46 small windows end in the same trees as one large window")
    void windowsDoNotMatter() {
        for (int seed = 0; seed < 1_500; seed++) {
            List<String> whole = endOf(seed, Planner.WINDOW_NODES);
            assertThat(endOf(seed, 3)).as("seed %d", seed).isEqualTo(whole);
            assertThat(endOf(seed, 1)).as("seed %d", seed).isEqualTo(whole);
        }
    }

    /** A hundred directories of a thousand files each. */
    private static void addMany(ModelTree tree, boolean localOnly) {
        for (int d = 1; d <= MANY / 1_000; d++) {
            NodeId directory = new NodeId(localOnly ? -d : d);
            tree.put(
                    directory,
                    new Entry(new Place(NodeId.ROOT, new Name("d" + d)), Item.DIRECTORY, d));
            for (int f = 0; f < 1_000; f++) {
                long id = 1_000L * d + f;
                tree.put(
                        new NodeId(localOnly ? -id : id),
                        new Entry(
                                new Place(directory, new Name("f" + f)),
                                Triples.file((int) id),
                                id));
            }
        }
    }

    /** Plans window by window until nothing differs; how many questions the plans asked. */
    private long converge() {
        Counting counting = new Counting(replica);
        for (int pass = 0; pass < 400; pass++) {
            List<NodeId> differing = replica.differing();
            if (differing.isEmpty()) {
                return counting.questions;
            }
            for (int from = 0; from < differing.size(); from += Planner.WINDOW_NODES) {
                int to = Math.min(from + Planner.WINDOW_NODES, differing.size());
                List<NodeId> window = differing.subList(from, to);
                planned += window.size();
                plans++;
                for (Step step : planner.plan(counting, window).steps()) {
                    planned += step instanceof Step.Send send ? send.changes().size() : 1;
                    if (!replica.apply(step)) {
                        throw new AssertionError("can't be carried out: " + step);
                    }
                    if (step instanceof Step.Send send) {
                        assertThat(send.changes())
                                .hasSizeLessThanOrEqualTo(Limits.COMMIT_CHANGES_MAX);
                    }
                }
            }
        }
        throw new AssertionError("no end: " + replica.differing().size());
    }

    /**
     * The tree after one device worked offline while another one committed; which of two conflict
     * copies has which number isn't told.
     */
    private static List<String> endOf(int seed, int window) {
        Random random = new Random(seed);
        ModelServer server = new ModelServer();
        ModelReplica one = new ModelReplica(server);
        ModelReplica other = new ModelReplica(server);
        ModelPerson person = new ModelPerson(random, List.of("a", "b", "c"), 0);
        work(person, one, 12);
        settle(one, Planner.WINDOW_NODES);
        settle(other, Planner.WINDOW_NODES);
        work(person, one, 8);
        work(person, other, 8);
        settle(one, Planner.WINDOW_NODES);
        settle(other, window);
        List<String> end = new ArrayList<>();
        for (NodeId id : server.tree.ids()) {
            Item item = Objects.requireNonNull(server.tree.get(id)).item();
            end.add(
                    server.tree.path(id).replaceAll("\\(conflict [0-9]+ of", "(conflict of")
                            + item);
        }
        end.sort(null);
        return end;
    }

    private static void work(ModelPerson person, ModelReplica replica, int acts) {
        for (int i = 0; i < acts; i++) {
            person.act(replica);
        }
    }

    private static void settle(ModelReplica replica, int window) {
        Planner planner = new Planner("other", Planner.Mode.READ_WRITE);
        for (int round = 0; round < 200; round++) {
            replica.pull();
            List<NodeId> differing = replica.differing();
            if (differing.isEmpty()) {
                return;
            }
            for (Step step : Plans.first(planner, replica, differing, window).steps()) {
                assertThat(replica.apply(step)).isTrue();
            }
        }
        throw new AssertionError("no end");
    }

    /** Counts what a plan asks the trees. */
    private static final class Counting implements Trees {
        private final Trees trees;
        private long questions;

        private Counting(Trees trees) {
            this.trees = trees;
        }

        @Override
        public Optional<Entry> entry(Side side, NodeId id) {
            questions++;
            return trees.entry(side, id);
        }

        @Override
        public Optional<NodeId> child(Side side, NodeId parent, Name name) {
            questions++;
            return trees.child(side, parent, name);
        }

        @Override
        public Iterator<NodeId> children(Side side, NodeId parent) {
            Iterator<NodeId> children = trees.children(side, parent);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return children.hasNext();
                }

                @Override
                public NodeId next() {
                    questions++;
                    return children.next();
                }
            };
        }

        @Override
        public boolean held(NodeId id) {
            questions++;
            return trees.held(id);
        }

        @Override
        public Optional<NodeId> origin(NodeId id) {
            questions++;
            return trees.origin(id);
        }
    }
}
