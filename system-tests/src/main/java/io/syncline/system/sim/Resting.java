package io.syncline.system.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * L9: what may be held in memory when nothing is under way, and which rows a server may have when
 * nobody has come for longer than anything is kept. What isn't named here is to be empty.
 */
final class Resting {
    private static final long NOTES = 50;

    /** Slots of ten seconds in the ten minutes for which a delete counts (R28), both ends. */
    private static final long BRAKE_SLOTS = 62;

    /** Kinds of traffic that are counted. */
    private static final long TRAFFIC_KINDS = 4;

    /** What a node is spelt like, of nodes that are gone as well; forgotten at so many. */
    private static final long SPELLINGS = 100_000;

    /** Directories whose ignore rules were read, of those that are gone as well. */
    private static final long RULES = 10_000;

    /** Decoders that a server keeps for the next chunks. */
    private static final long DECODERS = 64;

    /** What is done in the background under a lease of its own. */
    private static final long LEASES = 8;

    private static final long SETTINGS = 4;

    /** The newest one, and the one before it if both were looked at in one round. */
    private static final long SNAPSHOTS_CHECKED = 2;

    /** One that is being filled, and small ones, of which four are merged. */
    private static final long PACKS = 4;

    /** What one client may hold. */
    static final Resting CLIENT =
            new Resting(
                    Map.ofEntries(
                            Map.entry("Brake.slots", _ -> BRAKE_SLOTS),
                            Map.entry("DiskNames.attempts", _ -> SPELLINGS),
                            Map.entry(
                                    "EngineStatus.conflicts",
                                    facts -> facts.nodes() + facts.differing()),
                            Map.entry("EngineStatus.notes", _ -> NOTES),
                            Map.entry("EngineStatus.problems", Facts::problems),
                            Map.entry("HeldBack.subjects", Facts::differing),
                            Map.entry("Ignores.cache", _ -> RULES),
                            Map.entry("Notes.notes", _ -> NOTES),
                            Map.entry("TrafficMeter.counters", _ -> TRAFFIC_KINDS),
                            Map.entry("Work.husks", Facts::husks),
                            Map.entry("Work.problems", Facts::problems),
                            Map.entry("Work.refused", Facts::unheld)));

    /** What a server's process may hold beyond what it held when it began. */
    static final Resting SERVER =
            new Resting(
                    Map.of(
                            "Access.seen", Facts::devices,
                            "BlockFilters.entries", _ -> 1,
                            "Buckets.kept", facts -> 2 * facts.devices(),
                            "ChunkIntake.idle", _ -> DECODERS,
                            // Who claimed something else and never came again.
                            "Differing.keys", Facts::devices,
                            "NameFollower.waiting", _ -> 1,
                            "Rates.accounts", Facts::devices,
                            "Rates.devices", Facts::devices,
                            "SnapshotKeeper.checked", _ -> SNAPSHOTS_CHECKED));

    /** The rows of an aged server of one project. */
    static final Resting TABLES =
            new Resting(
                    Map.ofEntries(
                            Map.entry("FrameCheck.idle", _ -> DECODERS),
                            Map.entry("MemoryBlockStore.packs", _ -> 1),
                            Map.entry("MemoryBlockStore.packs[]", _ -> PACKS),
                            Map.entry("ProjectTables.ancestors", Facts::epochs),
                            Map.entry("ProjectTables.blocks", Facts::blocks),
                            Map.entry("ProjectTables.digests", _ -> 1),
                            Map.entry("ProjectTables.feed", Facts::nodes),
                            Map.entry("ProjectTables.history", Facts::nodes),
                            Map.entry("ProjectTables.keys", Facts::nodes),
                            Map.entry("ProjectTables.listings", facts -> 1 + facts.directories()),
                            Map.entry("ProjectTables.members", facts -> 1 + facts.devices()),
                            Map.entry("ProjectTables.nodeHistory", Facts::nodes),
                            Map.entry("ProjectTables.nodes", Facts::nodes),
                            Map.entry("ProjectTables.packs", _ -> PACKS),
                            Map.entry("ProjectTables.places", Facts::nodes),
                            Map.entry("ProjectTables.snapshots", _ -> 1),
                            Map.entry("Tables.accountNames", facts -> 1 + facts.devices()),
                            Map.entry("Tables.accounts", facts -> 1 + facts.devices()),
                            // The newest entry stays, so that no number is used again.
                            Map.entry("Tables.audit", _ -> 1),
                            Map.entry("Tables.deviceTokens", Facts::devices),
                            Map.entry("Tables.devices", Facts::devices),
                            Map.entry("Tables.leases", _ -> LEASES),
                            Map.entry("Tables.projectIds", _ -> 1),
                            Map.entry("Tables.projects", _ -> 1),
                            Map.entry("Tables.settings", _ -> SETTINGS)));

    /**
     * What bounds follow from.
     *
     * @param nodes live ones of the project
     * @param directories those of them
     * @param blocks what the contents of live nodes consist of
     * @param devices that have a token
     * @param epochs that the server ever left
     * @param differing nodes that a read-only device may hold differently for good (R29)
     * @param unheld nodes that a device's disk can't hold
     * @param husks directories that hold what is ignored there (R18)
     */
    record Facts(
            long nodes,
            long directories,
            long blocks,
            long devices,
            long epochs,
            long differing,
            long unheld,
            long husks) {
        /** Those of a device. */
        Facts of(long itsDiffering, long itsUnheld, long itsHusks) {
            return new Facts(
                    nodes, directories, blocks, devices, epochs, itsDiffering, itsUnheld, itsHusks);
        }

        /** What people are told of: a read-only device keeps trying what is only there. */
        private long problems() {
            return unheld + 2 * differing;
        }
    }

    private final Map<String, ToLongFunction<Facts>> most;

    Resting(Map<String, ToLongFunction<Facts>> most) {
        this.most = most;
    }

    /** What holds more than it may; nothing where nothing does. */
    List<String> above(Map<String, Long> holdings, Facts facts) {
        return above(holdings, Map.of(), facts);
    }

    /**
     * The same beyond what was held in the beginning.
     *
     * @throws IllegalStateException where something is named that isn't there any more
     */
    List<String> above(Map<String, Long> holdings, Map<String, Long> atFirst, Facts facts) {
        Set<String> unknown = new HashSet<>(most.keySet());
        unknown.removeAll(holdings.keySet());
        unknown.removeIf(name -> name.endsWith(Holdings.INNER));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("bounds of what isn't there: " + unknown);
        }
        var above = new ArrayList<String>();
        holdings.forEach((name, size) -> {
            long bound =
                    atFirst.getOrDefault(name, 0L)
                            + most.getOrDefault(name, _ -> 0).applyAsLong(facts);
            if (size > bound) {
                above.add(size + " in " + name + " (at most " + bound + ")");
            }
        });
        return above;
    }
}
