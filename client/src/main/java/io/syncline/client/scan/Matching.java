package io.syncline.client.scan;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says which directory on disk is which node: by identity first, by name second (R21).
 *
 * <p>Parents come before their children, so that the parent's node is known when a child is asked
 * for; a directory below one whose node isn't known (it can't be read) has none either.
 */
final class Matching {
    /** How a directory came to its node. */
    enum How {
        /** Where it was, and the same. */
        SAME,
        /** The same, elsewhere. */
        MOVED,
        /** Where it was, but made anew. */
        REMADE,
        /** Not known before. */
        NEW,
        /** Where it was, but on another device (R27). */
        MOUNTED
    }

    /** A directory's node. */
    record Match(NodeId node, How how) {}

    private final Disk disk;
    private final KnownTree known;
    private final Walked walked;
    private final Map<FileIdentity, DiskDirectory> byIdentity = new HashMap<>();
    private final Set<FileIdentity> ambiguous = new HashSet<>();
    private final Map<DiskDirectory, Match> matches = new HashMap<>();
    private final Set<NodeId> located = new HashSet<>();

    Matching(Disk disk, KnownTree known, Walked walked) {
        this.disk = disk;
        this.known = known;
        this.walked = walked;
    }

    Optional<Match> match(DiskDirectory directory) {
        return Optional.ofNullable(matches.get(directory));
    }

    /** Whether a known directory was found somewhere on disk. */
    boolean isLocated(NodeId directory) {
        return located.contains(directory);
    }

    /** Whether the directory of that identity was met, and so has a node. */
    boolean isMatched(FileIdentity identity) {
        return byIdentity.containsKey(identity);
    }

    void match() {
        for (DiskDirectory directory : walked.directories()) {
            if (byIdentity.putIfAbsent(directory.identity(), directory) != null) {
                // Mounted in two places: two live names prove no move.
                ambiguous.add(directory.identity());
            }
        }
        DiskDirectory lastParent = walked.root();
        Map<String, KnownNode> siblings = Map.of();
        for (DiskDirectory directory : walked.directories()) {
            DiskDirectory parent = directory.parent();
            if (parent == null) {
                put(directory, NodeId.ROOT, How.SAME);
                siblings = directories(NodeId.ROOT);
                continue;
            }
            Match above = matches.get(parent);
            if (above == null || above.how == How.MOUNTED) {
                continue;
            }
            if (parent != lastParent) {
                lastParent = parent;
                siblings = above.how == How.NEW ? Map.of() : directories(above.node);
            }
            match(directory, Optional.ofNullable(siblings.get(directory.name())));
        }
    }

    private Map<String, KnownNode> directories(NodeId parent) {
        var byName = new HashMap<String, KnownNode>();
        for (KnownNode node : known.directories(parent)) {
            byName.put(node.localName(), node);
        }
        return byName;
    }

    private void match(DiskDirectory directory, Optional<KnownNode> sameName) {
        if (sameName.isPresent()) {
            FileIdentity before = sameName.get().seen().identity();
            if (before.equals(directory.identity()) || isRenumbered(before, directory)) {
                put(directory, sameName.get().id(), How.SAME);
                return;
            }
            if (before.device() != directory.identity().device()) {
                directory.unreadable("another file system is mounted here than before");
                put(directory, sameName.get().id(), How.MOUNTED);
                return;
            }
        }
        Optional<KnownNode> moved = movedHere(directory);
        if (moved.isPresent()) {
            put(directory, moved.get().id(), How.MOVED);
        } else if (sameName.isPresent()
                && !isElsewhere(sameName.get().seen().identity())
                && !located.contains(sameName.get().id())) {
            put(directory, sameName.get().id(), How.REMADE);
        } else {
            put(directory, known.newLocalId(), How.NEW);
        }
    }

    /** Whether that directory is at another place now, where it will be found. */
    private boolean isElsewhere(FileIdentity identity) {
        return byIdentity.containsKey(identity) && !ambiguous.contains(identity);
    }

    private void put(DiskDirectory directory, NodeId node, How how) {
        matches.put(directory, new Match(node, how));
        located.add(node);
    }

    /** A mounted file system whose device got another number, as after a restart. */
    private static boolean isRenumbered(FileIdentity before, DiskDirectory directory) {
        FileIdentity now = directory.identity();
        return before.device() != 0
                && now.device() != 0
                && now.isProof()
                && now.inode() == before.inode()
                && now.birthNanos() == before.birthNanos();
    }

    private Optional<KnownNode> movedHere(DiskDirectory directory) {
        FileIdentity identity = directory.identity();
        if (ambiguous.contains(identity)) {
            return Optional.empty();
        }
        var candidates = new ArrayList<KnownNode>();
        for (KnownNode node : known.withIdentity(identity)) {
            if (node.seen().isDirectory()
                    && node.seen().identity().equals(identity)
                    && !located.contains(node.id())) {
                candidates.add(node);
            }
        }
        if (candidates.size() != 1) {
            return Optional.empty();
        }
        KnownNode node = candidates.getFirst();
        boolean proof = identity.isProof() || sharesAnEntry(node, directory);
        return proof && !isStillThere(node) ? Optional.of(node) : Optional.empty();
    }

    /** A partial walk hasn't looked at the old place: it may be a mount of the same directory. */
    private boolean isStillThere(KnownNode node) {
        if (walked.everything()) {
            return false;
        }
        Optional<LocalPath> old = new KnownPaths(known).path(node);
        return old.flatMap(path -> disk.stat(path).found())
                .map(Stat::identity)
                .filter(node.seen().identity()::equals)
                .isPresent();
    }

    /**
     * Without a time of birth the inode may be a reused one: a directory is the same only if
     * something in it is.
     */
    private boolean sharesAnEntry(KnownNode node, DiskDirectory directory) {
        var inodes = new HashMap<String, Long>();
        for (Listing.Entry entry :
                disk.list(directory.path()).found().map(Listing::entries).orElse(List.of())) {
            inodes.put(entry.name(), entry.stat().identity().inode());
        }
        for (KnownNode child : known.children(node.id())) {
            Long inode = inodes.get(child.localName());
            if (inode != null && inode == child.seen().identity().inode()) {
                return true;
            }
        }
        return false;
    }
}
