package io.syncline.system.sim;

import static java.util.stream.Collectors.toSet;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
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
import java.util.Set;
import java.util.function.Supplier;

/**
 * What power cuts made of files that were agreed on and written shortly before: nobody ever saved
 * that, so that it is never sent (R31).
 */
final class Damage {
    /** Less than what the client distrusts, whose signs of life are a minute apart. */
    private static final Duration DOUBT = Duration.ofMinutes(9);

    private static final int NODES_MAX = 10_000;

    /** Where it was. */
    private record At(SimulatedDevice device, LocalPath path) {}

    private final Map<Hash, At> damaged = new LinkedHashMap<>();

    /**
     * The power of that device has just failed, and its client doesn't run yet.
     *
     * @param cutAt by its clock
     * @param sent what the server has: an older cut may have made that of the only copy there was
     */
    void powerCut(SimulatedDevice device, Instant cutAt, Saved saved, Set<Hash> sent) {
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
                    || !row.item().kind().equals(Kind.FILE)
                    || now.stat().sizeBytes() == 0
                    || saved.everything().containsKey(now.content())
                    || !isInDoubt(row.observed().orElseThrow().stat(), cutAt)
                    || !isInDoubt(now.stat(), cutAt)
                    || !isKnownToBe(row, now, state.local(row.id()))) {
                continue;
            }
            content(device, path.get())
                    .filter(content -> !row.item().content().equals(Optional.of(content)))
                    .filter(content -> !sent.contains(content.hash()))
                    .ifPresent(content -> damaged.put(content.hash(), new At(device, path.get())));
        }
    }

    /** A file that had gone from here comes back as another where birth times aren't known. */
    private static boolean isKnownToBe(Agreed row, FileState now, Optional<LocalRow> local) {
        FileIdentity then = row.observed().orElseThrow().stat().identity();
        return (then.isProof() && then.equals(now.stat().identity()))
                || local.isEmpty()
                || (local.get() instanceof LocalRow.Present present
                        && present.place().equals(row.place()));
    }

    /** Somebody did something there: what was moved or saved before it was checked is theirs. */
    void touched(SimulatedDevice device, Supplier<Set<Hash>> sent) {
        if (damaged.values().stream().noneMatch(at -> at.device().equals(device))) {
            return;
        }
        Set<Hash> already = sent.get();
        damaged.entrySet()
                .removeIf(entry ->
                        entry.getValue().device().equals(device)
                                && !already.contains(entry.getKey())
                                && content(device, entry.getValue().path())
                                        .filter(now -> now.hash().equals(entry.getKey()))
                                        .isEmpty());
    }

    /**
     * Nobody knows there any more what was agreed on: what is found differing is kept beside the
     * server's version, as is what people saved.
     */
    void stateLost(SimulatedDevice device, Set<Hash> sent) {
        damaged.entrySet()
                .removeIf(entry ->
                        entry.getValue().device().equals(device) && !sent.contains(entry.getKey()));
    }

    private static Optional<Content> content(SimulatedDevice device, LocalPath path) {
        return device.files().bytes(SimulatedDevice.ROOT, path).map(Saved::content);
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

    /** Whether any of it is among what the server has, or ever had, and nobody saved the same. */
    Optional<World.Failure> judge(Set<Hash> sent, Saved saved) {
        Set<Hash> wanted = saved.everything().values().stream().map(Content::hash).collect(toSet());
        return damaged.entrySet().stream()
                .filter(entry -> sent.contains(entry.getKey()) && !wanted.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .map(at ->
                        new World.Failure(
                                "R31",
                                "what a power cut made of "
                                        + at.device().name()
                                        + " "
                                        + at.path()
                                        + " was sent"))
                .findFirst();
    }
}
