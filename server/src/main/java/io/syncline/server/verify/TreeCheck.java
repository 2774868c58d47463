package io.syncline.server.verify;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Checks a project's nodes, feed and history within one snapshot. Memory grows with the number of
 * directories only.
 */
final class TreeCheck {
    private static final int PAGE = 1_000;

    /** Sequences of a new epoch begin above a multiple of this (R3). */
    private static final long EPOCH_STEP = 1L << 32;

    private final ReadTransaction read;
    private final Project project;
    private final Nodes nodes;
    private final long trimmed;
    private final VerifyReport report;
    private final LongConsumer progress;
    private final DirectoryMap directories = new DirectoryMap();
    private final List<Node> withContent = new ArrayList<>();
    private TreeDigest digest = TreeDigest.EMPTY;
    private long count;

    /**
     * @param progress told how many nodes and versions were looked at
     */
    TreeCheck(ReadTransaction read, Project project, VerifyReport report, LongConsumer progress) {
        this.read = read;
        this.project = project;
        this.nodes = read.nodes(project.key());
        this.trimmed = read.history(project.key()).trimmed();
        this.report = report;
        this.progress = progress;
    }

    private void found(Finding.Kind kind, String text) {
        report.add(new Finding(project.id(), kind, text));
    }

    /** Checks all. */
    void run() {
        live();
        places();
        long versions = history();
        long feed = feed();
        if (feed != count) {
            found(Finding.Kind.FEED, "the feed has " + feed + " live nodes, the tree " + count);
        }
        report.add(Count.PROJECTS, 1);
        report.add(Count.NODES, count);
        report.add(Count.VERSIONS, versions);
    }

    private static String told(Node node) {
        return "node "
                + node.id()
                + " ("
                + node.place().name()
                + ", version "
                + node.sequence()
                + ")";
    }

    // Every live node, in order of id.

    private void live() {
        nodes.forEachLive(node -> {
            digest = digest.plus(node);
            count++;
            if (node.item().isDirectory()) {
                directories.put(node.id().value(), node.place().parent().value());
            }
            withContent.add(node);
            if (withContent.size() == PAGE) {
                contents(withContent);
                progress.accept(PAGE);
            }
        });
        contents(withContent);
        if (!digest.equals(project.digest())) {
            found(
                    Finding.Kind.DIGEST,
                    "the live nodes have the digest "
                            + digest
                            + ", the project says "
                            + project.digest());
        }
        Optional<TreeDigest> kept = read.projects().digestAt(project.key(), project.head());
        if (kept.isPresent() && !kept.get().equals(project.digest())) {
            found(
                    Finding.Kind.DIGEST,
                    "at the head, "
                            + project.head()
                            + ", checkpoints are held to the digest "
                            + kept.get()
                            + ", the project says "
                            + project.digest());
        }
        if (count != project.nodes()) {
            found(
                    Finding.Kind.TREE,
                    "there are " + count + " live nodes, the project says " + project.nodes());
        }
    }

    /** L3: the top block of each content is stored, at its level and, where it tells, size. */
    private void contents(List<Node> some) {
        Map<Hash, Node> tops = new HashMap<>();
        for (Node node : some) {
            node.item()
                    .content()
                    .filter(content -> !content.isEmpty())
                    .ifPresent(content -> tops.put(content.hash(), node));
        }
        some.clear();
        Map<Hash, BlockRow> rows = read.blocks(project.key()).find(tops.keySet());
        tops.forEach((hash, node) -> {
            Content content = node.item().content().orElseThrow();
            BlockRow row = rows.get(hash);
            if (row == null || row.condemned()) {
                found(
                        Finding.Kind.CONTENT_LOST,
                        told(node)
                                + " names the content "
                                + hash
                                + ", which "
                                + (row == null ? "isn't stored" : "is condemned"));
            } else if (row.level() != content.level()
                    || (row.level() == 0 && row.sizeBytes() != content.sizeBytes())) {
                found(
                        Finding.Kind.CONTENT_LOST,
                        told(node)
                                + " names a content of level "
                                + content.level()
                                + " and "
                                + content.sizeBytes()
                                + " bytes; stored is one of level "
                                + row.level()
                                + " and "
                                + row.sizeBytes()
                                + " bytes");
            }
        });
    }

    // Places: names by directory.

    /**
     * Every live node is the child of the root or of a live directory, under a name of its own: the
     * children of all of those, in order of name, are as many as the live nodes.
     */
    private void places() {
        for (long cyclic : directories.cyclic()) {
            found(Finding.Kind.TREE, "directory " + cyclic + " is below itself");
        }
        long placed = children(NodeId.ROOT);
        for (long directory : directories.ids()) {
            placed += children(new NodeId(directory));
        }
        if (placed != count) {
            nodes.forEachLive(this::orphan);
            found(
                    Finding.Kind.TREE,
                    placed + " nodes are children of live directories, " + count + " are live");
        }
    }

    private void orphan(Node node) {
        NodeId parent = node.place().parent();
        if (!parent.isRoot() && !directories.has(parent.value())) {
            found(
                    Finding.Kind.TREE,
                    told(node) + " is below " + parent + ", which is no live directory");
        }
    }

    private long children(NodeId parent) {
        long found = 0;
        long subdirectories = 0;
        long newest = 0;
        Optional<Name> after = Optional.empty();
        while (true) {
            List<Node> page = nodes.childrenPage(parent, after, PAGE);
            for (Node child : page) {
                if (after.isPresent() && child.place().name().compareTo(after.get()) <= 0) {
                    found(
                            Finding.Kind.TREE,
                            told(child) + " has a name that isn't above " + after.get());
                }
                after = Optional.of(child.place().name());
                subdirectories += child.item().isDirectory() ? 1 : 0;
                newest = Math.max(newest, child.sequence());
            }
            found += page.size();
            if (page.size() < PAGE) {
                listing(parent, subdirectories, found - subdirectories, newest);
                return found;
            }
        }
    }

    /** What is kept for listings: counts, and a version not below any child's. */
    private void listing(NodeId directory, long directories, long others, long newest) {
        Listing kept = read.listings(project.key()).of(directory);
        if (kept.directories() != directories || kept.others() != others) {
            found(
                    Finding.Kind.LISTING,
                    "the listing of directory "
                            + directory
                            + " counts "
                            + kept.directories()
                            + " directories and "
                            + kept.others()
                            + " others; there are "
                            + directories
                            + " and "
                            + others);
        }
        if (kept.version() < newest || kept.version() > project.head()) {
            found(
                    Finding.Kind.LISTING,
                    "the listing of directory "
                            + directory
                            + " has version "
                            + kept.version()
                            + ", the newest of its rows is of "
                            + newest
                            + ", the head is "
                            + project.head());
        }
    }

    // The feed, and history beside it.

    /** L1: rising, unique, at most the head; returns how many live nodes it has. */
    private long feed() {
        long live = 0;
        long since = 0;
        while (true) {
            List<Node> page = nodes.changes(since, PAGE);
            for (Node node : page) {
                if (node.sequence() <= since
                        || node.sequence() > project.head()
                        || node.id().value() > node.sequence()) {
                    found(
                            Finding.Kind.FEED,
                            told(node)
                                    + " has sequence "
                                    + node.sequence()
                                    + " after "
                                    + since
                                    + ", the head being "
                                    + project.head());
                }
                since = Math.max(since + 1, node.sequence());
                live += node.deleted() ? 0 : 1;
            }
            progress.accept(page.size());
            if (page.size() < PAGE) {
                return live;
            }
        }
    }

    private long history() {
        long versions = 0;
        long before = Long.MAX_VALUE;
        while (true) {
            List<Version> page = nodes.history(before, PAGE);
            Set<NodeId> ids = new HashSet<>();
            page.forEach(version -> ids.add(version.node().id()));
            Map<NodeId, Node> latest = nodes.find(ids);
            List<Node> past = new ArrayList<>();
            for (Version version : page) {
                check(version, before, Optional.ofNullable(latest.get(version.node().id())));
                before = version.node().sequence();
                if (!version.node().deleted()) {
                    past.add(version.node());
                }
            }
            contents(past);
            versions += page.size();
            progress.accept(page.size());
            if (page.size() < PAGE) {
                return versions;
            }
        }
    }

    private void check(Version version, long above, Optional<Node> latest) {
        Node then = version.node();
        long sequence = then.sequence();
        if (sequence > project.head()) {
            found(Finding.Kind.HISTORY, "history has " + sequence + ", above the head");
        }
        boolean gap = above != Long.MAX_VALUE && sequence + 1 != above;
        boolean epochBegan = (above - 1) % EPOCH_STEP == 0;
        // Not judged by time: a clock that was ahead for a while let history go that looks young
        // now.
        boolean forgotten = above - 1 <= trimmed;
        if (gap && !forgotten && !epochBegan) {
            found(Finding.Kind.HISTORY, "L1: history goes from " + sequence + " to " + above);
        }
        if (latest.isPresent()
                && (latest.get().sequence() < sequence
                        || (latest.get().sequence() == sequence && !latest.get().equals(then)))) {
            found(
                    Finding.Kind.HISTORY,
                    "history at " + sequence + " has another " + told(then) + " than the tree");
        }
    }
}
