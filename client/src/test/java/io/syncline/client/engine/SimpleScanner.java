package io.syncline.client.engine;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.KnownNode;
import io.syncline.client.scan.KnownTree;
import io.syncline.client.scan.Observation;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.scan.Scanner;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A scanner by the letter of its contract, without a thought for speed: looks at everything each
 * time, in memory.
 */
final class SimpleScanner implements Scanner {
    /** The one name that it ignores. */
    static final String IGNORED = "ignored";

    private final Disk disk;
    private final ReplicaId replica;

    SimpleScanner(Disk disk, ReplicaId replica) {
        this.disk = disk;
        this.replica = replica;
    }

    @Override
    public ScanResult scan(
            Set<LocalPath> directories, KnownTree known, Consumer<Observation> sink) {
        return scanAll(known, sink);
    }

    @Override
    public ScanResult scanAll(KnownTree known, Consumer<Observation> sink) {
        switch (disk.rootState(replica)) {
            case GONE -> {
                return new ScanResult.RootGone();
            }
            case SWAPPED -> {
                return new ScanResult.RootSwapped();
            }
            case FINE -> {}
        }
        var scan = new Scan(known, sink);
        scan.remember(NodeId.ROOT);
        scan.findDirectories(LocalPath.ROOT);
        scan.walk(LocalPath.ROOT, NodeId.ROOT);
        scan.finish();
        return new ScanResult.Completed(0, 0, 0, disk.rootState(replica) == RootState.FINE);
    }

    private final class Scan {
        private final KnownTree known;
        private final Consumer<Observation> sink;
        private final Map<NodeId, KnownNode> before = new LinkedHashMap<>();
        private final Map<NodeId, List<KnownNode>> children = new HashMap<>();
        private final Map<FileIdentity, List<KnownNode>> byIdentity = new HashMap<>();
        private final Map<LocalPath, NodeId> directories = new HashMap<>();
        private final Set<NodeId> found = new HashSet<>();
        private final List<Entry> unnamed = new ArrayList<>();

        private record Entry(NodeId parent, Listing.Entry entry) {}

        Scan(KnownTree known, Consumer<Observation> sink) {
            this.known = known;
            this.sink = sink;
        }

        void remember(NodeId directory) {
            List<KnownNode> below = known.children(directory);
            children.put(directory, below);
            for (KnownNode node : below) {
                before.put(node.id(), node);
                byIdentity
                        .computeIfAbsent(node.seen().identity(), _ -> new ArrayList<>())
                        .add(node);
                if (node.seen().isDirectory()) {
                    remember(node.id());
                }
            }
        }

        /** Directories go by identity first, by name second. */
        void findDirectories(LocalPath path) {
            for (Listing.Entry entry : entries(path)) {
                if (entry.stat().isDirectory()) {
                    alike(entry.stat()).stream()
                            .map(KnownNode::id)
                            .filter(found::add)
                            .findFirst()
                            .ifPresent(id -> directories.put(path.child(entry.name()), id));
                    findDirectories(path.child(entry.name()));
                }
            }
        }

        private List<Listing.Entry> entries(LocalPath path) {
            return disk.list(path).found().map(Listing::entries).orElse(List.of()).stream()
                    .filter(entry -> !entry.name().equals(IGNORED))
                    .toList();
        }

        private List<KnownNode> alike(Stat stat) {
            return byIdentity.getOrDefault(stat.identity(), List.of()).stream()
                    .filter(node -> node.seen().kind() == stat.kind())
                    .toList();
        }

        void walk(LocalPath path, NodeId directory) {
            var deeper = new LinkedHashMap<LocalPath, NodeId>();
            var names = new HashMap<String, KnownNode>();
            children.getOrDefault(directory, List.of())
                    .forEach(node -> names.put(node.localName(), node));
            for (Listing.Entry entry : entries(path)) {
                LocalPath at = path.child(entry.name());
                Optional<KnownNode> named = Optional.ofNullable(names.get(entry.name()));
                if (entry.stat().isDirectory()) {
                    deeper.put(at, directory(at, directory, entry, named));
                } else if (entry.stat().kind() != FileKind.OTHER) {
                    if (named.isPresent()
                            && !named.get().seen().isDirectory()
                            && found.add(named.get().id())) {
                        if (!entry.stat().unchangedSince(named.get().seen())) {
                            sink.accept(new Observation.Changed(named.get().id(), entry.stat()));
                        }
                    } else {
                        unnamed.add(new Entry(directory, entry));
                    }
                }
            }
            deeper.forEach(this::walk);
        }

        private NodeId directory(
                LocalPath at, NodeId parent, Listing.Entry entry, Optional<KnownNode> named) {
            NodeId id = directories.get(at);
            if (id == null
                    && named.isPresent()
                    && named.get().seen().isDirectory()
                    && found.add(named.get().id())) {
                sink.accept(new Observation.Changed(named.get().id(), entry.stat()));
                return named.get().id();
            }
            if (id == null) {
                NodeId fresh = known.newLocalId();
                sink.accept(
                        new Observation.Appeared(
                                fresh, parent, entry.name(), entry.stat(), Optional.empty()));
                return fresh;
            }
            KnownNode node = java.util.Objects.requireNonNull(before.get(id));
            if (!node.parent().equals(parent) || !node.localName().equals(entry.name())) {
                sink.accept(new Observation.Moved(id, parent, entry.name(), entry.stat()));
            }
            return id;
        }

        /** Only vanished names are sought, by identity. */
        void finish() {
            for (Entry entry : unnamed) {
                Optional<KnownNode> moved =
                        alike(entry.entry().stat()).stream()
                                .filter(node -> !found.contains(node.id()))
                                .findFirst();
                if (moved.isPresent()) {
                    NodeId id = moved.get().id();
                    found.add(id);
                    Stat now = entry.entry().stat();
                    sink.accept(
                            new Observation.Moved(id, entry.parent(), entry.entry().name(), now));
                    if (!now.unchangedButForRenaming(moved.get().seen())) {
                        sink.accept(new Observation.Changed(id, now));
                    }
                } else {
                    sink.accept(
                            new Observation.Appeared(
                                    known.newLocalId(),
                                    entry.parent(),
                                    entry.entry().name(),
                                    entry.entry().stat(),
                                    Optional.empty()));
                }
            }
            List<KnownNode> gone = new ArrayList<>(before.values());
            for (KnownNode node : gone.reversed()) {
                if (!found.contains(node.id())) {
                    sink.accept(new Observation.Vanished(node.id()));
                }
            }
        }
    }
}
