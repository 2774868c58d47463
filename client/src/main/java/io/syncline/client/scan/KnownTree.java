package io.syncline.client.scan;

import io.syncline.client.disk.FileIdentity;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What the state remembers to have seen on disk: the <em>local</em> tree. Nodes that aren't
 * materialised here (R44) aren't part of it. Safe for use by the scanner's threads while a scan
 * runs; observations that were already handed over may or may not have been applied.
 */
public interface KnownTree {
    /** All that is known directly inside a directory, in any order. */
    List<KnownNode> children(NodeId directory);

    /**
     * What is agreed to be directly inside a directory, and isn't held on this device (R44): by the
     * names that the nodes have, in any order.
     */
    List<Absent> absent(NodeId directory);

    /** A node that isn't materialised here. */
    record Absent(NodeId id, String name, boolean isDirectory) {}

    /** The directories among {@link #children}; asked for every directory of a full scan. */
    List<KnownNode> directories(NodeId directory);

    /** The node of that spelling in a directory. */
    Optional<KnownNode> child(NodeId directory, String localName);

    /** A node; empty for the root and for ids that aren't known. */
    Optional<KnownNode> node(NodeId id);

    /**
     * The nodes last seen with that device and inode (whatever their birth time): several where
     * files are hard-linked.
     */
    List<KnownNode> withIdentity(FileIdentity identity);

    /**
     * The sum of {@link ListingDigest#of} over all of {@link #children}, if it is known and still
     * true. Equal to that of the disk's listing, it lets the scan pass over the directory without
     * comparing. Empty where it isn't known: then the children are compared, and {@link
     * Observation.Alike} may tell it.
     */
    Optional<ListingDigest> listing(NodeId directory);

    /** A new id for a node that appeared: negative and never used before (R22). */
    NodeId newLocalId();
}
