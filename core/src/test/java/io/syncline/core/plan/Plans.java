package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the tests of the planner share. */
final class Plans {
    private Plans() {}

    /** The plan for the first window that has one; empty when no window has. */
    static Plan first(Planner planner, Trees trees, List<NodeId> differing, int window) {
        Plan plan = new Plan(List.of());
        for (int from = 0; from < differing.size() && plan.isEmpty(); from += window) {
            int to = Math.min(from + window, differing.size());
            plan = planner.plan(trees, differing.subList(from, to));
        }
        return plan;
    }

    /** A tree in one line: {@code 1=0/a D, 2=1/b 3}. */
    static String describe(Map<NodeId, Entry> tree) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(tree)
                .forEach((id, entry) ->
                        text.append(id)
                                .append('=')
                                .append(entry.place().parent())
                                .append('/')
                                .append(entry.place().name())
                                .append(' ')
                                .append(
                                        entry.item()
                                                .content()
                                                .map(content -> content.hash().a())
                                                .map(String::valueOf)
                                                .orElse("D"))
                                .append(entry.item().executable() ? "x" : "")
                                .append(" v")
                                .append(entry.version())
                                .append("  "));
        return text.toString();
    }
}
