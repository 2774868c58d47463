package io.syncline.core.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Something to be done on one side in one piece, and what must be done before it: usually one node,
 * on the server also all deletions below one deleted directory.
 */
final class Vertex {
    final Subject subject;
    List<Vertex> after = List.of();

    /** It can't be done in this plan. */
    boolean blocked;

    /** Its steps are in the plan. */
    boolean emitted;

    // Tarjan's numbers; 0: not visited yet.
    int index;
    int low;
    boolean onStack;
    int next;

    /** Number of its component, the same for all that have to be done at once. */
    int component;

    Vertex(Subject subject) {
        this.subject = subject;
    }

    void after(Vertex other) {
        if (after.isEmpty()) {
            after = new ArrayList<>(2);
        }
        after.add(other);
    }
}
