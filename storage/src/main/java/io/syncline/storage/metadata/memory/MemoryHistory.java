package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.memory.ProjectTables.NodeSequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Walks instead of indices: for projects of a test's size. */
final class MemoryHistory implements History.Writable {
    private static final Comparator<Version> BY_NAME =
            Comparator.<Version, io.syncline.core.tree.Name>comparing(
                            version -> version.node().place().name())
                    .thenComparing(
                            Comparator.comparingLong((Version version) -> version.node().sequence())
                                    .reversed());

    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryHistory(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private ProjectTables tables() {
        return transaction.project(project);
    }

    @Override
    public Optional<Duration> ownRetention() {
        return tables().retention;
    }

    @Override
    public Optional<Version> at(long sequence) {
        return tables().history.get(sequence);
    }

    @Override
    public Map<Long, Version> at(Collection<Long> sequences) {
        Map<Long, Version> found = new HashMap<>();
        sequences.forEach(sequence -> at(sequence).ifPresent(v -> found.put(sequence, v)));
        return found;
    }

    @Override
    public OptionalLong since(Instant time) {
        long[] found = {-1};
        tables().history
                .all((sequence, version) -> {
                    if (version.time().isBefore(time)) {
                        return true;
                    }
                    found[0] = sequence;
                    return false;
                });
        return found[0] < 0 ? OptionalLong.empty() : OptionalLong.of(found[0]);
    }

    @Override
    public Slice slice(long before, long from, Optional<DeviceId> device, int limit, int scan) {
        List<Version> page = new ArrayList<>();
        long[] looked = {0, 0};
        tables().history
                .below(
                        before,
                        (sequence, version) -> {
                            if (sequence < from) {
                                return false;
                            }
                            if (page.size() >= limit || looked[0] >= scan) {
                                return false;
                            }
                            looked[0]++;
                            looked[1] = sequence;
                            if (device.map(version.node().device()::equals).orElse(true)) {
                                page.add(version);
                            }
                            return true;
                        });
        boolean stopped = page.size() >= limit || looked[0] >= scan;
        return new Slice(page, stopped ? OptionalLong.of(looked[1]) : OptionalLong.empty());
    }

    @Override
    public Optional<Version> below(NodeId id, long sequence) {
        return first(id, sequence, _ -> true);
    }

    @Override
    public Optional<Version> belowOthers(NodeId id, long sequence, DeviceId device, long since) {
        return first(
                id, sequence, node -> !node.device().equals(device) || node.sequence() < since);
    }

    private Optional<Version> first(NodeId id, long before, Predicate<Node> wanted) {
        List<Version> found = new ArrayList<>();
        ProjectTables tables = tables();
        tables.nodeHistory.below(
                new NodeSequence(id, before),
                (entry, sequence) -> {
                    if (!entry.id().equals(id)) {
                        return false;
                    }
                    Version version = tables.history.get(sequence).orElseThrow();
                    if (wanted.test(version.node())) {
                        found.add(version);
                    }
                    return found.isEmpty();
                });
        return found.stream().findFirst();
    }

    @Override
    public Map<NodeId, NodeId> recreated(Collection<NodeId> ids) {
        Map<NodeId, NodeId> found = new HashMap<>();
        tables().history
                .all((_, version) -> {
                    version.origin()
                            .filter(ids::contains)
                            .ifPresent(origin -> found.put(origin, version.node().id()));
                    return true;
                });
        return found;
    }

    private List<Version> deletions(Predicate<Version> wanted) {
        List<Version> found = new ArrayList<>();
        tables().history
                .below(
                        Long.MAX_VALUE,
                        (_, version) -> {
                            if (version.node().deleted() && wanted.test(version)) {
                                found.add(version);
                            }
                            return true;
                        });
        return found;
    }

    @Override
    public List<Version> deleted(long before, int limit) {
        return deletions(version -> version.node().sequence() < before).stream()
                .limit(limit)
                .toList();
    }

    @Override
    public List<Version> deletedIn(NodeId parent, Optional<Deleted> after, int limit) {
        return deletions(version -> version.node().place().parent().equals(parent)).stream()
                .filter(version -> after.map(last -> isAfter(version.node(), last)).orElse(true))
                .sorted(BY_NAME)
                .limit(limit)
                .toList();
    }

    private static boolean isAfter(Node node, Deleted last) {
        int order = node.place().name().compareTo(last.name());
        return order > 0 || (order == 0 && node.sequence() < last.sequence());
    }

    @Override
    public List<Version> deletedAt(Place place, int limit) {
        return deletions(version -> version.node().place().equals(place)).stream()
                .limit(limit)
                .toList();
    }

    @Override
    public void retain(Duration retention) {
        tables().retention = Optional.of(retention);
    }

    @Override
    public long trimmed() {
        return tables().trimmed;
    }

    @Override
    public int trim(Instant before, int limit) {
        ProjectTables tables = tables();
        List<Version> ends = new ArrayList<>();
        tables.history.above(
                tables.trimmed,
                (_, version) -> {
                    boolean passed = version.time().isBefore(before) && ends.size() < limit;
                    if (passed) {
                        ends.add(version);
                    }
                    return passed;
                });
        for (Version end : ends) {
            Node node = end.node();
            below(node.id(), node.sequence()).ifPresent(over -> forget(tables, over.node()));
            if (node.deleted()) {
                forget(tables, node);
            }
            tables.trimmed = node.sequence();
        }
        return ends.size();
    }

    private static void forget(ProjectTables tables, Node node) {
        tables.history = tables.history.remove(node.sequence());
        tables.nodeHistory =
                tables.nodeHistory.remove(new NodeSequence(node.id(), node.sequence()));
    }
}
