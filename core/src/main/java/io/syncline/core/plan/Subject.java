package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One node while a plan is made: what the sides hold of it, and what has been decided so far. Lives
 * for one plan.
 *
 * <p>Ids are canonical: a local-only node that turned out to be the same as a remote one is that
 * remote one ({@link #adopts}), also where it is a parent.
 */
final class Subject {
    final NodeId id;
    final @Nullable Entry remote;
    final @Nullable Entry synced;
    final @Nullable Entry local;

    /** The local-only node that takes this id. */
    final @Nullable NodeId adopts;

    /** Nothing may be planned for it now. It still is where it is, on both sides. */
    final boolean held;

    /** Why nothing can be done for it until someone acts; empty for most. */
    String stuck = "";

    Fate fate = Fate.GONE;
    boolean decided;

    // Where it belongs, see Places.
    @Nullable NodeId parent;
    boolean parentIsLocalChoice;
    boolean parentIsFinal;
    int walk;
    @Nullable Place merged;
    boolean waits;

    // What goes with it, see Removals.
    @Nullable Doom doom;
    @Nullable Subject deletedRoot;
    List<Subject> deletions = List.of();
    List<Subject> leaving = List.of();

    // What is to be done.
    Operation onDisk = Operation.NONE;
    @Nullable Place diskTarget;
    Operation onServer = Operation.NONE;
    boolean upload;
    boolean sends;
    @Nullable Vertex diskVertex;
    @Nullable Vertex serverVertex;
    int sentIn;

    Subject(
            NodeId id,
            @Nullable Entry remote,
            @Nullable Entry synced,
            @Nullable Entry local,
            @Nullable NodeId adopts,
            boolean held) {
        this.id = id;
        this.remote = remote;
        this.synced = synced;
        this.local = local;
        this.adopts = adopts;
        this.held = held;
    }

    /** What becomes of a directory's contents when the directory is to go. */
    enum Doom {
        /** All of it goes or leaves, as far as the plan can see. */
        GOES,
        /** Something in it isn't known well enough now. */
        UNKNOWN,
        /** Something lives in it. */
        LIVES;

        Doom and(Doom other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    Entry there() {
        return Objects.requireNonNull(remote);
    }

    Entry here() {
        return Objects.requireNonNull(local);
    }

    Entry before() {
        return Objects.requireNonNull(synced);
    }

    /** Its id as the local tree still has it. */
    NodeId localId() {
        return adopts == null ? id : adopts;
    }

    boolean isLocal() {
        return local != null || id.isRoot();
    }

    boolean isRemote() {
        return remote != null || id.isRoot();
    }

    /** What it is, on any side that has it. */
    Item item() {
        Entry entry = remote != null ? remote : local != null ? local : before();
        return entry.item();
    }

    boolean isDirectory() {
        return id.isRoot() || item().isDirectory();
    }

    /** Whether it is deleted here (and perhaps comes back), from the server's point of view. */
    boolean isDeletedHere() {
        return remote != null && synced != null && local == null;
    }

    void addDeletion(Subject node) {
        if (deletions.isEmpty()) {
            deletions = new ArrayList<>();
        }
        deletions.add(node);
    }

    void addLeaving(Subject node) {
        if (leaving.isEmpty()) {
            leaving = new ArrayList<>();
        }
        leaving.add(node);
    }
}
