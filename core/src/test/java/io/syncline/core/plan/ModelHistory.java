package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** One random history from one seed, see {@link PlannerHistoryTest}. */
final class ModelHistory {
    private static final int ROUNDS_MAX = 80;
    private final long seed;
    private final boolean faults;
    private final Random random;
    private final ModelServer server = new ModelServer();
    private final List<ModelReplica> replicas = new ArrayList<>();
    private final List<Planner> planners = new ArrayList<>();
    private final ModelPerson person;

    /** Works in the folder of the last device, if that is read-only. */
    private final Optional<ModelPerson> reader;

    private final StringBuilder log = new StringBuilder();

    /** All devices may write. */
    ModelHistory(long seed, int devices, boolean faults) {
        this(seed, devices, faults, false);
    }

    /** The last device may be read-only (R29). */
    ModelHistory(long seed, int devices, boolean faults, boolean lastOnlyReads) {
        this.seed = seed;
        this.faults = faults;
        this.random = new Random(seed);
        List<String> names = List.of("a", "b", "c").subList(0, 2 + random.nextInt(2));
        this.person = new ModelPerson(random, names, 0);
        this.reader =
                lastOnlyReads
                        ? Optional.of(new ModelPerson(random, names, 1_000_000))
                        : Optional.empty();
        int walk = random.nextBoolean() ? 4_000 : 1 + random.nextInt(6);
        for (int i = 0; i < devices; i++) {
            replicas.add(new ModelReplica(server));
            boolean reads = lastOnlyReads && i == devices - 1;
            Planner.Mode mode = reads ? Planner.Mode.READ_ONLY : Planner.Mode.READ_WRITE;
            planners.add(new Planner("device " + i, mode, walk));
        }
    }

    /** Plays it; what happened, as text. */
    String check() {
        try {
            play();
            settle();
            converged();
            nothingLost();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + "\n" + log + e.getMessage(), e);
        }
        return log.toString();
    }

    private void play() {
        int turns = 3 + random.nextInt(12);
        for (int turn = 0; turn < turns; turn++) {
            int device = random.nextInt(replicas.size());
            for (int i = random.nextInt(5); i > 0; i--) {
                act(device);
            }
            log(
                    "device "
                            + device
                            + " has "
                            + Plans.describe(replicas.get(device).local.entries()));
            if (random.nextInt(3) > 0) {
                for (int rounds = 1 + random.nextInt(3); rounds > 0; rounds--) {
                    round(device, faults);
                }
            }
        }
    }

    private void act(int device) {
        (isReader(device) ? reader.orElseThrow() : person).act(replicas.get(device));
    }

    private boolean isReader(int device) {
        return reader.isPresent() && device == replicas.size() - 1;
    }

    private void settle() {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            boolean quiet = true;
            for (int device = 0; device < replicas.size(); device++) {
                quiet &= round(device, false);
            }
            if (quiet) {
                return;
            }
        }
        throw new AssertionError("no end after " + ROUNDS_MAX + " rounds");
    }

    /** Pulls, plans and carries out; whether there was nothing to do. */
    private boolean round(int device, boolean disturbed) {
        ModelReplica replica = replicas.get(device);
        replica.pull();
        replica.held.clear();
        List<NodeId> differing = replica.differing();
        if (disturbed) {
            for (NodeId id : differing) {
                if (random.nextInt(10) == 0) {
                    replica.held.add(id);
                }
            }
        }
        int window = random.nextBoolean() ? 2_000 : 1 + random.nextInt(3);
        Plan plan = Plans.first(planners.get(device), replica, differing, window);
        log("plan of device " + device);
        int end = disturbed && random.nextInt(4) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
        for (Step step : plan.steps()) {
            if (end-- > 0) {
                carryOut(device, step, disturbed);
            }
        }
        boolean stuck = plan.isEmpty() && !differing.isEmpty() && !disturbed;
        if (stuck && !isReader(device)) {
            throw new AssertionError("nothing is planned, but these differ: " + differing);
        }
        return differing.isEmpty() || stuck;
    }

    private void carryOut(int device, Step step, boolean disturbed) {
        if (disturbed && random.nextInt(12) == 0) {
            act(random.nextInt(replicas.size()));
            log("  somebody was busy");
        }
        if (disturbed && random.nextInt(25) == 0) {
            int other = (device + 1) % replicas.size();
            round(other, false);
        }
        if (disturbed && !(step instanceof Step.Bookkeeping) && random.nextInt(6) == 0) {
            log("  left out: " + step);
            return;
        }
        boolean done = replicas.get(device).apply(step);
        log((done ? "  " : "  failed: ") + step);
        if (!done && !disturbed) {
            throw new AssertionError("can't be carried out: " + step);
        }
    }

    private void converged() {
        Map<String, Item> expected = paths(server.tree);
        for (int device = 0; device < replicas.size(); device++) {
            ModelReplica replica = replicas.get(device);
            if (isReader(device)) {
                received(replica);
                continue;
            }
            if (!paths(replica.local).equals(expected) || !paths(replica.synced).equals(expected)) {
                throw new AssertionError("L6: the trees aren't equal");
            }
        }
    }

    /** A reader has taken in every remote change, but for the places of what it moved itself. */
    private static void received(ModelReplica replica) {
        for (NodeId id : replica.remote.ids()) {
            Entry synced = replica.synced.get(id);
            Entry remote = Objects.requireNonNull(replica.remote.get(id));
            Entry local = replica.local.get(id);
            boolean movedHere = local != null && !local.place().equals(remote.place());
            if (synced == null
                    || !synced.item().sameAs(remote.item())
                    || (!synced.place().equals(remote.place()) && !movedHere)) {
                throw new AssertionError("R29: a remote change didn't arrive: node " + id);
            }
        }
        if (!replica.remote.ids().containsAll(replica.synced.ids())) {
            throw new AssertionError("R29: a remote deletion didn't arrive");
        }
    }

    private void nothingLost() {
        nothingLost(person, server.tree);
        reader.ifPresent(r -> nothingLost(r, replicas.getLast().local));
        if (!Collections.disjoint(server.history, reader.map(r -> r.saved).orElse(Set.of()))) {
            throw new AssertionError("R29: a read-only replica sent something");
        }
    }

    private static void nothingLost(ModelPerson somebody, ModelTree tree) {
        Set<Item> there = new HashSet<>();
        for (Item item : paths(tree).values()) {
            there.add(ModelPerson.plain(item));
        }
        for (Item item : somebody.saved) {
            if (!somebody.removed.contains(item) && !there.contains(item)) {
                throw new AssertionError("L2: nobody removed this, but it's gone: " + item);
            }
        }
    }

    private static Map<String, Item> paths(ModelTree tree) {
        Map<String, Item> paths = new HashMap<>();
        for (NodeId id : tree.ids()) {
            paths.put(tree.path(id), Objects.requireNonNull(tree.get(id)).item());
        }
        return paths;
    }

    private void log(String line) {
        log.append(line).append('\n');
    }
}
