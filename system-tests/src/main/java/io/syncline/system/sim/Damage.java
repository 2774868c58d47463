package io.syncline.system.sim;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What power cuts made of files that were agreed on and written shortly before: nobody ever saved
 * that, so that it is never sent (R31).
 */
final class Damage {
    /** Less than what the client distrusts, whose signs of life are a minute apart. */
    private static final Duration DOUBT = Duration.ofMinutes(9);

    private static final int NODES_MAX = 10_000;

    private final Map<Hash, String> damaged = new LinkedHashMap<>();

    /**
     * The power of that device has just failed, and its client doesn't run yet.
     *
     * @param cutAt by its clock
     */
    void powerCut(SimulatedDevice device, Instant cutAt, Saved saved) {
        if (device.hasJumped()) {
            return; // What was written when can't be told.
        }
        var there = new HashMap<LocalPath, FileState>();
        device.entries().forEach(entry -> there.put(entry.path(), entry));
        MemoryStateStore state = device.state();
        for (Agreed row : state.agreedAfter(StateStore.FIRST, NODES_MAX)) {
            Optional<LocalPath> path = path(state, row);
            FileState now = path.map(there::get).orElse(null);
            if (now == null
                    || !now.isFile()
                    || now.stat().sizeBytes() == 0
                    || saved.everything().containsKey(now.content())
                    || !isInDoubt(row.observed().orElseThrow().stat(), cutAt)
                    || !isInDoubt(now.stat(), cutAt)) {
                continue;
            }
            device.files()
                    .bytes(SimulatedDevice.ROOT, path.orElseThrow())
                    .map(Saved::content)
                    .filter(content -> !row.item().content().equals(Optional.of(content)))
                    .ifPresent(content ->
                            damaged.put(content.hash(), device.name() + " " + path.orElseThrow()));
        }
    }

    private static boolean isInDoubt(Stat stat, Instant cutAt) {
        Instant written = Instant.EPOCH.plusNanos(stat.mtimeNanos());
        return written.isBefore(cutAt) && written.isAfter(cutAt.minus(DOUBT));
    }

    private static Optional<LocalPath> path(MemoryStateStore state, Agreed row) {
        Deque<String> names = new ArrayDeque<>();
        Agreed at = row;
        while (true) {
            if (at.observed().isEmpty()) {
                return Optional.empty();
            }
            names.addFirst(at.observed().get().localName());
            NodeId parent = at.place().parent();
            if (parent.isRoot()) {
                return Optional.of(new LocalPath(List.copyOf(names)));
            }
            Optional<Agreed> above = state.agreed(parent);
            if (above.isEmpty()) {
                return Optional.empty();
            }
            at = above.get();
        }
    }

    /** Whether any of it is among what the server has, or ever had. */
    Optional<World.Failure> judge(Iterable<Content> everSent) {
        for (Content content : everSent) {
            if (damaged.containsKey(content.hash())) {
                return Optional.of(
                        new World.Failure(
                                "R31",
                                "what a power cut made of "
                                        + damaged.get(content.hash())
                                        + " was sent"));
            }
        }
        return Optional.empty();
    }
}
