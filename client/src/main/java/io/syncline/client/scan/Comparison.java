package io.syncline.client.scan;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.ignore.IgnoreRules;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares directories entry by entry and says what differs. Directories first, then files in
 * place, then files that may have moved, then what is gone.
 */
final class Comparison {
    private final Disk disk;
    private final KnownTree known;
    private final Ignores ignores;
    private final Walked walked;
    private final Matching matching;
    private final Consumer<Observation> sink;

    /** New names whose inode is known under another name: moved if that one is gone. */
    private final List<Candidate> candidates = new ArrayList<>();

    /** How many new names each of these inodes has. */
    private final Map<FileIdentity, Integer> newNames = new HashMap<>();

    /** Inodes that now have the name of a node that was another file before. */
    private final Set<FileIdentity> nowUnderAnotherName = new HashSet<>();

    /** Nodes whose name now belongs to another inode. */
    private final Set<NodeId> replaced = new HashSet<>();

    /** What isn't where it was, and where that was. */
    private final List<Gone> gone = new ArrayList<>();

    /** The nodes that are gone, with all that was in them, children first. */
    private final Map<NodeId, KnownNode> vanished = new LinkedHashMap<>();

    private long compared;

    private record Candidate(NodeId parent, String name, Stat stat) {}

    /** {@code taken}: its name is another known node's. */
    private record Gone(LocalPath path, NodeId parent, KnownNode node, boolean taken) {}

    Comparison(
            Disk disk,
            KnownTree known,
            Ignores ignores,
            Walked walked,
            Matching matching,
            Consumer<Observation> sink) {
        this.disk = disk;
        this.known = known;
        this.ignores = ignores;
        this.walked = walked;
        this.matching = matching;
        this.sink = sink;
    }

    ScanResult run() {
        walked.unsupported().forEach(path -> sink.accept(new Observation.Unsupported(path)));
        walked.directories().forEach(this::directory);
        for (DiskDirectory directory : walked.directories()) {
            matching.match(directory).ifPresent(match -> compare(directory, match));
        }
        for (Gone one : gone) {
            expand(one);
        }
        candidates.forEach(this::resolve);
        vanished.keySet().forEach(id -> sink.accept(new Observation.Vanished(id)));
        boolean complete = true;
        long read = 0;
        for (DiskDirectory directory : walked.directories()) {
            complete &=
                    directory.reading == DiskDirectory.Reading.READ
                            || directory.reading == DiskDirectory.Reading.NOT_READ;
            read += directory.isListed() ? 1 : 0;
        }
        return new ScanResult.Completed(read, walked.entries(), compared, complete);
    }

    /** What there is to say about a directory itself. */
    private void directory(DiskDirectory directory) {
        Optional<Matching.Match> match = matching.match(directory);
        match.ifPresent(found -> sayHow(directory, found));
        boolean unread =
                directory.reading == DiskDirectory.Reading.UNREADABLE
                        || directory.reading == DiskDirectory.Reading.INCOMPLETE;
        if (unread) {
            sink.accept(
                    new Observation.Unreadable(
                            directory.path(), match.map(Matching.Match::node), directory.why));
        }
    }

    private void sayHow(DiskDirectory directory, Matching.Match match) {
        DiskDirectory parent = directory.parent();
        if (parent == null) {
            return;
        }
        NodeId above = matching.match(parent).orElseThrow().node();
        switch (match.how()) {
            case SAME, MOUNTED -> {}
            case MOVED ->
                    sink.accept(
                            new Observation.Moved(
                                    match.node(), above, directory.name(), directory.stat()));
            case REMADE -> sink.accept(new Observation.Changed(match.node(), directory.stat()));
            case NEW ->
                    sink.accept(
                            new Observation.Appeared(
                                    match.node(),
                                    above,
                                    directory.name(),
                                    directory.stat(),
                                    Optional.empty()));
        }
    }

    // One directory.

    private void compare(DiskDirectory directory, Matching.Match match) {
        if (!directory.isListed()) {
            return;
        }
        boolean isNew = match.how() == Matching.How.NEW;
        if (!isNew
                && directory.reading == DiskDirectory.Reading.READ
                && known.listing(match.node()).equals(Optional.of(directory.digest))) {
            return;
        }
        compared++;
        LocalPath path = directory.path();
        switch (disk.list(path)) {
            case Look.Found<Listing>(Listing listing) -> {
                if (listing.directory().identity().equals(directory.identity())) {
                    compare(path, match.node(), isNew, listing, ignores.in(path));
                }
                // Else it was replaced since the walk: whoever watches will say so.
            }
            case Look.Not<Listing>(Outcome.Refused why) ->
                    sink.accept(
                            new Observation.Unreadable(path, Optional.of(match.node()), why.why()));
        }
    }

    private void compare(
            LocalPath path, NodeId node, boolean isNew, Listing listing, IgnoreRules rules) {
        var here = new LinkedHashMap<String, Stat>();
        for (Listing.Entry entry : listing.entries()) {
            here.put(entry.name(), entry.stat());
        }
        List<KnownNode> before = isNew ? List.of() : known.children(node);
        List<KnownTree.Absent> absent = isNew ? List.of() : known.absent(node);
        absent.stream()
                .filter(one -> !here.containsKey(one.name()))
                .filter(one -> !rules.ignores(one.name(), one.isDirectory()))
                .forEach(one -> sink.accept(new Observation.Absent(one.id())));
        if (!isNew && absent.isEmpty() && listing.complete()) {
            tellIfAlike(node, before, listing, rules);
        }
        var taken = new HashSet<String>();
        for (KnownNode child : theSameFirst(before, here)) {
            Stat now = here.get(child.localName());
            if (child.seen().isDirectory() && matching.isLocated(child.id())) {
                continue;
            }
            if (now != null && rules.ignores(child.localName(), now.isDirectory())) {
                sink.accept(new Observation.Ignored(child.id()));
            } else if (!child.seen().isDirectory() && now != null && isFileOrLink(now)) {
                here.remove(child.localName());
                taken.add(child.localName());
                inPlace(child, now);
            } else if (listing.complete() || isOfAnotherKind(child, now)) {
                boolean isTaken = taken.contains(child.localName());
                gone.add(new Gone(path.child(child.localName()), node, child, isTaken));
            }
        }
        here.forEach((name, stat) -> {
            if (isFileOrLink(stat) && !rules.ignores(name, false)) {
                appeared(node, name, stat);
            }
        });
    }

    /**
     * Whether something that can't be the node has its name: then it isn't there, whatever else
     * there is that can't be listed. Else what has the name would be a second node of that name,
     * and be set aside.
     */
    private static boolean isOfAnotherKind(KnownNode child, @Nullable Stat now) {
        return now != null && now.isDirectory() != child.seen().isDirectory();
    }

    /**
     * Two may be known by one name: what a person took away before our operation on it, and what we
     * put there since. The name is that of the one whose inode it has.
     */
    private static List<KnownNode> theSameFirst(List<KnownNode> known, Map<String, Stat> here) {
        var names = new HashSet<String>();
        known.forEach(node -> names.add(node.localName()));
        if (names.size() == known.size()) {
            return known;
        }
        var ordered = new ArrayList<>(known);
        ordered.sort(
                Comparator.comparing(node -> {
                    Stat now = here.get(node.localName());
                    return now == null || !now.identity().equals(node.seen().identity());
                }));
        return ordered;
    }

    private void tellIfAlike(
            NodeId node, List<KnownNode> before, Listing listing, IgnoreRules rules) {
        ListingDigest was = ListingDigest.EMPTY;
        for (KnownNode child : before) {
            was = was.plus(ListingDigest.of(child.localName(), child.seen()));
        }
        if (was.equals(Walk.digest(listing, rules))) {
            sink.accept(new Observation.Alike(node, was));
        }
    }

    private static boolean isFileOrLink(Stat stat) {
        return stat.kind() == FileKind.FILE || stat.kind() == FileKind.SYMLINK;
    }

    /** R21: a name that still exists is the same node. */
    private void inPlace(KnownNode child, Stat now) {
        if (now.unchangedSince(child.seen())) {
            return;
        }
        if (!now.identity().equals(child.seen().identity())) {
            nowUnderAnotherName.add(now.identity());
            replaced.add(child.id());
        }
        sink.accept(new Observation.Changed(child.id(), now));
    }

    private void appeared(NodeId parent, String name, Stat stat) {
        if (known.withIdentity(stat.identity()).isEmpty()) {
            sayAppeared(new Candidate(parent, name, stat), Optional.empty());
        } else {
            candidates.add(new Candidate(parent, name, stat));
            newNames.merge(stat.identity(), 1, Integer::sum);
        }
    }

    private void sayAppeared(Candidate c, Optional<NodeId> perhapsMoved) {
        sink.accept(
                new Observation.Appeared(
                        known.newLocalId(), c.parent, c.name, c.stat, perhapsMoved));
    }

    // What is gone, and where it went.

    /** Notes a node and all in it as vanished, unless it is back by now (a save by two renames). */
    private void expand(Gone one) {
        Look<Stat> look = disk.stat(one.path);
        boolean gone =
                look.found()
                        .map(now -> isOther(now, one.node) || isNamedOtherwise(now, one.node))
                        .orElse(look.isMissing());
        if (gone || one.taken) {
            expand(one.node);
        } else if (look instanceof Look.Not<Stat>(Outcome.Refused why)) {
            // Whether it is gone can't be told now, and nobody may tell of it again.
            sink.accept(
                    new Observation.Unreadable(
                            one.path.parent(), Optional.of(one.parent), why.why()));
        }
    }

    /** Whether what has the name now is none that the next scan may take for the node. */
    private boolean isOther(Stat now, KnownNode node) {
        if (now.kind() == FileKind.OTHER || now.isDirectory() != node.seen().isDirectory()) {
            return true;
        }
        // A directory of the walk was found to be another node: it took the name.
        return now.isDirectory() && matching.isMatched(now.identity());
    }

    /** Whether it was found under another name: the disk takes the two names for one. */
    private boolean isNamedOtherwise(Stat now, KnownNode node) {
        FileIdentity identity = now.identity();
        return newNames.containsKey(identity)
                || nowUnderAnotherName.contains(identity)
                || known.withIdentity(identity).stream()
                        .anyMatch(other ->
                                !other.id().equals(node.id())
                                        && other.seen().identity().equals(identity));
    }

    private void expand(KnownNode node) {
        if (node.seen().isDirectory()) {
            for (KnownNode child : known.children(node.id())) {
                if (!child.seen().isDirectory() || !matching.isLocated(child.id())) {
                    expand(child);
                }
            }
        }
        vanished.put(node.id(), node);
    }

    private void resolve(Candidate c) {
        Optional<KnownNode> from = movedFrom(c);
        if (from.isEmpty()) {
            sayAppeared(c, Optional.empty());
            return;
        }
        KnownNode node = from.get();
        boolean sameContent =
                node.seen().sizeBytes() == c.stat.sizeBytes()
                        && node.seen().mtimeNanos() == c.stat.mtimeNanos();
        if (!c.stat.identity().isProof()) {
            sayAppeared(c, sameContent ? Optional.of(node.id()) : Optional.empty());
            return;
        }
        vanished.remove(node.id());
        sink.accept(new Observation.Moved(node.id(), c.parent, c.name, c.stat));
        if (!sameContent || node.seen().executable() != c.stat.executable()) {
            sink.accept(new Observation.Changed(node.id(), c.stat));
        }
    }

    /** The one vanished node that was this very file; none if any other live name of it is left. */
    private Optional<KnownNode> movedFrom(Candidate c) {
        FileIdentity identity = c.stat.identity();
        if (newNames.getOrDefault(identity, 0) > 1 || nowUnderAnotherName.contains(identity)) {
            return Optional.empty();
        }
        Optional<KnownNode> from = Optional.empty();
        for (KnownNode node : known.withIdentity(identity)) {
            if (!node.seen().identity().equals(identity)
                    || node.seen().kind() != c.stat.kind()
                    || replaced.contains(node.id())) {
                continue;
            }
            if (vanished.containsKey(node.id())) {
                from = from.isEmpty() ? Optional.of(node) : from;
            } else if (isGoneFromElsewhere(node)) {
                from = Optional.of(node);
            } else {
                return Optional.empty();
            }
        }
        return from;
    }

    /** A partial walk didn't look at the directory that the node was in. */
    private boolean isGoneFromElsewhere(KnownNode node) {
        return !walked.everything()
                && new KnownPaths(known)
                        .path(node)
                        .filter(path -> disk.stat(path).isMissing())
                        .isPresent();
    }
}
