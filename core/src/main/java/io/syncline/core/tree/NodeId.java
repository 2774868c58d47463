package io.syncline.core.tree;

/**
 * A node's id for life. Positive: the sequence number of the change that created it on the server,
 * below 2^53. Zero: the root directory of every project, which is implicit: it has no row, is never
 * changed and never counted. Negative: a node that only this device (or, inside one commit, this
 * commit) knows (R22).
 */
public record NodeId(long value) implements Comparable<NodeId> {
    /** The root directory of a project. */
    public static final NodeId ROOT = new NodeId(0);

    /** Whether this is the root directory. */
    public boolean isRoot() {
        return value == 0;
    }

    /** Whether the server doesn't know this node. */
    public boolean isLocalOnly() {
        return value < 0;
    }

    @Override
    public int compareTo(NodeId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
