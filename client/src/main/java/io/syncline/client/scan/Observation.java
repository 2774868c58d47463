package io.syncline.client.scan;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.NodeId;
import java.util.Optional;

/**
 * One difference between the disk and what was known. The observations of a scan are in an order in
 * which they can be applied one after another: directories top-down before what is in them, the
 * vanished last and children first. Two nodes may share a name in between (a swap is two moves).
 */
public sealed interface Observation {
    /**
     * Something new.
     *
     * @param id a new local id, to be the node's until the server gives it one
     * @param perhapsMoved a node that {@link Vanished} will name and that had the same device,
     *     inode, size and mtime: if the content is equal too this is a move of that node, else not
     *     (R21, where there are no birth times)
     */
    record Appeared(
            NodeId id, NodeId parent, String localName, Stat stat, Optional<NodeId> perhapsMoved)
            implements Observation {}

    /**
     * A file or symbolic link that was written, replaced or had its attributes changed (also one
     * that became the other), or a directory that was removed and made again. Its content is to be
     * read before anything is concluded.
     */
    record Changed(NodeId id, Stat now) implements Observation {}

    /**
     * A node now has another name or directory; a {@link Changed} follows if its content may too.
     */
    record Moved(NodeId id, NodeId parent, String localName, Stat now) implements Observation {}

    /** A node is gone. Everything that was inside it has been named before. */
    record Vanished(NodeId id) implements Observation {}

    /**
     * An entry, or (part of) a directory, couldn't be looked at, or lies on another file system
     * than before (R27). Nothing in it vanished. The root's path is empty.
     *
     * @param id the node, where it is known
     */
    record Unreadable(LocalPath path, Optional<NodeId> id, String why) implements Observation {}

    /**
     * A known node, still there, that {@code .synclineignore} now excludes (R44), with all in it.
     */
    record Ignored(NodeId id) implements Observation {}

    /** A node that this device doesn't hold (R44), and that nothing excludes (any more). */
    record Absent(NodeId id) implements Observation {}

    /**
     * All that is known in a directory is on disk, and nothing else; their sum. Not told of one
     * that {@link KnownTree#absent} names something in: that is to be seen by each scan.
     */
    record Alike(NodeId directory, ListingDigest digest) implements Observation {}

    /** A socket, pipe or device: never a node. */
    record Unsupported(LocalPath path) implements Observation {}
}
